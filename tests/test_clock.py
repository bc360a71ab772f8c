"""Deadlines: a day ends where the case is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign import clock

LAST_DAY = date(2025, 9, 15)


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Asia/Karachi", datetime(2025, 9, 15, 19, 0, tzinfo=UTC)),
        ("America/Guatemala", datetime(2025, 9, 16, 6, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2025, 9, 15, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_deadline_takes_the_whole_of_its_day_in_the_zone_of_the_case(zone: str, end: datetime) -> None:
    assert clock.end_of(LAST_DAY, zone) == end
    assert clock.signing_open(end - timedelta(seconds=1), LAST_DAY, zone)
    assert not clock.signing_open(end, LAST_DAY, zone)


def test_confirming_stays_open_for_a_day_more() -> None:
    end = clock.end_of(LAST_DAY, "Asia/Karachi")
    assert clock.confirming_open(end + timedelta(hours=24, seconds=-1), LAST_DAY, "Asia/Karachi")
    assert not clock.confirming_open(end + timedelta(hours=24), LAST_DAY, "Asia/Karachi")


def test_a_day_on_which_the_clocks_change_ends_at_its_own_midnight() -> None:
    assert clock.end_of(date(2025, 10, 26), "Europe/London") == datetime(2025, 10, 27, 0, 0, tzinfo=UTC)
    assert clock.end_of(date(2025, 10, 25), "Europe/London") == datetime(2025, 10, 25, 23, 0, tzinfo=UTC)


def there(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    """A day and time as clocks somewhere show it."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - where that is, the test says


def test_a_time_on_a_zones_clocks_is_one_instant_or_none_where_they_skip_it() -> None:
    assert clock.instant(there(2025, 8, 3, 9, 30), "Europe/London") == datetime(2025, 8, 3, 8, 30, tzinfo=UTC)
    # 30 March 2025, 1 to 2 o'clock, was on no clock in London; 26 October had it twice: the first is meant.
    assert clock.instant(there(2025, 3, 30, 1, 30), "Europe/London") is None
    assert clock.instant(there(2025, 3, 30, 2, 0), "Europe/London") == datetime(2025, 3, 30, 1, 0, tzinfo=UTC)
    assert clock.instant(there(2025, 10, 26, 1, 30), "Europe/London") == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_days_left_count_calendar_days_where_the_case_is() -> None:
    late_evening_utc = datetime(2025, 9, 14, 20, 0, tzinfo=UTC)  # already the 15th in Karachi
    assert clock.days_left(late_evening_utc, LAST_DAY, "Asia/Karachi") == 0
    assert clock.days_left(late_evening_utc, LAST_DAY, "Europe/London") == 1
    assert clock.days_left(late_evening_utc + timedelta(days=2), LAST_DAY, "Asia/Karachi") == -2
