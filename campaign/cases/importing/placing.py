"""Where each line of a bulletin went, and the bulletin as an organiser puts it: for the page that shows both sides.

A line belongs to the field whose value it holds, or is a part of. `moved` takes it out of there and puts it where the
organiser says; nothing else of the bulletin changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from campaign.cases.importing import dates
from campaign.cases.importing.bulletin import Bulletin, Doubt, ModelLetter, Official, Subject
from campaign.cases.importing.doubts import missing
from campaign.cases.importing.lines import plain
from campaign.errors import Refused
from campaign.sentences import Sentence

T = TypeVar("T", Bulletin, ModelLetter, Official)

LEFT_OUT = "left_out"

# What a line can be given to, by the word that is kept of it, and what a person calls it. Officials come besides.
FIELDS = {
    "title": Sentence("Title"),
    "deadline": Sentence("Deadline"),
    "issue_date": Sentence("Issue date"),
    "number": Sentence("Number"),
    "index_reference": Sentence("Index reference"),
    "country": Sentence("Country"),
    "summary": Sentence("Summary"),
    "demands": Sentence("Demand"),
    "letter": Sentence("Sample letter"),
    "letter.salutation": Sentence("Greeting of the letter"),
    "letter.close": Sentence("Close of the letter"),
    "background": Sentence("Background"),
    "subjects": Sentence("Person at risk"),
    "languages": Sentence("Language"),
    "previous": Sentence("Previous action"),
    "after_deadline": Sentence("After the deadline"),
}
# Fields that a line can be moved to: those of one date or of text.
TARGETS = (
    "title", "deadline", "issue_date", "summary", "demands", "letter.salutation", "letter", "letter.close",
    "background", "subjects", "after_deadline",
)  # fmt: skip
OFFICIAL = {"name": Sentence("name"), "office": Sentence("office"), "address": Sentence("address")}
_DATES = ("deadline", "issue_date")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,600}\)")


@dataclass(frozen=True)
class Placed:
    """A line of the document, counted from 1, with the field that it went to (`left_out` if to none)."""

    number: int
    text: str
    field: str
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Correction:
    """A line, with the field that the reader gave it to and the one that an organiser did."""

    line: int
    span: str
    was: str
    becomes: str


def placed(text: str, bulletin: Bulletin) -> tuple[Placed, ...]:
    """Every line of `text` that says something, and where it went."""
    values = [(name, _folded(value)) for name, value in values_of(bulletin) if value]
    told: list[Placed] = []
    for number, line in enumerate(text.splitlines(), 1):
        shown = plain(line)
        if not re.search(r"\w", shown):
            continue
        doubts = tuple(it for it in bulletin.doubts if it.line == number or (it.line is None and it.value in shown))
        before = told[-1].field if told else ""
        told.append(Placed(number, shown, _field_of(shown, values, bulletin, before), doubts))
    return tuple(told)


def values_of(bulletin: Bulletin) -> Iterator[tuple[str, str]]:
    """(field, value) of every text in a bulletin; those of officials as "officials.1.name"."""
    for name in ("title", "number", "index_reference", "summary", "after_deadline"):
        yield name, getattr(bulletin, name) or ""
    yield "letter.salutation", bulletin.letter.salutation or ""
    for at, official in enumerate(bulletin.officials, 1):
        yield f"officials.{at}.name", official.name or ""
        yield f"officials.{at}.office", official.office or ""
        for line in (*official.address, *official.email, official.salutation or ""):
            yield f"officials.{at}.address", line
        for entries in official.channels.values():
            for entry in entries:
                yield f"officials.{at}.address", entry
    yield from (("letter", it) for it in bulletin.letter.paragraphs)
    yield "letter.close", bulletin.letter.close or ""
    yield from (("demands", it) for it in bulletin.demands)
    yield from (("background", it) for it in bulletin.background)
    yield from (("subjects", it.name) for it in bulletin.subjects)
    yield "country", bulletin.country or ""
    yield "previous", bulletin.previous.url or bulletin.previous.index_reference or ""


def moved(bulletin: Bulletin, line: Placed, to: str) -> Bulletin:
    """The bulletin with a line in the field `to`. Raises `Refused` where the field does not exist or takes a date
    that the line does not give."""
    if to == line.field:
        return bulletin
    taken = _without(bulletin, line)
    put = _with(taken, line.text, to)
    left = tuple(it for it in put.unplaced if _folded(it) != _folded(line.text))
    put = replace(put, unplaced=(*left, line.text) if to == LEFT_OUT else left)
    put = replace(put, doubts=tuple(it for it in put.doubts if it not in line.doubts and it.field != to))
    return replace(put, missing=missing(put))


def _field_of(line: str, values: list[tuple[str, str]], bulletin: Bulletin, before: str) -> str:
    """The field of a line: the value that it is, is a part of, or holds; of several, that of the line before."""
    folded = _folded(line)
    whole = [name for name, value in values if value == folded or (len(folded) > 3 and folded in value)]
    part = [name for name, value in values if len(value) > 2 and value in folded and len(value) * 4 > len(folded)]
    held = whole if whole and (whole[0] != "letter" or before.startswith("letter") or not part) else part
    if held:
        official = before.rpartition(".")[0]
        return next((it for it in held if official and it.startswith(f"{official}.")), held[0])
    if found := dates.find(line):
        if found.day == bulletin.deadline:
            return "deadline"
        if found.day == bulletin.issue_date:
            return "issue_date"
    if bulletin.languages and all(it.casefold() in folded for it in bulletin.languages):
        return "languages"
    return LEFT_OUT


def _without(bulletin: Bulletin, line: Placed) -> Bulletin:  # noqa: PLR0911 - one branch a kind of field
    """The bulletin without what a line had given to its field."""
    name = line.field
    if name in ("title", "summary", "number", "index_reference", "country", "after_deadline", *_DATES):
        kept = None if name in _DATES else _cut(getattr(bulletin, name) or "", line.text)
        return _changed(bulletin, **{name: kept})
    if name in ("demands", "background"):
        return _changed(bulletin, **{name: _rest(getattr(bulletin, name), line.text)})
    if name == "subjects":
        return replace(bulletin, subjects=tuple(it for it in bulletin.subjects if _cut(it.name, line.text)))
    letter = bulletin.letter
    if name == "letter":
        return replace(bulletin, letter=replace(letter, paragraphs=_rest(letter.paragraphs, line.text)))
    if name.startswith("letter."):
        return replace(bulletin, letter=_changed(letter, **{name.partition(".")[2]: None}))
    if name.startswith("officials."):
        return _without_official(bulletin, name, line.text)
    return bulletin


def _without_official(bulletin: Bulletin, name: str, text: str) -> Bulletin:
    _, number, part = name.split(".")
    officials = list(bulletin.officials)
    was = officials[int(number) - 1]
    if part == "address":
        now = replace(
            was,
            address=_rest(was.address, text),
            email=_rest(was.email, text),
            salutation=_cut(was.salutation or "", text),
            channels={key: left for key, entries in was.channels.items() if (left := _rest(tuple(entries), text))},
        )
    else:
        now = _changed(was, **{part: _cut(getattr(was, part) or "", text)})
    officials[int(number) - 1] = now
    return replace(bulletin, officials=tuple(officials))


def _with(bulletin: Bulletin, text: str, to: str) -> Bulletin:  # noqa: PLR0911 - one branch a kind of field
    if to == LEFT_OUT:
        return bulletin
    if to in _DATES:
        found = dates.find(text, month_first=False)
        if found is None:
            raise Refused("“%(text)s” gives no day with a year. Enter it by hand.", text=text[:80])
        return _changed(bulletin, **{to: found.day})
    if to in ("title", "summary", "after_deadline"):
        before = getattr(bulletin, to)
        return _changed(bulletin, **{to: text if to == "title" or not before else f"{before} {text}"})
    if to in ("demands", "background"):
        return _changed(bulletin, **{to: (*getattr(bulletin, to), text)})
    if to == "subjects":
        return replace(bulletin, subjects=(*bulletin.subjects, Subject(text)))
    letter = bulletin.letter
    if to == "letter":
        return replace(bulletin, letter=replace(letter, paragraphs=(*letter.paragraphs, text)))
    if to in ("letter.salutation", "letter.close"):
        changed: ModelLetter = _changed(letter, **{to.partition(".")[2]: text})
        return replace(bulletin, letter=changed)
    return replace(bulletin, officials=_with_official(bulletin.officials, text, to))


def _with_official(officials: tuple[Official, ...], text: str, to: str) -> tuple[Official, ...]:
    found = re.fullmatch(r"officials\.(\d{1,3}|new)\.(name|office|address)", to)
    if found is None:
        raise Refused("Choose a field for each line.")
    told = list(officials)
    at = len(told) if found[1] == "new" else int(found[1]) - 1
    if at == len(told):
        told.append(Official())
    if not 0 <= at < len(told):
        raise Refused("Choose a field for each line.")
    was = told[at]
    told[at] = (
        replace(was, address=(*was.address, text)) if found[2] == "address" else _changed(was, **{found[2]: text})
    )
    return tuple(told)


def _changed(one: T, **values: Any) -> T:
    """A copy with fields that are named by what the organiser chose."""
    return cast("T", replace(cast("Any", one), **values))


def _cut(value: str, text: str) -> str | None:
    """A value without the line that gave it, or None if that was all of it."""
    if _folded(value) in _folded(text) or not value:
        return None
    left = re.sub(re.escape(text), " ", value, count=1, flags=re.I)
    return " ".join(left.split()) or None


def _rest(values: tuple[str, ...], text: str) -> tuple[str, ...]:
    return tuple(kept for value in values if (kept := _cut(value, text) if _touches(value, text) else value))


def _touches(value: str, text: str) -> bool:
    one, other = _folded(value), _folded(text)
    return one in other or other in one


def _folded(text: str) -> str:
    bare = _LINK.sub(lambda match: match[1], plain(text)).replace("*", "")
    return " ".join(bare.casefold().split())
