"""Layouts of the office's own: what its labels lead to, learnt from what organisers moved, and read before the cues.

A layout holds labels and nothing else of a bulletin: "Who decides:" leads to the officials. A label stands at the start
of a line, with its colon, or is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaign.cases.importing.cues import Cue, Section
from campaign.cases.importing.lines import is_prose
from campaign.cases.importing.placing import LEFT_OUT, Correction, Placed

# The fields that a label can lead to, and the section that this begins.
SECTIONS = {
    "title": Section.TITLE,
    "deadline": Section.DEADLINE,
    "issue_date": Section.HEAD,
    "summary": Section.SUMMARY,
    "demands": Section.DEMANDS,
    "officials": Section.OFFICIALS,
    "letter": Section.LETTER,
    "background": Section.BACKGROUND,
    "subjects": Section.SUBJECTS,
    LEFT_OUT: Section.TAIL,
}
LONGEST = 60  # characters of a label
_MOST_WORDS = 8
_LABEL = re.compile(r"^\W{0,4}(?P<label>[^\W\d_][^:\n]{1,58}:)(?=\s|$)")


@dataclass(frozen=True)
class Layout:
    """A named layout: which field each label leads to."""

    name: str
    labels: Mapping[str, str]


def cue_in(labels: Mapping[str, str], line: str) -> Cue | None:
    """The cue that a line begins with by a layout's labels; of several, the longest."""
    best: Cue | None = None
    for label, field in labels.items():
        found = _pattern(label).match(line)
        if found and (best is None or len(found.group()) > len(best.label)):
            best = Cue(SECTIONS[field], found.group(), line[found.end() :].strip(' :-–"”'), own=True)
    return best


def fitting(text: str, layouts: Iterable[Layout]) -> Layout | None:
    """The layout that most labels of stand in a text, one half of its own at least; none if there is none."""
    lines = text.splitlines()
    best: tuple[int, Layout] | None = None
    for layout in layouts:
        met = sum(any(_pattern(label).match(line.strip()) for line in lines) for label in layout.labels)
        if met and met * 2 >= len(layout.labels) and (best is None or met > best[0]):
            best = met, layout
    return best[1] if best else None


def learnt(lines: Sequence[Placed], corrections: Iterable[Correction]) -> dict[str, str]:
    """{label: field} of what was moved: the label that a moved line begins with, or the heading it stands under.

    A line that has neither teaches nothing, nor does a label with a number or an address in it: that is one bulletin's
    own. `lines` are those of the document, before or after the moves.
    """
    at = {line.number: place for place, line in enumerate(lines)}
    moved = {it.line: _field(it.becomes) for it in corrections}
    labels: dict[str, str] = {}
    for number, field in moved.items():
        if field not in SECTIONS or number not in at:
            continue
        label = _label_of(lines[at[number]].text)
        place = at[number]
        while label is None and place > 0 and field != LEFT_OUT:
            above = lines[place - 1]
            if _label_of(above.text) is None and moved.get(above.number) == field and not _is_heading(above, moved):
                place -= 1  # several lines under one heading
                continue
            label = above.text.strip() if _is_heading(above, moved) else None
            break
        if label:
            labels.setdefault(label, field)
    return labels


def _field(name: str) -> str:
    """ "officials.2.name" as "officials"; others as they are."""
    return "officials" if name.startswith("officials.") else name


def _label_of(text: str) -> str | None:
    found = _LABEL.match(text)
    return found["label"] if found and _is_label(found["label"]) else None


def _is_heading(line: Placed, moved: Mapping[int, str]) -> bool:
    """Whether a line leads to what follows it and is no value itself."""
    text = line.text.strip()
    return line.field == LEFT_OUT and line.number not in moved and _is_label(text) and not re.search(r"[.!?;,]$", text)


def _is_label(text: str) -> bool:
    short = len(text) <= LONGEST and len(text.split()) <= _MOST_WORDS and not is_prose(text)
    return short and not re.search(r"[\d@/]", text)


def _pattern(label: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, label.rstrip(":").split()))
    return re.compile(rf"^\W{{0,4}}{words}" + (r"\s*:" if label.endswith(":") else r"\s*:?\s*$"), re.I)
