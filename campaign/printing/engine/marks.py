"""Direction marks: what keeps the order of reading when a PDF's characters are read back in the order of the eye."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from campaign.printing.engine.shaping import Run, is_silent

LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
# Stand-ins for the same marks, meant for pdftotext alone: PDFium needs none there, and drops a character drawn by
# itself that has no box. (Noncharacters: no text holds them.)
QUIET = {"\ufdd0": LEFT_TO_RIGHT_MARK, "\ufdd1": RIGHT_TO_LEFT_MARK}
_QUIET_LEFT_TO_RIGHT, _QUIET_RIGHT_TO_LEFT = QUIET

_STRONG = frozenset({"L", "R", "AL"})
_NUMERIC = frozenset({"EN", "AN", "ES", "ET", "CS"})


@dataclass(frozen=True)
class Marks:
    """Direction marks for a run: around characters, by their place in its text, and at its ends for the eye."""

    around: Mapping[int, tuple[str, str]]
    left: str = ""
    right: str = ""

    def __bool__(self) -> bool:
        return bool(self.around or self.left or self.right)

    def count(self, mark: str) -> int:
        """How often `mark`, or its stand-in, is among them."""
        every = [self.left, self.right, *(each for pair in self.around.values() for each in pair)]
        return sum(QUIET.get(each, each) == mark for each in every)


def marked(runs: list[Run], base: str, document: str) -> Iterator[tuple[Run, Marks]]:
    """Each run of a line of direction `base`, left to right, with the marks it needs.

    Extractors get characters in the order of the eye and work out the order of reading from few rules: signs
    between a number and a letter go with the number, brackets are mirrored or not. A mark in the invisible
    text, where an author might have put one, leaves them nothing to guess.
    """
    for right_to_left, grouped in groupby(runs, key=lambda run: run.right_to_left):
        stretch = list(grouped)
        left, right = _marks_beside(stretch, right_to_left, base, document)
        for run in stretch:
            around = _marks_around(run.text, run.follower) if right_to_left else {}
            yield run, Marks(around, left if run is stretch[0] else "", right if run is stretch[-1] else "")


def _marks_beside(stretch: list[Run], right_to_left: bool, base: str, document: str) -> tuple[str, str]:
    """The marks (left, right) of neighbouring runs of one direction."""
    follower = (stretch[0] if right_to_left else stretch[-1]).follower
    if right_to_left != (base == "rtl"):
        if _is_strong(follower) or (not follower and document == "ltr"):
            return "", ""
        if base != "rtl":
            return "", LEFT_TO_RIGHT_MARK
        return _mark("rtl", follower), "" if _ends_strongly(stretch) else _mark("ltr", "")
    if base == "ltr" and document == "rtl" and not follower:
        return "", "" if _ends_strongly(stretch) else _mark("ltr", follower)
    return "", ""


def _ends_strongly(stretch: list[Run]) -> bool:
    last = stretch[-1].text.rstrip(" ")[-1:]
    return _is_strong(last) or last.isdigit()


def _marks_around(text: str, follower: str) -> dict[int, tuple[str, str]]:
    """Marks before and after brackets and signs of a text that runs right to left."""
    marks = {}
    for place, (char, after) in enumerate(zip(text, text[1:] + (follower or " "), strict=True)):
        if unicodedata.mirrored(char):
            marks[place] = (LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK)
        elif unicodedata.bidirectional(char) in _NUMERIC:
            marks[place] = ("", _mark("rtl", after))
    return marks


def _mark(direction: str, follower: str) -> str:
    """A mark of `direction`: beside a space its stand-in; within a word the gap that leaves would look like a space."""
    quiet = not follower or follower.isspace()
    if direction == "rtl":
        return _QUIET_RIGHT_TO_LEFT if quiet else RIGHT_TO_LEFT_MARK
    return _QUIET_LEFT_TO_RIGHT if quiet else LEFT_TO_RIGHT_MARK


def _is_strong(char: str) -> bool:
    return bool(char) and unicodedata.bidirectional(char) in _STRONG


def tipping(direction: str) -> str:
    """The mark that counts as a letter of `direction`, meant for pdftotext."""
    return _QUIET_RIGHT_TO_LEFT if direction == "rtl" else _QUIET_LEFT_TO_RIGHT


def strings(word: str) -> Iterator[str]:
    """What of a word is shown at once: each stand-in by itself, all else together."""
    for is_quiet, chars in groupby(word, key=QUIET.__contains__):
        if is_quiet:
            yield from chars
        else:
            yield "".join(chars)


def words(run: Run, marks: Marks) -> Iterator[tuple[str, float]]:
    """Words, each with the space beside it, as (characters in the order of the eye, width in pixels)."""
    place = len(run.text) if run.right_to_left else 0
    word, width = marks.left, 0.0
    for number, cluster in enumerate(run.clusters, 1):
        if run.right_to_left:
            place -= len(cluster.text)
        chars = "".join(
            before + char + after
            for i, char in enumerate(cluster.text, place)
            for before, after in (marks.around.get(i, ("", "")),)
            if not is_silent(char)
        )
        if not run.right_to_left:
            place += len(cluster.text)
        word += chars[::-1] if run.right_to_left else chars
        width += cluster.advance
        if number == len(run.clusters):
            word += marks.right
        if word and (cluster.text == " " or number == len(run.clusters)):
            yield word, width
            word, width = "", 0.0
