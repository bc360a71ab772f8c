"""Starter letters: whole, short, and open about what is still to be written."""

from __future__ import annotations

from datetime import date

import pytest

from campaign import prose
from campaign.cases.review import inspection
from campaign.cases.writing.letter_templates import Starter, begun_from, hints, left_open, starters
from campaign.printing.addressee import Addressee
from campaign.printing.sheets.letter import LetterSheet
from tests import made

CONCERNS = {
    "forced-return",
    "arbitrary-detention",
    "enforced-disappearance",
    "death-penalty",
    "fair-trial",
    "attack-on-defenders",
}


def test_there_is_a_letter_for_each_of_the_common_concerns() -> None:
    assert set(starters()) == CONCERNS


@pytest.mark.parametrize("starter", starters().values(), ids=lambda it: it.key)
def test_every_field_of_a_starter_is_explained(starter: Starter) -> None:
    for letter in starter.letters.values():
        assert prose.field_keys(letter.body) <= set(starter.fields)
        assert letter.salutation and letter.close
    assert set(starter.letters) == {"en", "ur"}


@pytest.mark.parametrize("starter", starters().values(), ids=lambda it: it.key)
@pytest.mark.parametrize("locale", ["en", "ur"])
def test_a_starter_leaves_room_on_its_page(starter: Starter, locale: str) -> None:
    letter = starter.letters[locale]
    sheet = LetterSheet(
        locale=locale,
        day=date(2025, 8, 1),
        addressee=Addressee(
            "Sample Minister", None, "Minister of Interior", ("1 Sample Road", "Islamabad"), "Pakistan"
        ),
        salutation=letter.salutation,
        paragraphs=prose.paragraphs_html(letter.body, {}, missing="show", links=False),
        close=letter.close,
    )
    fit = inspection.fits(sheet)
    assert fit is not None
    assert fit.used < 0.85


def test_a_letter_begins_with_what_the_case_knows_and_shows_what_is_still_to_be_written() -> None:
    starter = starters()["forced-return"]
    letter = begun_from(starter, "en", made.case("sample"))
    assert letter is not None
    assert "Card holders, who are to be sent from Pakistan" in letter.body
    assert set(left_open(starter, letter.body)) == {"destination", "danger"}


@pytest.mark.parametrize("starter", starters().values(), ids=lambda it: it.key)
def test_what_is_still_to_be_written_is_explained_by_the_letter_it_was_begun_from(starter: Starter) -> None:
    body = starter.letters["en"].body
    assert hints(body) == left_open(starter, body)


def test_a_field_that_could_be_of_several_letters_is_not_explained_by_another_one() -> None:
    assert hints("Please help ((who)).") == {}


def test_a_name_that_looks_like_markup_is_written_out_as_it_is() -> None:
    case = made.case("sample")
    case.subjects[0].name = {"en": "((who)) *x*"}
    letter = begun_from(starters()["fair-trial"], "en", case)
    assert letter is not None
    assert prose.to_text(letter.body, {}, missing="show").startswith("((who)) *x* is on trial")


def test_there_is_no_letter_in_a_language_it_was_not_written_in() -> None:
    assert begun_from(starters()["forced-return"], "fr", made.case("sample")) is None
