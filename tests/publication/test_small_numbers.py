"""From how many on a country is shown."""

from __future__ import annotations

import pytest

from campaign.publication.small_numbers import Counts, least_shown


@pytest.mark.parametrize(
    ("country", "least", "shown_from"),
    [
        ("NR", 5, 5),
        ("PK", 5, 20),  # where being named is dangerous
        ("AF", 5, 20),
        ("PK", 2, 8),
        ("PK", 1, 1),  # the office hides nothing
    ],
)
def test_where_being_named_is_dangerous_a_country_is_shown_later(country: str, least: int, shown_from: int) -> None:
    assert least_shown(country, ("PK", "AF"), least) == shown_from


def test_countries_are_counted_by_the_same_rule() -> None:
    assert Counts(49, {"PK": 19, "GB": 5, "AF": 20, "FR": 5}, 5).countries(("PK", "AF")) == 3
