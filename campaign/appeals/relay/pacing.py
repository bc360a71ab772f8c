"""How fast letters may go to one official: in office hours where the official is, under a cap, never in a burst.

All of it is rules of values: the instants of earlier sendings go in, an instant or a number comes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from campaign import clock

HOUR = timedelta(hours=1)
# How far back sendings matter: a rolling hour, and a day where the official is, whatever its clocks were changed by.
MEMORY = timedelta(hours=26)
# The gap between two letters is the mean one times something in between, chosen by the letter itself.
LEAST_JITTER, GREATEST_JITTER = 0.5, 1.5
# What a sweep may come late, and a mail server take its time.
SLACK = timedelta(seconds=15)


@dataclass(frozen=True)
class Pace:
    """At most `hourly` in any hour and `daily` on one day of the official's."""

    hourly: int
    daily: int

    @property
    def gap(self) -> timedelta:
        """The mean time between two letters."""
        return HOUR / self.hourly


@dataclass(frozen=True)
class Hours:
    """When an office is open: from `opens` to `closes` (full hours, up to 24) in `zone`, on days that are not in
    `weekend` (0 is Monday)."""

    zone: str
    opens: int
    closes: int
    weekend: frozenset[int]

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """(from, to) in UTC of a day where the office is; None on its weekend."""
        if day.weekday() in self.weekend:
            return None
        zone = ZoneInfo(self.zone)
        begins = datetime.combine(day, time(self.opens), zone)
        after = datetime.combine(day + timedelta(days=1), time.min, zone)
        ends = after if self.closes == 24 else datetime.combine(day, time(self.closes), zone)
        utc = ZoneInfo("UTC")
        return begins.astimezone(utc), ends.astimezone(utc)


def hours_of(country: str | None, zone: str | None, opens: int, closes: int) -> Hours:
    """The office hours of an official: in their own zone, else that of the country's capital."""
    return Hours(zone or clock.capital_zone(country), opens, closes, weekend_of(country))


def open_days(hours: Hours) -> tuple[int, int]:
    """The first and the last day of an office's week (0 is Monday): those after and before its weekend."""
    open_on = [day for day in range(7) if day not in hours.weekend]
    first = next((day for day in open_on if (day - 1) % 7 in hours.weekend), 0)
    last = next((day for day in open_on if (day + 1) % 7 in hours.weekend), 6)
    return first, last


def earliest(pace: Pace, hours: Hours, letter_id: int, recent: Sequence[datetime], now: datetime) -> datetime:
    """When this letter may go at the earliest: `now`, or later. `recent` are the sendings of the last day and more.

    A day's opening counts like a sending, so that no letter stands before the door.
    """
    before = sorted(recent)
    gap = gap_before(pace, letter_id)
    at = now
    if before:
        at = max(at, before[-1] + gap)
    if len(before) >= pace.hourly:
        at = max(at, before[-pace.hourly] + HOUR)
    zone = ZoneInfo(hours.zone)
    for day, begins, ends in _openings(hours, at):
        on_that_day = sum(it.astimezone(zone).date() == day for it in before)
        may = max(at, begins + min(gap, (ends - begins) / 2))
        if may < ends and on_that_day < pace.daily:
            return may
    raise AssertionError("an office that never opens")


def may_go(pace: Pace, hours: Hours, letter_id: int, recent: Sequence[datetime], now: datetime) -> bool:
    """Whether this letter may go now."""
    return earliest(pace, hours, letter_id, recent, now) <= now


def open_at(hours: Hours, at: datetime) -> bool:
    """Whether the office is open."""
    opening = hours.opening(at.astimezone(ZoneInfo(hours.zone)).date())
    return opening is not None and opening[0] <= at < opening[1]


def held_up(pace: Pace, hours: Hours, recent: Sequence[datetime], now: datetime) -> bool:
    """Whether no letter may go now, whichever is the next: what can be told before one is chosen."""
    if not open_at(hours, now) or sum(it > now - HOUR for it in recent) >= pace.hourly:
        return True
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    on_this_day = sum(it.astimezone(ZoneInfo(hours.zone)).date() == today for it in recent)
    last = max(recent, default=None)
    return on_this_day >= pace.daily or (last is not None and now < last + pace.gap * LEAST_JITTER)


def gap_before(pace: Pace, letter_id: int) -> timedelta:
    """The pause that one letter keeps to the one before. The letter's number decides: a restart changes nothing."""
    drawn = int.from_bytes(hashlib.sha256(f"gap:{letter_id}".encode()).digest()[:4]) / 2**32
    return pace.gap * (LEAST_JITTER + (GREATEST_JITTER - LEAST_JITTER) * drawn)


def room(pace: Pace, hours: Hours, recent: Sequence[datetime], now: datetime, until: datetime) -> int:
    """How many letters are sure to go before `until`, whatever their gaps will be."""
    return sum(fits for _, fits in _days(pace, hours, recent, now, until))


def last_at(pace: Pace, hours: Hours, recent: Sequence[datetime], now: datetime, letters: int) -> datetime | None:
    """By when so many letters have gone at the latest: a day's closing hour, or sooner; None if there are none."""
    if letters <= 0:
        return None
    for (begins, ends), fits in _days(pace, hours, recent, now, None):
        if letters <= fits:
            return min(ends, begins + letters * _longest(pace))
        letters -= fits
    raise AssertionError("an office that never opens")


def _days(
    pace: Pace, hours: Hours, recent: Sequence[datetime], now: datetime, until: datetime | None
) -> Iterator[tuple[tuple[datetime, datetime], int]]:
    """(from, to) of each office day ahead, and how many letters are sure to go in it."""
    zone = ZoneInfo(hours.zone)
    for day, opens, closes in _openings(hours, now):
        begins, ends = max(opens, now), closes if until is None else min(closes, until)
        if until is not None and begins >= until:
            return
        gone = sum(it.astimezone(zone).date() == day for it in recent)
        # A whole day has room for one, however short it is.
        fits = max(int((ends - begins) / _longest(pace)), int((begins, ends) == (opens, closes)))
        if begins == now and fits < pace.hourly / 2 and sum(it > now - HOUR for it in recent) > pace.hourly / 2:
            # So many have just gone, at short gaps, that the cap of the hour holds the next few up.
            fits = int((ends - begins - HOUR / 2) / _longest(pace))
        yield (begins, ends), max(0, min(fits, pace.daily - gone))


def _longest(pace: Pace) -> timedelta:
    # In the long run the cap of an hour never adds to this: `hourly` such gaps are longer than an hour.
    return pace.gap * GREATEST_JITTER + SLACK


def _openings(hours: Hours, at: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    """(day, from, to) of every office day that is not over at `at`."""
    day = at.astimezone(ZoneInfo(hours.zone)).date()
    # No office is open less than one day in a week.
    while True:
        opening = hours.opening(day)
        if opening is not None and opening[1] > at:
            yield day, *opening
        day += timedelta(days=1)


# Where CLDR has another weekend than the country's offices keep.
_WEEKENDS = {"BD": frozenset({4, 5})}


@cache
def weekend_of(country: str | None) -> frozenset[int]:
    """The days on which offices of a country are closed, as CLDR has them; Saturday and Sunday where it has none."""
    if country in _WEEKENDS:
        return _WEEKENDS[country]
    try:
        known = Locale.parse(f"und_{country}") if country else Locale("en", "GB")
    except (UnknownLocaleError, ValueError):
        known = Locale("en", "GB")
    days, day = {known.weekend_end}, known.weekend_start
    while day != known.weekend_end:
        days.add(day)
        day = (day + 1) % 7
    return frozenset(days)
