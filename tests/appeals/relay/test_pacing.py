"""How fast letters go to one official: in office hours where they are, under two caps, never in a burst."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.relay import pacing
from campaign.appeals.relay.pacing import HOUR, Hours, Pace, hours_of, weekend_of
from campaign.clock import capital_zone
from campaign.language import countries

PAKISTAN = hours_of("PK", None, 9, 17)
MONDAY = datetime(2025, 8, 4, tzinfo=ZoneInfo("Asia/Karachi"))
USUAL = Pace(hourly=20, daily=100)


def sendings(
    pace: Pace, hours: Hours, start: datetime, letters: int, recent: tuple[datetime, ...] = (), first: int = 1
) -> list[datetime]:
    """When so many letters go that are all there at `start`, each as soon as it may."""
    gone, now = list(recent), start
    for letter_id in range(first, first + letters):
        now = pacing.earliest(pace, hours, letter_id, gone, now)
        assert pacing.may_go(pace, hours, letter_id, gone, now)
        gone.append(now)
    return gone[len(recent) :]


paces = st.builds(Pace, hourly=st.integers(1, 200), daily=st.integers(1, 300))
openings = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda it: it[0] < it[1])
offices = st.builds(
    lambda country, at: hours_of(country, None, *at),
    st.sampled_from(["PK", "SA", "AF", "IR", "US", "NZ", None]),
    openings,
)
instants = st.datetimes(datetime(2025, 3, 1), datetime(2025, 11, 30), timezones=st.just(UTC))  # noqa: DTZ001


@given(pace=paces, hours=offices, start=instants, first=st.integers(1, 10**18))
def test_caps_and_hours_are_kept_by_every_sending_and_no_two_go_together(
    pace: Pace, hours: Hours, start: datetime, first: int
) -> None:
    gone = sendings(pace, hours, start, 40, first=first)
    zone = ZoneInfo(hours.zone)
    for at in gone:
        local = at.astimezone(zone)
        assert local.weekday() not in hours.weekend
        assert hours.opens <= local.hour < hours.closes
        assert sum(at - HOUR < it <= at for it in gone) <= pace.hourly
        assert sum(it.astimezone(zone).date() == local.date() for it in gone) <= pace.daily
    gaps = [later - earlier for earlier, later in pairwise(gone)]
    assert all(gap >= pace.gap * pacing.LEAST_JITTER for gap in gaps)


@given(pace=paces, hours=offices, start=instants, days=st.integers(0, 12), before=st.integers(0, 30))
def test_what_is_promised_to_go_before_the_deadline_goes_before_it(
    pace: Pace, hours: Hours, start: datetime, days: int, before: int
) -> None:
    recent = tuple(sendings(pace, hours, start, before))
    now = recent[-1] + timedelta(seconds=1) if recent else start
    until = now + timedelta(days=days, hours=5)
    promised = min(pacing.room(pace, hours, recent, now, until), 60)
    gone = sendings(pace, hours, now, promised, recent, first=1000)
    assert all(it < until for it in gone)
    last = pacing.last_at(pace, hours, recent, now, promised)
    assert (last is None) == (promised == 0)
    assert last is None or gone[-1] <= last


def test_a_weekday_takes_a_hundred_letters_between_nine_and_five() -> None:
    gone = sendings(USUAL, PAKISTAN, MONDAY, 150)
    local = [it.astimezone(ZoneInfo("Asia/Karachi")) for it in gone]
    assert [sum(it.day == day for it in local) for day in (4, 5)] == [100, 50]
    assert pacing.room(USUAL, PAKISTAN, (), MONDAY, MONDAY + timedelta(days=7)) == 500


def test_no_letter_stands_before_the_door_when_it_opens() -> None:
    opening = MONDAY.replace(hour=9)
    first = {pacing.earliest(USUAL, PAKISTAN, it, (), opening) - opening for it in range(50)}
    assert min(first) >= USUAL.gap / 2
    assert len(first) == 50


def test_the_gap_of_a_letter_is_the_same_whenever_it_is_asked_for() -> None:
    gaps = [pacing.gap_before(USUAL, it) for it in range(2_000)]
    assert gaps == [pacing.gap_before(USUAL, it) for it in range(2_000)]
    assert min(gaps) >= USUAL.gap / 2
    assert max(gaps) <= USUAL.gap * 1.5
    assert abs(sum(gaps, timedelta()) / len(gaps) - USUAL.gap) < USUAL.gap / 20


def test_an_office_is_closed_on_the_days_of_its_own_weekend() -> None:
    friday, saturday, sunday = (MONDAY + timedelta(days=it, hours=12) for it in (4, 5, 6))
    saudi = hours_of("SA", "Asia/Karachi", 9, 17)
    assert [pacing.open_at(PAKISTAN, it) for it in (friday, saturday, sunday)] == [True, False, False]
    assert [pacing.open_at(saudi, it) for it in (friday, saturday, sunday)] == [False, False, True]
    assert (weekend_of("IR"), weekend_of("IN"), weekend_of("BD")) == ({4}, {6}, {4, 5})
    assert weekend_of(None) == weekend_of("ZZ") == {5, 6}


def test_hours_are_those_of_the_official_s_own_zone_else_of_the_capital() -> None:
    assert hours_of("AU", None, 9, 17).zone == "Australia/Sydney"
    assert hours_of("AU", "Australia/Perth", 9, 17).zone == "Australia/Perth"
    assert {it: capital_zone(it) for it in ("RU", "BR", "CA", "US", "PK", "UA")} == {
        "RU": "Europe/Moscow",
        "BR": "America/Sao_Paulo",
        "CA": "America/Toronto",
        "US": "America/New_York",
        "PK": "Asia/Karachi",
        "UA": "Europe/Kyiv",
    }
    assert {capital_zone(code) for code, _ in countries("en")} <= available_timezones()
    assert capital_zone(None) == "UTC"


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 8), (date(2025, 10, 26), 8)])
def test_an_office_opens_by_its_own_clock_on_the_day_the_clocks_change(day: date, hours: int) -> None:
    berlin = Hours("Europe/Berlin", 9, 17, frozenset())
    opening = berlin.opening(day)
    assert opening is not None
    assert (opening[1] - opening[0]) == timedelta(hours=hours)
    assert opening[0].astimezone(ZoneInfo("Europe/Berlin")).hour == 9


def test_an_office_that_never_closes_is_open_to_the_end_of_its_day() -> None:
    around_the_clock = Hours("Asia/Karachi", 0, 24, frozenset())
    opening = around_the_clock.opening(date(2025, 8, 4))
    assert opening is not None
    assert opening[1] - opening[0] == timedelta(days=1)


def at(clock: str) -> datetime:
    """A time on that Monday where the office is, which is open from nine to five."""
    hour, minute, *second = map(int, clock.split(":"))
    return MONDAY.replace(hour=hour, minute=minute, second=second[0] if second else 0)


def minutes_before(clock: str, *minutes: float) -> tuple[datetime, ...]:
    return tuple(at(clock) - timedelta(minutes=it) for it in minutes)


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [("8:59:59", False), ("9:00", True), ("12:00", True), ("16:59:59", True), ("17:00", False)],
)
def test_an_office_is_open_from_its_first_instant_and_no_more_at_its_last(clock: str, is_open: bool) -> None:
    assert pacing.open_at(PAKISTAN, at(clock)) is is_open


@pytest.mark.parametrize(
    ("pace", "clock", "recent", "held"),
    [
        (USUAL, "12:00", (), False),
        (USUAL, "8:00", (), True),  # closed
        (USUAL, "17:00", (), True),
        # Two an hour: the gap is half an hour, and a letter may go after half of that at the soonest.
        (Pace(2, 9), "12:00", (14.9,), True),
        (Pace(2, 9), "12:00", (15,), False),
        (Pace(2, 9), "12:00", (15, 59), True),  # two within the hour
        (Pace(2, 9), "12:00", (15, 60), False),  # one just an hour ago is none of it
        (Pace(9, 2), "15:00", (90, 180), True),  # two on this day
        (Pace(9, 3), "15:00", (90, 180), False),
        (Pace(9, 2), "10:00", (90, 1_200), False),  # the second was yesterday
    ],
)
def test_no_letter_goes_while_the_office_is_closed_a_cap_is_reached_or_the_last_has_just_gone(
    pace: Pace, clock: str, recent: tuple[float, ...], held: bool
) -> None:
    assert pacing.held_up(pace, PAKISTAN, minutes_before(clock, *recent), at(clock)) is held


# Twenty an hour: three minutes between two letters, four minutes and three quarters at the most, which is 285 seconds.
@pytest.mark.parametrize(
    ("now", "recent", "letters"),
    [
        ("16:40", (), 4),
        ("16:40", range(1, 11), 4),  # ten in this hour are as many as the mean gap gives
        ("16:40", range(1, 12), 0),  # one more, at short gaps: the cap holds the next ones up for half an hour
        ("16:40", (*range(1, 11), 60), 4),  # one just an hour ago is none of it
        ("16:15", range(1, 12), 3),
        ("16:00", range(1, 12), 12),  # where the day is long enough it evens out
        ("9:00", (), 100),
    ],
)
def test_what_is_sure_to_go_today(now: str, recent: tuple[float, ...], letters: int) -> None:
    assert pacing.room(USUAL, PAKISTAN, minutes_before(now, *recent), at(now), at("23:00")) == letters


def test_by_when_letters_have_gone_is_said_with_the_longest_gaps_and_a_quarter_of_a_minute_each() -> None:
    assert pacing.last_at(USUAL, PAKISTAN, (), at("10:00"), 2) == at("10:09:30")


def test_a_letter_that_may_go_when_the_office_closes_goes_on_the_next_day() -> None:
    half = Pace(hourly=2, daily=9)
    gap = pacing.gap_before(half, 7)
    assert pacing.earliest(half, PAKISTAN, 7, (at("17:00") - gap,), at("16:50")).date().isoformat() == "2025-08-05"
