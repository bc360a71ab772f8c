"""From how many on a country is shown."""

from __future__ import annotations

import pytest

from campaign.publication.small_numbers import Counts, least_shown, pooled


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


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ({}, ()),
        ({"en": 9, "ur": 5}, (("en", 9), ("ur", 5))),
        ({"en": 9, "ur": 4, "fr": 3}, (("en", 9), ("", 7))),
        # One small group alone would be known as what is left: the next smallest hides it.
        ({"en": 9, "ur": 6, "fr": 1}, (("en", 9), ("", 7))),
        ({"en": 9, "fr": 1}, (("", 10),)),
        ({"en": 9, "fr": 0}, (("en", 9),)),
    ],
)
def test_small_groups_are_one_that_is_not_small(groups: dict[str, int], shown: tuple[tuple[str, int], ...]) -> None:
    assert pooled(groups) == shown


def test_a_group_that_needs_more_than_others_stands_among_the_rest_until_it_has_them() -> None:
    needed = {"PK": 20}
    for pakistan, shown in ((19, (("GB", 9), ("", 19))), (20, (("PK", 20), ("GB", 9)))):
        assert pooled({"GB": 9, "PK": pakistan}, at_least=lambda code: needed.get(code, 5)) == shown
