"""Rules about figures: which of them contradict each other, and how; which are too old to be quoted. Values only."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations, groupby

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name} | {
    name.lower(): n for n, name in enumerate(calendar.month_abbr) if name
}
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


@dataclass(frozen=True)
class Period:
    """The days on which something may have been true or said, first and last of them; one day where it is known."""

    first: date
    last: date

    def meets(self, other: Period) -> bool:
        """Whether they may be one day."""
        return self.first <= other.last and other.first <= self.last

    @property
    def is_day(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last


def period(as_of: date | None, published_on: date | None, published_about: str | None) -> Period | None:
    """When a figure held: its own date, else its source's, else what the source is known to be "about"."""
    day = as_of or published_on
    return Period(day, day) if day else about(published_about or "")


def about(words: str) -> Period | None:
    """The days that "June 2025", "May or June 2025" or "2025" may mean; None if no year is named."""
    years = sorted(int(it) for it in _YEAR.findall(words))
    if not years:
        return None
    months = sorted(_MONTHS[it.lower()] for it in _MONTH.findall(words)) or [1, 12]
    first = date(years[0], months[0] if years[0] == years[-1] else 1, 1)
    year, month = years[-1], months[-1] if years[0] == years[-1] else 12
    after = date(year + month // 12, month % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))


@dataclass(frozen=True)
class Reading:
    """One source's number for one thing. `source` tells sources apart; `when` is None where nothing dates it."""

    id: int
    key: str
    value: int
    source: int
    when: Period | None
    quoted: bool = False
    weighed: bool = False  # somebody wrote why it is quoted, or is not


class Clash(StrEnum):
    """How two numbers for one thing differ."""

    WITHIN_A_SOURCE = "within_a_source"  # one source, one date: one of the two is an error of that source
    SAME_DATE = "same_date"  # two sources, one date
    DATES_UNCLEAR = "dates_unclear"  # nobody can tell which is newer
    UPDATE = "update"  # different dates: both may be right, and the newer one is news


# What is no conflict is still shown.
CONFLICTS = frozenset({Clash.WITHIN_A_SOURCE, Clash.SAME_DATE, Clash.DATES_UNCLEAR})


@dataclass(frozen=True)
class Difference:
    """Two readings of one key whose values differ; the older first where that is known, else the one listed first."""

    kind: Clash
    one: Reading
    other: Reading

    @property
    def in_conflict(self) -> bool:
        """Whether somebody must find out which is right."""
        return self.kind in CONFLICTS


def differences(readings: Iterable[Reading]) -> tuple[Difference, ...]:
    """Every two readings of one key whose values differ; conflicts first, keys in alphabetical order."""
    by_key = sorted(readings, key=lambda it: (it.key, it.id))
    found = [
        _difference(one, other)
        for _, members in groupby(by_key, key=lambda it: it.key)
        for one, other in combinations(members, 2)
        if one.value != other.value
    ]
    return tuple(sorted(found, key=lambda it: (it.one.key, not it.in_conflict)))


def successive(news: Iterable[Difference]) -> tuple[Difference, ...]:
    """Of updates only those from one number to the next: what lies between two others is told on the way."""
    known = tuple(news)
    later = {(it.one.id, it.other.id) for it in known}
    ids = {number for pair in later for number in pair}
    return tuple(it for it in known if not any((it.one.id, n) in later and (n, it.other.id) in later for n in ids))


def _difference(one: Reading, other: Reading) -> Difference:
    a, b = one.when, other.when
    if one.source == other.source and a == b:
        return Difference(Clash.WITHIN_A_SOURCE, one, other)
    if a is None or b is None:
        return Difference(Clash.DATES_UNCLEAR, one, other)
    if a.meets(b):
        known = a.is_day and b.is_day
        return Difference(Clash.SAME_DATE if known else Clash.DATES_UNCLEAR, one, other)
    return Difference(Clash.UPDATE, *((one, other) if a.first < b.first else (other, one)))


def in_conflict(readings: Iterable[Reading]) -> dict[str, bool]:
    """{key: whether somebody weighed it} for keys with a conflict: a figure is quoted, and it is written why."""
    listed = list(readings)
    chosen = {it.key for it in listed if it.quoted and it.weighed}
    return {it.one.key: it.one.key in chosen for it in differences(listed) if it.in_conflict}


class Freshness(StrEnum):
    """Whether a figure may be quoted without looking again."""

    FRESH = "fresh"
    STALE = "stale"
    UNDATED = "undated"


def freshness(reading: Reading, stale_days: int, today: date) -> Freshness:
    """Stale from the day after its `stale_days`th, counted from the last day on which it may have been true."""
    days = age(reading, today)
    if days is None:
        return Freshness.UNDATED
    return Freshness.STALE if days > stale_days else Freshness.FRESH


def age(reading: Reading, today: date) -> int | None:
    """Whole days since the last day on which it may have been true; None where nothing dates it."""
    return None if reading.when is None else max(0, (today - reading.when.last).days)


def leading(readings: Iterable[Reading]) -> list[Reading]:
    """Of each key the reading that pages put first: the quoted one, else the one added last."""
    first: dict[str, Reading] = {}
    for it in sorted(readings, key=lambda it: (it.quoted, it.id)):
        first[it.key] = it
    return list(first.values())
