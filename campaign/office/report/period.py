"""Which days a report is about: a year, a quarter of one, or from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from campaign.errors import Refused
from campaign.sentences import Sentence

QUARTERS = (1, 2, 3, 4)
# Nothing that is counted here is older.
FIRST_YEAR = 1961


@dataclass(frozen=True)
class Asked:
    """A period as somebody asks for it in a form: two days if there is one, else a year and a quarter of it."""

    year: str = ""
    quarter: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    def up_to(self, today: date) -> date:
        """The last day that is counted: a period may not be over yet."""
        return min(self.last, today)


def chosen(asked: Asked, today: date) -> Period:
    """The period that was asked for; the last calendar year if none was. Raises `Refused` for one that cannot be."""
    if asked.first or asked.last:
        first, last = _day(asked.first), _day(asked.last)
        if first > last:
            raise Refused("The first day is after the last day. Exchange them.")
        found = Period(first, last)
    else:
        found = _of_year(_number(asked.year, today.year - 1), _number(asked.quarter, 0))
    if found.first > today:
        raise Refused("This period has not begun. Choose an earlier one.")
    return found


def years(first: date | None, today: date) -> tuple[int, ...]:
    """The years that can be chosen, the newest first, if the first action is of a day; always this one and the last."""
    oldest = max(min(first.year if first else today.year, today.year - 1), FIRST_YEAR)
    return tuple(range(today.year, oldest - 1, -1))


def _of_year(year: int, quarter: int) -> Period:
    if not FIRST_YEAR <= year <= date.max.year - 1 or quarter not in (0, *QUARTERS):
        raise Refused(_WRONG)
    if not quarter:
        return Period(date(year, 1, 1), date(year, 12, 31))
    first = date(year, 3 * quarter - 2, 1)
    following = date(year + 1, 1, 1) if quarter == QUARTERS[-1] else date(year, 3 * quarter + 1, 1)
    return Period(first, following - timedelta(days=1))


def _number(written: str, otherwise: int) -> int:
    if not written:
        return otherwise
    if not (written.isascii() and written.isdigit() and len(written) <= 4):
        raise Refused(_WRONG)
    return int(written)


def _day(written: str) -> date:
    try:
        found = date.fromisoformat(written)
    except ValueError as error:
        raise Refused("Enter both the first and the last day, as year-month-day, like 2025-09-15.") from error
    if found.year < FIRST_YEAR:
        raise Refused(_WRONG)
    return found


_WRONG = Sentence("Choose a year, and a quarter of it or the whole year.")
