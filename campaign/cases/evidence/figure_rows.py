"""Figures as rows of a grid: from what somebody typed or pasted to facts, and what in it is wrong or doubtful.

Rules of values alone. What a row says is read by the rules of every other form (`amounts`, `facts`); here is only what
a row adds: which source it means, and which figures of the case measure the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from campaign.cases.amounts import amount
from campaign.cases.evidence.facts import FigureFacts, LocalText, SourceFacts
from campaign.cases.importing import dates
from campaign.folding import folded
from campaign.language import ORIGINAL
from campaign.sentences import Sentence

NEW = "new"  # the choice of a source that is not in the case yet
MOST = 50
USED_ALREADY = Sentence(
    "Texts use another figure of ((%(key)s)) already. Save this one without it, then choose it in the case."
)
_NUMERAL_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})")


@dataclass(frozen=True)
class RowTyped:
    """One row as it was typed; the names of its fields are those of the form, without the row's number.

    `source` is the id of a source of the case, `NEW`, or empty; `publisher`, `title` and `published` are of a new one.
    """

    key: str = ""
    qualifier: str = ""
    number: str = ""
    unit: str = ""
    as_of: str = ""
    source: str = ""
    publisher: str = ""
    title: str = ""
    published: str = ""
    quoted: str = ""
    doubts: Mapping[str, Sentence] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, fields: Mapping[str, str], n: int) -> RowTyped:
        """The row of a number in a form."""
        typed: dict[str, Any] = {name: " ".join(fields.get(f"{name}-{n}", "").split()) for name in FIELDS}
        return cls(**typed)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed in it; a chosen source alone is nothing."""
        return not any((self.key, self.qualifier, self.number, self.unit, self.as_of, self.publisher, self.title))


FIELDS = ("key", "qualifier", "number", "unit", "as_of", "source", "publisher", "title", "published", "quoted")


@dataclass(frozen=True)
class KnownSource:
    """A source of the case, as a row can mean it."""

    id: int
    publisher: str
    title: str
    published_on: date | None
    published_about: str | None


@dataclass(frozen=True)
class Known:
    """What the case has already. `labels` and `qualifiers` are by their folded English; `quoted` are keys."""

    sources: Sequence[KnownSource] = ()
    labels: Mapping[str, tuple[str, LocalText]] = field(default_factory=dict)
    qualifiers: Mapping[str, LocalText] = field(default_factory=dict)
    quoted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """A row as it is saved: the figure, its source if that is new, and whether texts use it."""

    figure: FigureFacts
    source: SourceFacts | None
    quoted: bool


@dataclass(frozen=True)
class Read:
    """A row, read; `faults` are sentences by field of the row."""

    row: Row
    faults: Mapping[str, str]


# Where the faults of facts are shown in a row.
_OF_FIGURE = {"key": "key", "value": "number", "qualifier": "qualifier", "label": "unit", "as_of": "as_of"}
_OF_SOURCE = {"publisher": "publisher", "title": "title", "published_on": "published", "published_about": "published"}


def read(rows: Sequence[RowTyped], known: Known, locale: str) -> list[Read]:
    """Rows as they could be saved, each with what is wrong with it; numbers as `locale` writes them are read too."""
    found = [_read(it, known, locale) for it in rows]
    chosen: set[str] = set(known.quoted)
    for at, it in enumerate(found):
        if not it.row.quoted:
            continue
        key = it.row.figure.key
        if key in chosen:
            found[at] = replace(it, faults={**it.faults, "quoted": USED_ALREADY.filled(key=key)})
        chosen.add(key)
    return found


def day(text: str) -> date | None:
    """The day that a cell says as a whole, in digits of any script; None if it says none, or more than a day."""
    said = _ascii_digits(text.strip())
    try:
        return date.fromisoformat(said)
    except ValueError:
        found = dates.find(said)
        return found.day if found and (found.start, found.end) == (0, len(said)) else None


def is_ambiguous(text: str) -> bool:
    """Whether a day in numerals may be read with the month first, too."""
    match = _NUMERAL_DATE.fullmatch(_ascii_digits(text.strip()))
    return match is not None and int(match[1]) != int(match[2]) and max(int(match[1]), int(match[2])) <= 12


def key_of(unit: str) -> str:
    """One word for what is counted, made of its first words: "people hold a card" is "people_hold_a_card"."""
    return "_".join(re.findall(r"[a-z]+", unit.lower())[:4])[:60]


def plain(text: str) -> str:
    """Words as they are compared: "At least" and "at  least" are the same."""
    return " ".join(folded(text).split())


def matching(known: Sequence[KnownSource], publisher: str, title: str, published: date | None) -> list[KnownSource]:
    """The sources of the case that a publisher, and as far as they are said a title and a day, can mean."""
    return [
        it
        for it in known
        if plain(it.publisher) == plain(publisher)
        and (not title or plain(it.title) == plain(title))
        and (published is None or it.published_on in (None, published))
    ]


def _read(typed: RowTyped, known: Known, locale: str) -> Read:
    faults: dict[str, str] = {}
    as_of = day(typed.as_of) if typed.as_of else None
    if typed.as_of and as_of is None:
        faults["as_of"] = Sentence("Enter the day like 2025-06-30 or 30 June 2025.")
    key, label = known.labels.get(plain(typed.unit), ("", {ORIGINAL: typed.unit}))
    qualifier = known.qualifiers.get(plain(typed.qualifier), {ORIGINAL: typed.qualifier}) if typed.qualifier else {}
    value = amount(typed.number, locale)
    source, source_id = None, None
    if typed.source == NEW or (not typed.source and typed.publisher):
        source = _source(typed)
        faults |= {_OF_SOURCE.get(name, "source"): said for name, said in source.faults().items()}
    elif typed.source.isascii() and typed.source.isdecimal() and len(typed.source) < 12:
        source_id = next((it.id for it in known.sources if it.id == int(typed.source)), None)
    figure = FigureFacts(
        key=typed.key or key or key_of(typed.unit),
        value=-1 if value is None else value,
        qualifier=qualifier,
        label=label if typed.unit else {},
        as_of=as_of,
        # Of a new source the number comes when it is saved.
        source_id=0 if source is not None else source_id,
    )
    faults |= {_OF_FIGURE.get(name, "source"): said for name, said in figure.faults().items()}
    return Read(Row(figure, source, typed.quoted == "yes"), faults)


def _source(typed: RowTyped) -> SourceFacts:
    on = day(typed.published) if typed.published else None
    return SourceFacts(
        publisher={ORIGINAL: typed.publisher} if typed.publisher else {},
        title={ORIGINAL: typed.title} if typed.title else {},
        published_on=on,
        published_about=None if on else typed.published or None,
        url=None,
        note=None,
    )


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(it)) if it.isdecimal() else it for it in text)
