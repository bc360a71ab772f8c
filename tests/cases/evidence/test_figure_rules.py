"""Rules about figures: what is a conflict, what is news, what is too old."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.cases.evidence.figure_rules import (
    Clash,
    Freshness,
    Period,
    Reading,
    about,
    age,
    differences,
    freshness,
    in_conflict,
    leading,
    period,
)

JUNE_7, JUNE_17 = date(2025, 6, 7), date(2025, 6, 17)


def reading(n: int, value: int, source: int, when: date | Period | None, **more: bool) -> Reading:
    spell = Period(when, when) if isinstance(when, date) else when
    return Reading(n, "returned", value, source, spell, **more)


def clash(one: Reading, other: Reading) -> Clash:
    (found,) = differences([one, other])
    return found.kind


def test_two_numbers_of_one_source_and_date_are_an_error_of_the_source() -> None:
    year = about("2025")
    assert clash(reading(1, 907_391, 4, year), reading(2, 907_351, 4, year)) is Clash.WITHIN_A_SOURCE


def test_two_sources_that_differ_about_one_day_are_in_conflict() -> None:
    assert clash(reading(1, 10, 1, JUNE_7), reading(2, 11, 2, JUNE_7)) is Clash.SAME_DATE


def test_numbers_of_different_days_are_news_with_the_older_first() -> None:
    (found,) = differences([reading(1, 1_080_312, 1, JUNE_17), reading(2, 1_088_133, 2, JUNE_7)])
    assert (found.kind, found.in_conflict) == (Clash.UPDATE, False)
    assert (found.one.value, found.other.value) == (1_088_133, 1_080_312)


@pytest.mark.parametrize("when", [about("June 2025"), about("2025"), None])
def test_numbers_whose_dates_cannot_be_told_apart_are_in_conflict(when: Period | None) -> None:
    assert clash(reading(1, 1_400_000, 1, JUNE_17), reading(2, 1_300_000, 2, when)) is Clash.DATES_UNCLEAR


def test_a_month_that_is_over_is_older_than_a_later_day() -> None:
    assert clash(reading(1, 5, 1, JUNE_7), reading(2, 6, 2, about("May 2025"))) is Clash.UPDATE


def test_the_same_number_from_two_sources_is_no_difference_and_neither_are_two_keys() -> None:
    other = Reading(3, "deported", 12, 3, Period(JUNE_7, JUNE_7))
    assert differences([reading(1, 10, 1, JUNE_7), reading(2, 10, 2, JUNE_7), other]) == ()


def test_a_conflict_is_weighed_once_a_figure_is_quoted_with_a_reason() -> None:
    other = reading(2, 11, 2, JUNE_7)
    assert in_conflict([reading(1, 10, 1, JUNE_7), other]) == {"returned": False}
    assert in_conflict([reading(1, 10, 1, JUNE_7, quoted=True), other]) == {"returned": False}
    assert in_conflict([reading(1, 10, 1, JUNE_7, quoted=True, weighed=True), other]) == {"returned": True}
    assert in_conflict([reading(1, 10, 1, JUNE_7), reading(2, 11, 2, JUNE_17)]) == {}


def test_a_figure_is_stale_from_the_day_after_its_ninetieth() -> None:
    it = reading(1, 10, 1, JUNE_17)
    assert freshness(it, 90, date(2025, 9, 15)) is Freshness.FRESH
    assert freshness(it, 90, date(2025, 9, 16)) is Freshness.STALE
    assert age(it, date(2025, 9, 16)) == 91


def test_a_figure_of_about_a_month_ages_from_the_last_day_that_it_may_be_of() -> None:
    assert age(reading(1, 10, 1, about("June 2025")), date(2025, 7, 1)) == 1
    assert age(reading(1, 10, 1, about("2025")), date(2025, 7, 1)) == 0


def test_a_figure_that_nothing_dates_is_neither_fresh_nor_stale() -> None:
    assert freshness(reading(1, 10, 1, None), 90, JUNE_17) is Freshness.UNDATED


def test_a_figures_own_date_goes_before_its_sources() -> None:
    assert period(JUNE_7, JUNE_17, None) == Period(JUNE_7, JUNE_7)
    assert period(None, JUNE_17, None) == Period(JUNE_17, JUNE_17)
    assert period(None, None, "June 2025") == Period(date(2025, 6, 1), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("June 2025", date(2025, 6, 1), date(2025, 6, 30)),
        ("May or June 2025", date(2025, 5, 1), date(2025, 6, 30)),
        ("late Dec 2024", date(2024, 12, 1), date(2024, 12, 31)),
        ("the decades to 2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2023 to 2024", date(2023, 1, 1), date(2024, 12, 31)),
    ],
)
def test_about_when_is_read_as_the_days_it_may_mean(words: str, first: date, last: date) -> None:
    assert about(words) == Period(first, last)


def test_about_when_needs_a_year() -> None:
    assert about("last summer") is None


def test_pages_put_the_quoted_figure_first_else_the_newest() -> None:
    one, two = reading(1, 10, 1, JUNE_7, quoted=True), reading(2, 11, 2, JUNE_17)
    assert leading([one, two]) == [one]
    assert leading([reading(1, 10, 1, JUNE_7), two]) == [two]
