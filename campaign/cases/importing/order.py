"""Whether a document's parts stand in the order of a bulletin, and what is not certain where they do not.

A page copied in pieces, columns read across, two documents in one file: each line may be told right, and yet nothing
says which paragraph is of the letter and which of the story. What says of itself what it is stays: a number, a day
behind its label, an official with an address of its own. What only its place tells is offered instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.cases.importing.features import Marked
from campaign.cases.importing.grammar import START, Chosen, Grammar
from campaign.sentences import Sentence

DISORDER = 6.0  # what moves that no bulletin makes weigh together, from which the order says nothing
_UNLIKELY = -2.1  # a move that weighs less than this is one
_RUNNING_HEAD = 4  # lines; a head that is printed anew on a page is no longer


IN_ONE_PIECE = 0.8  # of its characters in one line, from which a text has lost its lines


def in_one_piece(text: str) -> bool:
    """Whether a text lost its line breaks: nothing but the words tells where a part ends."""
    longest = max(map(len, text.split("\n")), default=0)
    return longest > 250 and longest > IN_ONE_PIECE * len(text.strip())


OUT_OF_ORDER = Sentence("The parts of this document are out of order. Nothing else says what this is.")


def disorder(lines: Sequence[Marked], chosen: Sequence[Chosen], rules: Grammar) -> float:
    """What the unlikely moves of the best reading weigh together: 0 where each part follows the one that it should."""
    runs: list[_Run] = []
    for one, choice in zip(lines, chosen, strict=True):
        if runs and runs[-1].role == choice.role:
            runs[-1].lines += 1
            continue
        before = runs[-1].role if runs else START
        usual = (before, choice.role) in rules.usual
        weight = rules.move(before, choice.role) + rules.entry(one.marks).get(choice.role, 0.0)
        runs.append(_Run(choice.role, 0.0 if usual else weight))
    for above, head, below in zip(runs, runs[1:], runs[2:], strict=False):
        if head.role == "head" and head.lines < _RUNNING_HEAD and above.role == below.role:
            head.weight = below.weight = 0.0  # the head of a page, printed within a part that goes on under it
    return -sum(run.weight for run in runs if run.weight < _UNLIKELY)


@dataclass
class _Run:
    """Lines of one role, and what coming to it weighed."""

    role: str
    weight: float
    lines: int = 1
