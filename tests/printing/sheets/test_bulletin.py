"""Bulletins: the action on paper, in the order that activists know."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from markupsafe import Markup

from campaign.printing.addressee import Addressee
from campaign.printing.sheets.bulletin import BulletinSheet, Contact, ModelLetter, PrintedFigure, bulletin_pdf
from campaign.prose import to_html
from campaign.strip import Strip
from campaign.vocabulary import Paper, RecipientRole
from tests.printing.reading import (
    ENGLISH_LETTER,
    MINISTER,
    URDU,
    URDU_LETTER,
    by_pdfium,
    by_poppler,
    characters,
    pages,
    plain,
)

STRIP = Strip.of(date(2025, 6, 17), date(2025, 9, 15), date(2025, 8, 22), [(date(2025, 6, 30), "cards expire")])
SHEET = BulletinSheet(
    locale="en",
    organisation="Example Rights Office",
    title="Renew the cards",
    country="Pakistan",
    summary="The cards ran out on 30 June.",
    contacts=(
        Contact(
            MINISTER,
            emails=("secretary@office.example",),
            numbers=(("Fax:", "+92 51 000 0000"),),
            ways=(("X:", "@example"),),
        ),
        Contact(Addressee("Embassy of Exampleland", None, None, ("1 Long Street", "Berlin"), None), RecipientRole.COPY),
    ),
    number="UA 56/25",
    kind="further information",
    index_reference="ASA 33/9511/2025",
    issued_on=date(2025, 6, 17),
    strip=STRIP,
    place="Islamabad",
    demands=("Renew every card.", "Stop all forced returns."),
    letter=ModelLetter("en", ENGLISH_LETTER.salutation, ENGLISH_LETTER.paragraphs, ENGLISH_LETTER.close),
    background=to_html("The office gave out cards *since 2006*.", {}, links=False),
    figures=(PrintedFigure("at least 1.4 million", "people with a card", "Example Agency", date(2025, 6, 1)),),
    languages=("English", "Urdu"),
    deadline=date(2025, 9, 15),
    after_deadline="After that day, ask the office in your country first.",
    subjects=(("Refugees with a card", "all"),),
    previous="ASA 33/7416/2023",
    previous_url="https://documents.example/asa33/7416/2023",
    url="https://act.example/en/actions/renew-the-cards",
)
IN_ORDER = [
    "URGENT ACTION",
    "Renew the cards",
    "UA 56/25",
    "further information",
    "ASA 33/9511/2025",
    "Pakistan",
    "17 June 2025",
    "30 June cards expire",
    "The cards ran out on 30 June.",
    "Renew every card.",
    "Stop all forced returns.",
    "Adeel Farooq Example Minister of Example Affairs",
    "+92 51 000 0000",
    "secretary@office.example",
    "@example",
    "Copies to Embassy of Exampleland 1 Long Street Berlin",
    "Dear Minister, I write to you about the cards of at least 1.4 million people.",
    "Yours sincerely,",
    "Additional information The office gave out cards since 2006.",
    "people with a card",
    "Example Agency (as of 1 June 2025)",
    "English, Urdu",
    "15 September 2025",
    "After that day, ask the office in your country first.",
    "Refugees with a card (all)",
    "ASA 33/7416/2023",
    "https://documents.example/asa33/7416/2023",
    "https://act.example/en/actions/renew-the-cards",
]


@pytest.mark.parametrize("paper", Paper)
def test_a_bulletin_says_everything_in_the_classic_order(paper: Paper) -> None:
    text, place = by_pdfium(bulletin_pdf(SHEET, paper)), 0

    for words in IN_ORDER:
        found = text.find(words, place)
        assert found >= 0, words
        place = found + len(words)


def test_pdftotext_reads_the_same() -> None:
    text = by_poppler(bulletin_pdf(SHEET))

    assert all(words in text for words in IN_ORDER)


def test_an_urdu_bulletin_reads_as_it_was_written() -> None:
    urdu = replace(
        SHEET,
        locale="ur",
        title="۱۴ لاکھ افراد کے کارڈوں کی تجدید کریں",
        summary="کارڈ 30 جون کو ختم ہو گئے۔",
        letter=ModelLetter("ur", URDU_LETTER.salutation, URDU_LETTER.paragraphs, URDU_LETTER.close),
        background=to_html(URDU, {}),
    )
    pdf = bulletin_pdf(urdu)

    for text in (by_poppler(pdf), by_pdfium(pdf)):
        assert urdu.title in text
        assert urdu.summary in text
        assert text.count(plain(URDU.split("\n\n")[2])) == 2


def test_a_telephone_number_behind_an_urdu_label_is_not_turned_round() -> None:
    pdf = bulletin_pdf(replace(SHEET, locale="ur"))
    number = SHEET.contacts[0].numbers[0][1]
    read = [(char, x) for char, x, _ in characters(pdf) if char.strip()]
    start = "".join(char for char, _ in read).index(number.replace(" ", ""))

    places = [x for _, x in read[start : start + len(number.replace(" ", ""))]]

    assert places == sorted(places)


def test_a_letter_in_another_language_keeps_its_own() -> None:
    pdf = bulletin_pdf(
        replace(SHEET, letter=ModelLetter("ur", URDU_LETTER.salutation, URDU_LETTER.paragraphs, URDU_LETTER.close))
    )

    assert "تمام کارڈوں کی فوری تجدید کی جائے، اور جبری واپسی روکی جائے۔" in by_pdfium(pdf)


def test_a_bare_action_is_a_bulletin_too() -> None:
    bare = BulletinSheet("en", "Example Rights Office", "Renew the cards", "Pakistan", "They ran out.", ())

    assert pages(bulletin_pdf(bare)) == 1


def test_background_is_markup_and_the_rest_is_text() -> None:
    pdf = bulletin_pdf(replace(SHEET, summary="<b>x</b>", background=Markup("<p>a <strong>b</strong></p>")))

    assert "<b>x</b>" in by_pdfium(pdf)
    assert "a b" in by_pdfium(pdf)


def test_a_link_in_the_background_is_its_text() -> None:
    pdf = bulletin_pdf(replace(SHEET, background=to_html("Read [the report](https://report.example/1).", {})))

    assert "Read the report." in by_pdfium(pdf)
    assert b"/URI" not in pdf
    assert all("/Annots" not in page for page in pikepdf.open(io.BytesIO(pdf)).pages)
