"""Slips in the domains of mail providers, as people make them; and addresses that are right and stay so."""

from __future__ import annotations

import pytest

from campaign.appeals.signing.domain_slips import PROVIDERS, meant


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("GMIAL.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.com", "yahoo.com"),
        ("iclould.com", "icloud.com"),
    ],
)
def test_a_slip_of_the_fingers_is_recognised(typed: str, domain: str) -> None:
    assert meant(f"Ada.L+x@{typed}") == f"Ada.L+x@{domain}"


@pytest.mark.parametrize(
    "right",
    [
        *PROVIDERS,
        "example.org",
        "school.edu.pk",
        "gail.com.pk",
        "fastmail.com",
        "hot.com",
        "xn--mgbh0fb.xn--mgberp4a5d4ar",
        "mail.gov.pk",
    ],
)
def test_an_address_that_may_well_be_right_is_left_alone(right: str) -> None:
    assert meant(f"ada@{right}") is None


@pytest.mark.parametrize("typed", ["", "ada", "@gmial.com", "gmial.com"])
def test_what_is_no_address_is_nobodys(typed: str) -> None:
    assert meant(typed) is None
