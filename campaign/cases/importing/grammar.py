"""The best sequence of roles for a run of lines: Viterbi over the weights in `grammar.toml`.

Nothing is decided line by line: each role of each line is weighed with every way to come to it and to go on from it,
and what is certain of a line is by how much the best reading of the whole beats the best with another role there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Grammar:
    """Marks by role, and moves from role to role; `START` is what stands before the first line."""

    marks: Weights
    moves: Weights
    otherwise: float
    turn: float  # what a gap adds to a move to another role, and its absence takes away by half
    goes_on: float  # what moving to another role weighs where a line plainly goes on from the one before
    entries: dict[
        str, tuple[tuple[str, ...], float]
    ]  # the marks one of which begins a role, and what their lack weighs
    usual: frozenset[tuple[str, str]] = frozenset()  # moves that some layouts make, whatever they weigh

    def move(self, before: str, after: str) -> float:
        """What following `before` with `after` weighs."""
        listed = self.moves.get(before, {})
        return listed.get(after, 0.0 if before == after else self.otherwise)

    def entry(self, marks: Mapping[str, float]) -> dict[str, float]:
        """What coming to each role from another weighs at a line with `marks`."""
        return {role: 0.0 if any(name in marks for name in by) else lack for role, (by, lack) in self.entries.items()}

    def score(self, marks: Mapping[str, float]) -> dict[str, float]:
        """What a line with `marks` weighs in each role; a cue of another role's counts as `cue_other`.

        `else` is the weight of a line that bears nothing that is nearly certain for the role.
        """
        scores = {}
        announced = [(name, strength) for name, strength in marks.items() if name.startswith("cue_")]
        for role, weights in self.marks.items():
            total = sum(weights.get(name, 0.0) * strength for name, strength in marks.items())
            if "else" in weights and not any(weights.get(name, 0.0) > 4 for name in marks):
                total += weights["else"]
            if "cue_other" in weights:
                total += sum(
                    weights["cue_other"] * strength
                    for name, strength in announced
                    if name not in weights and name != "cue_firm"
                )
            scores[role] = total
        return scores


@dataclass(frozen=True)
class Chosen:
    """The role of a line in the best reading, by how much it is the best, and the next best."""

    role: str
    margin: float
    second: str | None


START = "start"
_NEVER = -1e9


@cache
def grammar(name: str = "") -> Grammar:
    """The grammar of bulletins, or the one called `name` in the same file."""
    table = tomllib.loads((Path(__file__).parent / "grammar.toml").read_text("utf-8"))
    table = table[name] if name else table
    moves = dict(table["moves"])
    numbers = {key: float(moves.pop(key, 0.0)) for key in ("else", "turn", "goes_on")}
    entries = {role: (tuple(rule["by"]), float(rule["without"])) for role, rule in table.get("enter", {}).items()}
    usual = frozenset((before, after) for before, others in table.get("usual", {}).items() for after in others)
    return Grammar(table["marks"], moves, numbers["else"], numbers["turn"], numbers["goes_on"], entries, usual)


def decode(lines: Sequence[Mapping[str, float]], gaps: Sequence[bool], rules: Grammar) -> list[Chosen]:
    """The best role for each line, given the marks it bears. Time grows with the number of lines and nothing else."""
    if not lines:
        return []
    roles = list(rules.marks)
    moves = [[rules.move(before, after) for before in roles] for after in roles]  # by what is come to
    first = [rules.move(START, role) for role in roles]
    scores: list[list[float]] = []
    turns: list[list[float]] = []
    for marks, gap in zip(lines, gaps, strict=True):
        weighed = rules.score(marks)
        scores.append([weighed[role] for role in roles])
        turns.append(_turns(roles, marks, gap, rules))
    every = range(len(roles))
    forward = [[score + move + turn for score, move, turn in zip(scores[0], first, turns[0], strict=True)]]
    came: list[list[int]] = []
    for at in range(1, len(lines)):
        last, best, source = forward[-1], [], []
        for role in every:
            reached = [total + move for total, move in zip(last, moves[role], strict=True)]
            value, other = reached[role], role
            reached[role] = _NEVER
            if (turned := max(reached) + turns[at][role]) > value:
                value, other = turned, reached.index(max(reached))
            best.append(value + scores[at][role])
            source.append(other)
        forward.append(best)
        came.append(source)
    after = [0.0] * len(roles)
    backward = [after]
    leaving = [[moves[later][role] for later in every] for role in every]
    for at in range(len(lines) - 1, 0, -1):
        value_of = [scores[at][role] + after[role] for role in every]
        changed = [value_of[role] + turns[at][role] for role in every]
        after = []
        for role in every:
            gone = [total + move for total, move in zip(changed, leaving[role], strict=True)]
            gone[role] = value_of[role] + leaving[role][role]
            after.append(max(gone))
        backward.append(after)
    backward.reverse()
    path = [max(every, key=lambda role: forward[-1][role])]
    for source in reversed(came):
        path.append(source[path[-1]])
    path.reverse()
    return [_chosen(role, roles, forward[at], backward[at]) for at, role in enumerate(path)]


def _turns(roles: Sequence[str], marks: Mapping[str, float], gap: bool, rules: Grammar) -> list[float]:
    """What coming to each role from another one weighs at a line, beside the move itself."""
    bonus = rules.turn if gap else -rules.turn / 2
    if "goes_on" in marks:
        bonus += rules.goes_on
    entry = rules.entry(marks)
    return [bonus + entry.get(role, 0.0) for role in roles]


def _chosen(role: int, roles: Sequence[str], forward: Sequence[float], backward: Sequence[float]) -> Chosen:
    totals = [one + other for one, other in zip(forward, backward, strict=True)]
    best, second = totals[role], max(range(len(roles)), key=lambda one: totals[one] if one != role else _NEVER)
    return Chosen(roles[role], best - totals[second], roles[second])
