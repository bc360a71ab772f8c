"""A file that holds more than one bulletin: the first is read, and the others are told of."""

from __future__ import annotations

from campaign.cases.importing.cues import Section, cue_of
from campaign.cases.importing.features import NUMBER
from campaign.cases.importing.heading import number_in
from campaign.cases.importing.lines import is_prose
from campaign.sentences import Sentence

ANOTHER = Sentence("Another bulletin begins here. Import it by itself.")


_HEAD_LINES = 7  # that a head has at most
_LONGEST = 150  # characters of a line of the head


def first_of_several(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the first bulletin, and those from where a second one begins: its own number, under running text.

    Numbers of other actions stand in heads, in parentheses and in prose too: none of these begins a bulletin.
    """
    first: str | None = None
    told = False  # whether running text stands between
    for at, line in enumerate(lines):
        if is_prose(line) and cue_of(line) is None:
            told = first is not None
            continue
        number = number_in(line) if _names_itself(line) else None
        if number and first and number != first and told:
            start = next((it for it in range(max(0, at - _HEAD_LINES), at) if _begins_head(lines[it])), at)
            return lines[:start], lines[start:]
        first = first or number
    return lines, []


def _names_itself(line: str) -> bool:
    """Whether a line's number is the bulletin's own: it leads the line, or the words that lead a head do."""
    cue = cue_of(line)
    if cue is not None:
        return cue.section is Section.HEAD
    return bool(NUMBER.match(line.lstrip("#*• "))) and len(line) < _LONGEST


def _begins_head(line: str) -> bool:
    cue = cue_of(line)
    return cue is not None and cue.section in (Section.HEAD, Section.TITLE)
