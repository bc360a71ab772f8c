"""Whole numbers from outside are bounded before they reach anything."""

from __future__ import annotations

import pytest

from campaign.web import numbers
from tests.conftest import Site
from tests.web.conftest import SLUG


@pytest.mark.parametrize(("written", "number"), [("7", 7), ("-1", -1), ("9223372036854775807", 2**63 - 1)])
def test_a_whole_number_is_read(written: str, number: int) -> None:
    assert numbers.whole(written) == number


@pytest.mark.parametrize("written", ["", "x", "1.5", "9223372036854775808", "9" * 5_000, "1" + "0" * 20])
def test_what_no_column_can_hold_is_no_number(written: str) -> None:
    with pytest.raises(ValueError, match=r"number|official|invalid literal"):
        numbers.whole(written)


@pytest.mark.parametrize("written", ["0", "-1", "10001", "9" * 30])
def test_what_no_action_has_is_no_official(written: str) -> None:
    with pytest.raises(ValueError, match=r"number|official|invalid literal"):
        numbers.official(written)


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 25, "9" * 5_000])
def test_a_number_in_an_address_that_no_row_can_have_is_a_page_that_does_not_exist(site: Site, number: str) -> None:
    assert site.client.get(f"/replies/{number}").status_code == 404


def test_a_number_that_no_row_has_is_a_page_that_does_not_exist(site: Site) -> None:
    assert site.client.get("/replies/9223372036854775807").status_code == 404


def test_an_official_that_no_action_has_is_the_first(site: Site) -> None:
    for official in ("9" * 25, "x", "-1"):
        assert site.client.get(f"/en/actions/{SLUG}?official={official}").status_code == 200
