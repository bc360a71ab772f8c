"""Addresses: what can be written to, and when two are one mailbox."""

from __future__ import annotations

import pytest

from campaign.appeals.signing.addresses import checked, normal_form
from campaign.errors import Refused


@pytest.mark.parametrize(
    "written", ["ada", "ada@", "@example.org", "ada@example", "a b@example.org", "ada@ex..org", ""]
)
def test_what_cannot_be_an_address_is_refused_with_a_hint(written: str) -> None:
    with pytest.raises(Refused, match="Enter a full e-mail address"):
        checked(written)


@pytest.mark.parametrize("written", ["ada@example.org", "ada@bücher.example", "用户@例子.广告", " ada@example.org "])
def test_addresses_of_the_whole_world_are_taken(written: str) -> None:
    assert "@" in checked(written)


def test_tags_case_and_gmail_dots_do_not_make_another_person() -> None:
    assert normal_form("A.D.A+x@GoogleMail.com") == normal_form("ada@gmail.com")
    assert normal_form("a.da@example.org") != normal_form("ada@example.org")
    assert normal_form("ada@BÜCHER.example") == normal_form("ada@xn--bcher-kva.example")


def test_domains_are_told_apart_as_name_servers_tell_them_apart() -> None:
    assert normal_form(checked("ada@straße.example")) != normal_form(checked("ada@strasse.example"))
    assert normal_form(checked("ada@STRASSE.example")) == normal_form(checked("ada@strasse.example"))
    assert normal_form(checked("ada@straße.example")) == normal_form(checked("ada@xn--strae-oqa.example"))


def test_the_form_of_an_ascii_address_stays_what_stored_hashes_were_made_of() -> None:
    assert normal_form("Ada.Lovelace+Petition@Example.ORG") == "ada.lovelace@example.org"
    assert normal_form("A.D.A@googlemail.com") == "ada@gmail.com"
