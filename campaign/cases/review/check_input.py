"""What an action says and to whom, as the values that checks look at. No session hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from campaign.cases.evidence.figure_rules import Reading
from campaign.publication import fields
from campaign.vocabulary import RecipientRole


def _strings(holder: object, names: tuple[str, ...]) -> tuple[str, ...]:
    held = [getattr(holder, name) for name in names]
    return tuple(one for it in held for one in ((it,) if isinstance(it, str) else it))


@dataclass(frozen=True)
class Text:
    """What the action says in one language, as it was written."""

    locale: str
    title: str
    summary: str
    demands: tuple[str, ...]
    background: str = ""
    after_deadline: str = ""
    ask: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """All that may hold fields."""
        return _strings(self, fields.IN_TEXTS)

    @property
    def plain(self) -> tuple[str, ...]:
        """What is printed as it was typed."""
        return _strings(self, fields.NOT_IN_TEXTS)


@dataclass(frozen=True)
class Letter:
    """The newest model letter in one language, to all recipients or to one."""

    locale: str
    official_id: int | None
    salutation: str
    body: str
    close: str

    @property
    def sources(self) -> tuple[str, ...]:
        """All that may hold fields."""
        return _strings(self, fields.IN_LETTERS)

    @property
    def plain(self) -> tuple[str, ...]:
        """What is printed as it was typed."""
        return _strings(self, fields.NOT_IN_LETTERS)


@dataclass(frozen=True)
class CheckedRecipient:
    """A recipient. `works` are the channels by which a letter arrives, `broken` those known to fail; both in words."""

    id: int
    name: str
    role: RecipientRole
    languages: tuple[str, ...]
    salutations: frozenset[str]
    works: tuple[str, ...]
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Harm:
    """Do no harm: what was stated, and when."""

    consent: str
    risk: str
    who: str
    on: date


@dataclass(frozen=True)
class Written:
    """All that checks look at. `pages` are those of each letter, by (language, official's id), from the real layout;
    None where no font has its script."""

    original_locale: str
    country_known: bool
    numbered: bool
    deadline: date | None
    time_zone: str
    place: str
    languages: tuple[str, ...]  # in which the recipients prefer to be written to
    wanted_languages: tuple[str, ...]  # those the organisation speaks
    texts: tuple[Text, ...]
    letters: tuple[Letter, ...]
    recipients: tuple[CheckedRecipient, ...]
    figures: tuple[Reading, ...]
    unsourced: frozenset[str]  # keys of figures whose source says nothing of who it is
    harm: Harm | None
    stale_days: int
    pages: Mapping[tuple[str, int], int | None]
    # Words beside figures and dates that are not there in a language of the action: (key or caption, what, language).
    untold: tuple[tuple[str, str, str], ...] = ()
