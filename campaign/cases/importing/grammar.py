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
_WIDEST = 14.0  # a role that much lighter than the line's heaviest cannot win, and is not followed


@dataclass(frozen=True)
class Grammar:
    """Marks by role, and moves from role to role; `START` is what stands before the first line."""

    marks: Weights
    moves: Weights
    otherwise: float
    turn: float  # what a gap adds to a move to another role, and its absence takes away by half
    goes_on: float  # what moving to another role weighs where a line plainly goes on from the one before
    entries: dict[str, tuple[tuple[str, ...], float]]  # the marks one of which begins a role, and what their lack weighs

    def move(self, before: str, after: str) -> float:
        """What following `before` with `after` weighs."""
        listed = self.moves.get(before, {})
        return listed.get(after, 0.0 if before == after else self.otherwise)

    def entry(self, marks: Mapping[str, float]) -> dict[str, float]:
        """What coming to each role from another weighs at a line with `marks`."""
        return {
            role: 0.0 if any(name in marks for name in by) else lack for role, (by, lack) in self.entries.items()
        }

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


@cache
def grammar(name: str = "") -> Grammar:
    """The grammar of bulletins, or the one called `name` in the same file."""
    table = tomllib.loads((Path(__file__).parent / "grammar.toml").read_text("utf-8"))
    table = table[name] if name else table
    moves = dict(table["moves"])
    numbers = {key: float(moves.pop(key, 0.0)) for key in ("else", "turn", "goes_on")}
    entries = {role: (tuple(rule["by"]), float(rule["without"])) for role, rule in table.get("enter", {}).items()}
    return Grammar(table["marks"], moves, numbers["else"], numbers["turn"], numbers["goes_on"], entries)


def decode(lines: Sequence[Mapping[str, float]], gaps: Sequence[bool], rules: Grammar) -> list[Chosen]:
    """The best role for each line, given the marks it bears. Time grows with the number of lines and nothing else."""
    if not lines:
        return []
    kept = [_kept(rules.score(marks)) for marks in lines]
    turns = [_turns(roles, marks, gap, rules) for roles, marks, gap in zip(kept, lines, gaps, strict=True)]
    forward: list[dict[str, float]] = []
    came: list[dict[str, str]] = []
    before: dict[str, float] = {START: 0.0}
    for at, roles in enumerate(kept):
        best: dict[str, float] = {}
        source: dict[str, str] = {}
        for role, weight in roles.items():
            value, origin = max(
                (total + rules.move(last, role) + (turns[at][role] if last != role else 0.0), last)
                for last, total in before.items()
            )
            best[role], source[role] = value + weight, origin
        forward.append(best)
        came.append(source)
        before = best
    backward: list[dict[str, float]] = [{} for _ in kept]
    after: dict[str, float] = dict.fromkeys(kept[-1], 0.0)
    for at in range(len(kept) - 1, -1, -1):
        backward[at] = after
        if at:
            weighed = {role: kept[at][role] + value for role, value in after.items()}
            after = {
                role: max(
                    value + rules.move(role, later) + (turns[at][later] if later != role else 0.0)
                    for later, value in weighed.items()
                )
                for role in kept[at - 1]
            }
    role = max(forward[-1], key=lambda one: forward[-1][one])
    path = [role]
    for source in reversed(came[1:]):
        role = source[role]
        path.append(role)
    path.reverse()
    return [_chosen(role, forward[at], backward[at]) for at, role in enumerate(path)]


def _turns(
    roles: Mapping[str, float], marks: Mapping[str, float], gap: bool, rules: Grammar
) -> dict[str, float]:
    bonus = rules.turn if gap else -rules.turn / 2
    if "goes_on" in marks:
        bonus += rules.goes_on
    entry = rules.entry(marks)
    return {role: bonus + entry.get(role, 0.0) for role in roles}


def _kept(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    return {role: value for role, value in scores.items() if value > top - _WIDEST}


def _chosen(role: str, forward: Mapping[str, float], backward: Mapping[str, float]) -> Chosen:
    totals = {one: value + backward[one] for one, value in forward.items()}
    others = [(value, one) for one, value in totals.items() if one != role]
    if not others:
        return Chosen(role, _WIDEST, None)
    value, second = max(others)
    return Chosen(role, totals[role] - value, second)
