"""What may stand in the directory: checked for form, in any script."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.channels import shown_number, telephone
from campaign.officials import validation
from campaign.officials.validation import Entry, checked


def written(**values: Any) -> dict[str, Any]:
    return {"office": {"en": "Minister of Interior"}, "country": "PK", **values}


def entry(**values: Any) -> Entry:
    found = checked(written(**values))
    assert found.errors == {}
    return found.entry


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("وزارت داخلہ\nاسلام آباد", "PK"),
        ("内政部\n臺北市中正區徐州路5號", "TW"),
        ("የውስጥ ጉዳይ ሚኒስቴር\nአዲስ አበባ", "ET"),
        ("Министерство внутренних дел\nул. Житная, 16", "RU"),
        ("R Block, Pak Secretariat\nIslamabad", "PK"),
    ],
)
def test_an_address_is_taken_in_any_script(address: str, country: str) -> None:
    assert entry(address=address, country=country).address == tuple(address.split("\n"))


@pytest.mark.parametrize("address", ["12345\n---", "\n".join(["a line"] * 9), "x" * 121])
def test_what_names_no_place_or_fits_no_envelope_is_refused(address: str) -> None:
    assert set(checked(written(address=address)).errors) == {"address"}


def test_an_address_needs_its_country_and_an_official_a_name_or_an_office() -> None:
    assert set(checked({"name": "Ada", "address": "1 Road"}).errors) == {"country"}
    assert set(checked({"country": "PK"}).errors) == {"name"}


def test_a_country_is_known_by_its_letters_or_its_name() -> None:
    assert entry(country="pk").country == entry(country="Pakistan").country == "PK"
    assert set(checked(written(country="Atlantis")).errors) == {"country"}


@pytest.mark.parametrize(
    ("number", "country", "kept"),
    [
        ("+92 51 9201 234", "PK", "+92519201234"),
        ("(051) 920-1234", "PK", "+92519201234"),
        ("0092 51 9201234", "PK", "+92519201234"),
        ("020 7946 0018", "GB", "+442079460018"),
    ],
)
def test_a_number_is_kept_as_the_world_dials_it_and_shown_as_people_read_it(
    number: str, country: str, kept: str
) -> None:
    assert telephone(number, country) == kept
    assert telephone(shown_number(kept), None) == kept
    assert " " in shown_number(kept)


def test_a_number_that_no_plan_knows_is_kept_as_it_was_written_with_a_warning() -> None:
    found = checked(written(fax="9201 ext. of the registry"))
    assert (found.errors, set(found.warnings) & {"fax"}) == ({}, {"fax"})
    assert found.entry.part("fax") == ("9201 ext. of the registry",)
    assert shown_number("9201 ext. of the registry") == "9201 ext. of the registry"


def test_addresses_of_mailboxes_are_kept_once_each_and_wrong_ones_refused() -> None:
    both = entry(emails="Minister@Gov.pk, office@gov.pk minister@gov.pk")
    assert both.emails[:2] == ("Minister@gov.pk", "office@gov.pk")
    assert set(checked(written(emails="minister at gov.pk")).errors) == {"emails"}


@pytest.mark.parametrize("handle", ["@example", "example", "https://x.com/example", "twitter.com/example/"])
def test_a_handle_is_known_however_it_is_given(handle: str) -> None:
    assert entry(x_handle=handle).part("x_handle") == ("@example",)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("x_handle", "two words"),
        ("web_form", "javascript:alert(1)"),
        ("web_form", "http://someone@gov.example/form"),
        ("languages", "en klingon-not"),
    ],
)
def test_what_is_no_channel_and_no_language_is_refused(part: str, value: str) -> None:
    assert set(checked(written(**{part: value})).errors) == {part}


def test_texts_stand_by_language_and_empty_ones_not_at_all() -> None:
    found = entry(salutation={"en": " Dear  Minister, ", "ur": "", "xx-nonsense-zz": "?"})
    assert found.salutation == {"en": "Dear Minister,"}


def test_who_cannot_be_reached_is_taken_in_with_a_warning() -> None:
    assert "no contact details" in checked(written()).warnings["address"]


def test_control_characters_do_not_get_in() -> None:
    assert entry(name="Ada\x00\x1b[31m Lovelace").name == "Ada [31m Lovelace"
    assert validation.one_line("a\nb") == "a b"
