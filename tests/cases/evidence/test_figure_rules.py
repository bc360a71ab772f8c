"""Rules about figures: what is a conflict, what is news, what is too old."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.cases.evidence.figure_rules import (
    Clash,
    Difference,
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
    successive,
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


@pytest.mark.parametrize(
    ("source", "when", "kind"),
    [
        (1, JUNE_7, Clash.WITHIN_A_SOURCE),
        (1, JUNE_17, Clash.UPDATE),  # a source that says another number on another day has news
        (1, None, Clash.DATES_UNCLEAR),
        (2, JUNE_7, Clash.SAME_DATE),
        (2, Period(JUNE_7, JUNE_17), Clash.DATES_UNCLEAR),
        (2, Period(date(2025, 6, 1), JUNE_7), Clash.DATES_UNCLEAR),  # its last day is this day
        (2, Period(date(2025, 6, 1), date(2025, 6, 6)), Clash.UPDATE),
        (2, Period(date(2025, 6, 8), JUNE_17), Clash.UPDATE),
    ],
)
def test_how_another_number_differs_from_one_of_source_one_on_the_seventh_of_june(
    source: int, when: date | Period | None, kind: Clash
) -> None:
    assert clash(reading(1, 10, 1, JUNE_7), reading(2, 11, source, when)) is kind
    assert clash(reading(1, 11, source, when), reading(2, 10, 1, JUNE_7)) is kind


def test_two_undated_numbers_of_one_source_are_an_error_of_the_source() -> None:
    assert clash(reading(1, 10, 1, None), reading(2, 11, 1, None)) is Clash.WITHIN_A_SOURCE


@pytest.mark.parametrize(
    ("kind", "in_conflict"),
    [
        (Clash.WITHIN_A_SOURCE, True),
        (Clash.SAME_DATE, True),
        (Clash.DATES_UNCLEAR, True),
        (Clash.UPDATE, False),
    ],
)
def test_somebody_must_find_out_which_is_right_of_all_but_news(kind: Clash, in_conflict: bool) -> None:
    assert Difference(kind, reading(1, 10, 1, JUNE_7), reading(2, 11, 2, JUNE_7)).in_conflict is in_conflict


def test_conflicts_stand_before_news_and_keys_in_the_order_of_the_alphabet() -> None:
    def dated(n: int, key: str, value: int, source: int, day: date) -> Reading:
        return Reading(n, key, value, source, Period(day, day))

    readings = [
        dated(1, "returned", 10, 1, JUNE_7),
        dated(2, "returned", 11, 2, JUNE_17),
        dated(3, "returned", 12, 3, JUNE_17),
        dated(4, "deported", 5, 1, JUNE_7),
        dated(5, "deported", 6, 1, JUNE_17),
    ]
    assert [(it.one.id, it.other.id, it.kind) for it in differences(readings)] == [
        (4, 5, Clash.UPDATE),
        (2, 3, Clash.SAME_DATE),
        (1, 2, Clash.UPDATE),
        (1, 3, Clash.UPDATE),
    ]


def test_news_is_told_from_one_number_to_the_next_and_not_across_those_between() -> None:
    days = [reading(1, 10, 1, date(2025, 6, 1)), reading(2, 11, 2, JUNE_7), reading(3, 12, 3, JUNE_17)]
    assert [(it.one.id, it.other.id) for it in successive(differences(days))] == [(1, 2), (2, 3)]
    assert [(it.one.id, it.other.id) for it in successive(differences([days[0], days[2]]))] == [(1, 3)]


def test_a_figure_of_tomorrow_is_no_days_old_and_a_limit_of_no_days_is_over_tomorrow() -> None:
    it = reading(1, 10, 1, JUNE_7)
    assert age(it, date(2025, 6, 6)) == 0
    assert freshness(it, 0, JUNE_7) is Freshness.FRESH
    assert freshness(it, 0, date(2025, 6, 8)) is Freshness.STALE


def test_only_one_day_is_a_day() -> None:
    assert Period(JUNE_7, JUNE_7).is_day
    assert not Period(JUNE_7, date(2025, 6, 8)).is_day


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("November 2025", date(2025, 11, 1), date(2025, 11, 30)),
        ("February 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("Jan 1999", date(1999, 1, 1), date(1999, 1, 31)),
        ("October 2023 to March 2024", date(2023, 1, 1), date(2024, 12, 31)),  # whose month is whose is not guessed
    ],
)
def test_a_month_ends_with_its_last_day(words: str, first: date, last: date) -> None:
    assert about(words) == Period(first, last)
