"""Which days a report is about."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.errors import Refused
from campaign.office.report import period
from campaign.office.report.period import Asked, Period

TODAY = date(2025, 8, 1)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        (Asked(), date(2024, 1, 1), date(2024, 12, 31)),
        (Asked(year="2025"), date(2025, 1, 1), date(2025, 12, 31)),
        (Asked(quarter="1"), date(2024, 1, 1), date(2024, 3, 31)),
        (Asked(year="2025", quarter="2"), date(2025, 4, 1), date(2025, 6, 30)),
        (Asked(year="2023", quarter="4"), date(2023, 10, 1), date(2023, 12, 31)),
        (Asked(year="2025", quarter="2", first="2025-02-03", last="2025-02-03"), date(2025, 2, 3), date(2025, 2, 3)),
    ],
)
def test_a_year_a_quarter_or_two_days(asked: Asked, first: date, last: date) -> None:
    assert period.chosen(asked, TODAY) == Period(first, last)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(first="2025-03-02", last="2025-03-01"), "The first day is after the last day. Exchange them."),
        (
            Asked(first="2025-03-02"),
            "Enter both the first and the last day, as year-month-day, like 2025-09-15.",
        ),
        (
            Asked(first="yesterday", last="2025-03-02"),
            "Enter both the first and the last day, as year-month-day, like 2025-09-15.",
        ),
        (Asked(year="2026"), "This period has not begun. Choose an earlier one."),
        (Asked(year="2025", quarter="4"), "This period has not begun. Choose an earlier one."),
        (Asked(year="٢٠٢٥"), "Choose a year, and a quarter of it or the whole year."),
        (Asked(year="25"), "Choose a year, and a quarter of it or the whole year."),
        (Asked(year="9999"), "Choose a year, and a quarter of it or the whole year."),
        (Asked(year="2025", quarter="5"), "Choose a year, and a quarter of it or the whole year."),
        (Asked(first="0001-01-01", last="2025-01-01"), "Choose a year, and a quarter of it or the whole year."),
    ],
)
def test_what_is_no_period_is_told_in_a_sentence(asked: Asked, said: str) -> None:
    with pytest.raises(Refused) as refused:
        period.chosen(asked, TODAY)
    assert str(refused.value) == said


def test_what_is_not_over_is_counted_up_to_today() -> None:
    assert Period(date(2025, 1, 1), date(2025, 12, 31)).up_to(TODAY) == TODAY
    assert Period(date(2025, 1, 1), date(2025, 3, 31)).up_to(TODAY) == date(2025, 3, 31)


def test_every_year_since_the_first_action_can_be_chosen_and_always_the_last_one() -> None:
    assert period.years(None, TODAY) == (2025, 2024)
    assert period.years(date(2025, 6, 1), TODAY) == (2025, 2024)
    assert period.years(date(2022, 6, 1), TODAY) == (2025, 2024, 2023, 2022)
