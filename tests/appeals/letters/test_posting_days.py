"""Posting days: a figure for every country, and an installation's own first."""

from __future__ import annotations

import pytest

from campaign.language import countries
from campaign.publication.posting_days import DAYS, posting_days


def test_every_country_is_reached_within_weeks() -> None:
    for code, _ in countries("en"):
        assert 5 <= posting_days(code, {}) <= 45


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("FR", 8),
        ("TR", 12),
        ("US", 10),
        ("JP", 12),
        ("IN", 15),
        ("EG", 14),
        ("MX", 18),
        ("KZ", 21),
        ("AF", 30),
        ("KE", 21),  # no figure of its own: three weeks, as where nothing better is known
        (None, 21),
    ],
)
def test_a_letter_is_reckoned_to_take_so_many_days(country: str | None, days: int) -> None:
    assert posting_days(country, {}) == days


def test_the_table_names_only_countries_and_none_twice() -> None:
    assert set(DAYS) <= {code for code, _ in countries("en")}


def test_what_an_installation_sets_goes_first() -> None:
    assert posting_days("PK", {"PK": 9}) == 9
    assert posting_days("FR", {"PK": 9}) == 8
    assert posting_days(None, {"PK": 9}) == 21
