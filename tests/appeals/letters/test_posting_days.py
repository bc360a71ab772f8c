"""Posting days: a figure for every country, and an installation's own first."""

from __future__ import annotations

from campaign.language import countries
from campaign.publication.posting_days import DAYS, ELSEWHERE, posting_days


def test_every_country_is_reached_within_weeks() -> None:
    for code, _ in countries("en"):
        assert 5 <= posting_days(code, {}) <= 45


def test_the_table_names_only_countries_and_none_twice() -> None:
    assert set(DAYS) <= {code for code, _ in countries("en")}


def test_what_an_installation_sets_goes_first() -> None:
    assert posting_days("PK", {"PK": 9}) == 9
    assert posting_days("FR", {"PK": 9}) == DAYS["FR"]
    assert posting_days(None, {"PK": 9}) == ELSEWHERE
