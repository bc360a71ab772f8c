"""What organisers enter about a case, as values: each knows what is wrong with it, and what it was read as.

The names of fields are those of the columns they go to. `faults()` gives {field: sentence}, empty where all is well.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import partial
from typing import Any, Protocol, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from campaign.cases.evidence.figure_rules import about
from campaign.cases.places import NO_COUNTRY
from campaign.language import ORIGINAL, countries, language_name
from campaign.publication.naming import initials
from campaign.sentences import Sentence, listed
from campaign.vocabulary import EventKind, Naming

LocalText = Mapping[str, str]  # {locale: text}

LONGEST_LINE, LONGEST_WHY = 300, 4000
LARGEST_VALUE = 10**12
# A key is written into texts as ((key)).
KEY = re.compile(r"[a-z][a-z0-9_]{0,79}")


class Facts(Protocol):
    """What can be entered, checked and saved."""

    def faults(self) -> dict[str, str]:
        """{field: what is wrong with it, and what to do}."""
        ...


@dataclass(frozen=True)
class _Row:
    """Facts that stand in one row of a table."""

    @classmethod
    def of(cls, row: Any) -> Self:
        """As they are stored."""
        return cls(**{it.name: _value(getattr(row, it.name)) for it in fields(cls)})

    def columns(self) -> dict[str, Any]:
        """{column: value}, as a row takes them."""
        return {it.name: _stored(getattr(self, it.name)) for it in fields(self)}

    def edit_token(self) -> str:
        """A short hash of all there is: a form carries it, so that a change meanwhile is noticed."""
        plain = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()[:20]

    def told(self) -> dict[str, object]:
        """What the audit trail keeps of it."""
        return asdict(self)


@dataclass(frozen=True)
class CaseFacts(_Row):
    """Where people are at risk. Countries are ISO 3166 alpha-2; `place` is what people call the time zone."""

    country: str
    time_zone: str
    place: LocalText
    at_risk_countries: tuple[str, ...]
    themes: tuple[str, ...] = ()

    def faults(self) -> dict[str, str]:
        """What is wrong with it."""
        known = {code for code, _ in countries(ORIGINAL)}
        found: dict[str, str] = {}
        if self.country not in known and self.country != NO_COUNTRY:
            found["country"] = Sentence("Choose the country where people are at risk.")
        if self.time_zone not in available_timezones():
            found["time_zone"] = Sentence("Choose a time zone from the list, like Asia/Karachi. Deadlines use it.")
        if unknown := [it for it in self.at_risk_countries if it not in known]:
            found["at_risk_countries"] = Sentence(
                "%(codes)s: not a country. Use two-letter codes, like IR, AF.", codes=", ".join(unknown)
            )
        return found | _too_long("place", self.place)


@dataclass(frozen=True)
class SubjectFacts(_Row):
    """Someone at risk, and how far they may be named in public."""

    name: LocalText
    pronoun: LocalText
    naming: Naming

    def faults(self) -> dict[str, str]:
        """What is wrong with it."""
        found = {} if self.name.get(ORIGINAL) else {"name": Sentence("Enter the name, or a description, in English.")}
        if self.naming is Naming.INITIALS and any(not initials(it) for it in self.name.values()):
            found["name"] = Sentence("This name has no letters, so it has no initials.")
        return found | _too_long("name", self.name) | _too_long("pronoun", self.pronoun)

    def told(self) -> dict[str, object]:
        """The audit trail forgets nothing: who is shown by initials stands there by them too."""
        shown = {tag: initials(it) for tag, it in self.name.items()} if self.naming is Naming.INITIALS else self.name
        return {**asdict(self), "name": dict(shown)}


@dataclass(frozen=True)
class EventFacts(_Row):
    """A dated point of the timeline."""

    on: date | None
    kind: EventKind
    caption: LocalText
    source_id: int | None

    def faults(self) -> dict[str, str]:
        """What is wrong with it."""
        found = {} if self.on else {"on": Sentence("Enter the day, like 2025-06-30.")}
        if not self.caption.get(ORIGINAL):
            found["caption"] = Sentence("Describe in English what happened, or what will happen.")
        return found | _too_long("caption", self.caption)


@dataclass(frozen=True)
class SourceFacts(_Row):
    """Who published what, when, where; `note` is for organisers alone."""

    publisher: LocalText
    title: LocalText
    published_on: date | None
    published_about: str | None
    url: str | None
    note: str | None

    def faults(self) -> dict[str, str]:
        """What is wrong with it."""
        found = {} if self.publisher.get(ORIGINAL) else {"publisher": Sentence("Enter in English who published it.")}
        if not self.published_on and not self.published_about:
            found["published_on"] = Sentence("Enter the day, or the approximate date below. A figure needs a date.")
        if self.published_on and self.published_about:
            found["published_about"] = Sentence("Leave this empty if you know the day.")
        elif self.published_about and about(self.published_about) is None:
            found["published_about"] = Sentence("Enter at least the year, like “June 2025”.")
        if self.url and (urlsplit(self.url).scheme not in {"http", "https"} or not urlsplit(self.url).netloc):
            found["url"] = Sentence("Enter the full address, starting with https://.")
        if len(self.note or "") > LONGEST_WHY:
            found["note"] = Sentence("Use %(most)s characters at most.", most=LONGEST_WHY)
        return found | _too_long("publisher", self.publisher) | _too_long("title", self.title)


@dataclass(frozen=True)
class FigureFacts(_Row):
    """One source's number for one thing. `qualifier` may say `{n}` where its number goes: "{n} سے زائد"."""

    key: str
    value: int
    qualifier: LocalText
    label: LocalText
    as_of: date | None
    source_id: int | None

    def faults(self) -> dict[str, str]:
        """What is wrong with it."""
        found: dict[str, str] = {}
        if not KEY.fullmatch(self.key):
            found["key"] = Sentence(
                "Enter one word in small letters, like card_holders. Texts use it as ((card_holders))."
            )
        if not 0 <= self.value <= LARGEST_VALUE:
            found["value"] = Sentence("Enter the number in digits, like 1080312.")
        if not self.label.get(ORIGINAL):
            found["label"] = Sentence("Describe in English what is counted.")
        if self.source_id is None:
            found["source_id"] = Sentence("Choose the source. Texts cannot use a number without one.")
        return found | _too_long("qualifier", self.qualifier) | _too_long("label", self.label)


def _too_long(name: str, words: LocalText) -> dict[str, str]:
    long = [tag for tag, text in words.items() if len(text) > LONGEST_LINE]
    if not long:
        return {}
    languages = listed(partial(language_name, tag) for tag in long)
    too_long = Sentence(
        "Longer than %(most)s characters (%(languages)s). Shorten it.", most=LONGEST_LINE, languages=languages
    )
    return {name: too_long}


def _value(stored: Any) -> Any:
    if isinstance(stored, list):
        return tuple(stored)
    return int(stored) if isinstance(stored, float) else stored


def _stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {tag: text for tag, text in value.items() if text}
    return list(value) if isinstance(value, tuple) else value
