"""A bulletin as it was read, before anything is saved: both sides of the page, and what its form said of it.

The form carries the text itself. So nothing is kept of a bulletin that nobody made a draft of, and each answer reads
it anew: what was read, changed by what the organiser moved, typed and chose.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from campaign.cases.evidence.adopting import as_source
from campaign.cases.evidence.facts import SourceFacts
from campaign.cases.importing import Bulletin, parse
from campaign.cases.importing.bulletin import Doubt
from campaign.cases.importing.doubts import missing
from campaign.cases.importing.layouts import Layout, learnt
from campaign.cases.importing.offers import OfferedEvent, OfferedFigure, events, figures
from campaign.cases.importing.placing import FIELDS, LEFT_OUT, OFFICIAL, TARGETS, Correction, Placed, moved, placed
from campaign.errors import Refused
from campaign.language import ORIGINAL, countries
from campaign.sentences import Sentence
from campaign.web.forms import one_line

# Each field has one of six colours; the name stands beside it, so no one needs to tell them apart.
_COLOURS = {"deadline": 1, "issue_date": 1, "title": 2, "number": 2, "index_reference": 2, "country": 2, "officials": 3}
_COLOURS |= {"demands": 4, "letter": 4, "subjects": 5, "figures": 5}

# The form is read whole: this much text and this many menus leave room for the rest (`MAX_FORM_BYTES` in campaign.web).
_LARGEST, _MOST_LINES = 40_000, 500


@dataclass(frozen=True)
class Reading:
    """A bulletin with what was moved and typed, and what it offers; `lines` say where each went."""

    text: str
    base: Bulletin  # as read and moved, without what was typed
    bulletin: Bulletin
    lines: tuple[Placed, ...]
    corrections: tuple[Correction, ...]
    figures: tuple[OfferedFigure, ...]
    events: tuple[OfferedEvent, ...]
    chosen_figures: tuple[OfferedFigure, ...]
    chosen_events: tuple[OfferedEvent, ...]
    publisher: str
    about: str
    layout: Layout | None = None  # the layout of the office's own that it was read with
    learnt: Mapping[str, str] = dataclasses.field(default_factory=dict)  # {label: field} of what was moved

    @property
    def to_look_at(self) -> int:
        """How many doubts and missing fields there are left."""
        return len(self.bulletin.doubts) + len(self.missing)

    @property
    def missing(self) -> tuple[str, ...]:
        """The missing fields for which nothing is offered."""
        offered = {doubt.field.partition(".")[0] for doubt in self.bulletin.doubts}
        return tuple(name for name in self.bulletin.missing if name not in offered)

    @property
    def read(self) -> int:
        """How many lines went to a field."""
        return sum(line.field != LEFT_OUT for line in self.lines)

    @property
    def source(self) -> SourceFacts:
        """The bulletin as the source of what was chosen."""
        return as_source(self.publisher, self.bulletin.title or "", self.bulletin.issue_date, self.about)


def read(text: str, form: MultiDict[str, str], layout: Layout | None = None) -> Reading:
    """What a bulletin says as the form has it, read with a layout if there is one.

    Raises `Refused` for a field that a line cannot go to.
    """
    first = parse(text, layout.labels if layout else None)
    before = placed(text, first)
    wanted = dict(form.items())
    number, _, field = wanted.get("take", "").partition(":")
    if field:
        wanted[f"to-{number}"] = field
    bulletin, lines, corrections = first, [], []
    numbers = (re.fullmatch(r"officials\.(\d{1,3})\.\w+", field) for field in wanted.values())
    next_official = max([len(first.officials), *(int(it[1]) for it in numbers if it)]) + 1
    for line in before:
        to = wanted.get(f"to-{line.number}") or line.field
        # From here on a new official has a number, so that the next line can go to the same one or to another.
        to = to.replace(".new.", f".{next_official}.")
        if to != line.field:
            bulletin = moved(bulletin, line, to)
            corrections.append(Correction(line.number, line.text, line.field, to))
        lines.append(replace(line, field=to, doubts=line.doubts if to == line.field else ()))
    base = bulletin
    bulletin = _typed(base, wanted)
    offered, dated = figures(text), events(text, bulletin.deadline, bulletin.issue_date)
    return Reading(
        text,
        base,
        bulletin,
        tuple(lines),
        tuple(corrections),
        offered,
        dated,
        tuple(it for it in offered if "all_figures" in form or it.key in form.getlist("figure")),
        tuple(it for it in dated if "all_events" in form or it.on.isoformat() in form.getlist("event")),
        one_line(form.get("publisher")) or f"Bulletin {bulletin.number or ''}".strip(),
        one_line(form.get("about")) or _year(text, bulletin),
        layout,
        learnt(before, corrections),
    )


def without_nobody(bulletin: Bulletin) -> Bulletin:
    """The bulletin without officials of whom nothing is left."""
    told = (it for it in bulletin.officials if it.name or it.office or it.address or it.email or it.channels)
    return replace(bulletin, officials=tuple(told))


def fits(text: str) -> bool:
    """Whether the page can show a text: its form carries the whole text, and a menu a line."""
    return len(text.encode()) < _LARGEST and text.count("\n") < _MOST_LINES


def field_of(doubt: Doubt) -> str:
    """The field of a doubt as the page calls it: the reader counts officials from 0, people from 1; of a list of
    texts, the page knows only the whole."""
    field = re.sub(r"^(demands|background|subjects)\.\d+$", r"\1", doubt.field)
    return re.sub(r"^officials\.(\d+)", lambda match: f"officials.{int(match[1]) + 1}", field)


def offered(doubt: Doubt, reading: Reading) -> tuple[int, str] | None:
    """(line, field) that a doubtful value can be given to with one press; None where no line holds it."""
    field = field_of(doubt)
    shown = any(line.number == doubt.line for line in reading.lines)
    known = field in {it for it, _ in targets(reading.bulletin)}
    return (doubt.line, field) if doubt.line and shown and known else None


def called(field: str) -> str:
    """What a person calls a field."""
    if field == LEFT_OUT:
        return Sentence("Left out")
    if field == "officials":
        return Sentence("Officials")
    if found := re.fullmatch(r"officials\.(\d+|new)\.(\w+)", field):
        what = OFFICIAL.get(found[2], found[2])
        if found[1] == "new":
            return Sentence("New official: %(what)s", what=what)
        return Sentence("Official %(number)s: %(what)s", number=int(found[1]), what=what)
    if found := re.fullmatch(r"officials\.(\d+)(?:\.(\w+))?", field):
        return Sentence("Official %(number)s", number=int(found[1]))
    return FIELDS.get(field, field)


def colour(field: str) -> str:
    """The colour of a field as a class; none for what was left out."""
    return "" if field == LEFT_OUT else f"c{_COLOURS.get(field.partition('.')[0], 6)}"


def targets(bulletin: Bulletin) -> list[tuple[str, str]]:
    """(field, what it is called) of everything that a line can be moved to."""
    people = [*(str(at) for at, _ in enumerate(bulletin.officials, 1)), "new"]
    told = [*TARGETS, *(f"officials.{who}.{part}" for who in people for part in OFFICIAL), LEFT_OUT]
    return [(field, called(field)) for field in told]


def _typed(bulletin: Bulletin, form: Mapping[str, str]) -> Bulletin:
    """The bulletin with what was typed over its title, days and country: what differs from what was read ("shown")."""
    given: dict[str, Any] = {}

    def typed(name: str) -> str | None:
        said = one_line(form.get(name))
        return said if name in form and said != form.get(f"shown-{name}", "") else None

    if (title := typed("title")) is not None:
        given["title"] = title[:300] or None
    for name in ("deadline", "issue_date"):
        if (day := typed(name)) is not None:
            try:
                given[name] = date.fromisoformat(day) if day else None
            except ValueError as error:
                raise Refused("Enter the day like 2025-06-30.") from error
    if (code := typed("country")) is not None:
        given["country"] = dict(countries(ORIGINAL)).get(code)
    doubts = tuple(it for it in bulletin.doubts if not given.get(it.field))
    changed = replace(bulletin, **given, doubts=doubts)
    return replace(changed, missing=missing(changed))


def _year(text: str, bulletin: Bulletin) -> str:
    """The year a bulletin without a day of issue is of, as far as it says: that of its deadline."""
    return str(bulletin.deadline.year) if bulletin.deadline else ""
