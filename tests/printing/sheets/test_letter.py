"""Letters: one page, the address in the window, and the same words read back as were written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign.printing.addressee import Addressee
from campaign.printing.sheets.letter import LetterSheet, letter_html, letter_pages, letter_pdf
from campaign.vocabulary import Paper
from tests.printing.reading import (
    ENGLISH_LETTER,
    MINISTER,
    URDU_LETTER,
    by_pdfium,
    by_poppler,
    characters,
    pages,
    plain,
)

ENGLISH_WORDS = plain(
    """5 August 2025
    Adeel Farooq Example Minister of Example Affairs 4th Floor, R Block, Secretariat Example Ave, G-5/1
    Islamabad PAKISTAN
    Dear Minister,
    I write to you about the cards of at least 1.4 million people. They ran out on 30 June 2025 (a Monday).
    Without a card, an official may stop a family at work, at school or at home, and the office that could help is
    closed.
    I ask you to renew every card at once, and to stop all forced returns.
    Yours sincerely, Maria Example Lyon, France"""
)
URDU_WORDS = plain(
    """5 اگست، 2025
    Adeel Farooq Example Minister of Example Affairs 4th Floor, R Block, Secretariat Example Ave, G-5/1
    Islamabad PAKISTAN
    محترم وزیر صاحب،
    میں آپ کو کم از کم ۱۴ لاکھ افراد کے کارڈوں (PoR) کے بارے میں لکھ رہی ہوں۔ یہ 30 جون 2025 کو ختم ہو گئے۔
    کارڈ کے بغیر لوگ گھر، کام اور اسکول میں گرفتاری کے خطرے میں ہیں: 1,088,133 افراد واپس جا چکے ہیں (جنوری تا جون)۔
    میں آپ سے درخواست کرتی ہوں کہ تمام کارڈوں کی فوری تجدید کی جائے، اور جبری واپسی روکی جائے۔
    آپ کی مخلص، عائشہ بیگم لاہور، پاکستان"""
)

# Where the address may stand, in millimetres: (left, top, right, bottom).
WINDOWS = {Paper.A4: (20, 45, 110, 90), Paper.LETTER: (22, 52, 111, 81)}


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize(
    ("letter", "words"), [(ENGLISH_LETTER, ENGLISH_WORDS), (URDU_LETTER, URDU_WORDS)], ids=["en", "ur"]
)
def test_a_letter_is_one_page_and_reads_as_it_was_written(letter: LetterSheet, words: str, paper: Paper) -> None:
    pdf = letter_pdf(letter, paper)

    assert pages(pdf) == 1
    assert by_poppler(pdf) == words
    # PDFium reads in the order in which a print is set: the day comes after the address there.
    assert sorted(by_pdfium(pdf).split()) == sorted(words.split())


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("letter", [ENGLISH_LETTER, URDU_LETTER], ids=["en", "ur"])
def test_the_address_stands_in_the_window_of_the_envelope(letter: LetterSheet, paper: Paper) -> None:
    left, top, right, bottom = WINDOWS[paper]
    read = [(char, x, y) for char, x, y in characters(letter_pdf(letter, paper)) if char.strip()]
    address = "".join(MINISTER.postal_lines).replace(" ", "")
    start = "".join(char for char, _, _ in read).index(address)

    places = read[start : start + len(address)]

    assert all(left <= x <= right and top <= y <= bottom for _, x, y in places)


@pytest.mark.parametrize("paper", Paper)
def test_nothing_but_the_address_shows_in_the_window(paper: Paper) -> None:
    left, top, right, bottom = WINDOWS[paper]

    shown = [
        char
        for char, x, y in characters(letter_pdf(URDU_LETTER, paper))
        if left <= x <= right and top <= y <= bottom and char.strip()
    ]

    assert sorted(shown) == sorted("".join(MINISTER.postal_lines).replace(" ", ""))


def test_a_long_address_stays_in_the_window() -> None:
    long = Addressee(
        "Her Excellency Doctor Maria Example",
        "Minister of the Interior, of Local Government and of the Example Regions",
        "Ministry of the Interior and Local Government",
        ("Third Wing, Second Floor, Room 214", "Block C", "12 Long Example Avenue", "Sector 4", "Exampletown 12345"),
        "Exampleland",
    )
    pdf = letter_pdf(replace(ENGLISH_LETTER, addressee=long), Paper.A4)
    text = "".join(char for char, _, _ in characters(pdf))
    places = [y for _, _, y in characters(pdf)]

    assert places[text.index("EXAMPLELAND")] < WINDOWS[Paper.A4][3]


def test_the_country_is_not_said_twice() -> None:
    assert MINISTER.lines[-1] == "Islamabad, Pakistan"
    assert replace(MINISTER, address=("Islamabad",)).lines[-2:] == ("Islamabad", "Pakistan")


def test_a_longer_letter_is_set_smaller_to_stay_on_one_page() -> None:
    longer = replace(ENGLISH_LETTER, paragraphs=("An official can renew the cards with one signature. " * 9,) * 6)

    assert letter_pages(replace(ENGLISH_LETTER, paragraphs=longer.paragraphs[:1]), Paper.A4) == 1
    assert letter_pages(longer, Paper.A4) == 1


def test_a_letter_too_long_for_one_page_takes_two_in_ordinary_type() -> None:
    long = replace(ENGLISH_LETTER, paragraphs=("An official can renew the cards with one signature. " * 9,) * 10)

    assert letter_pages(long, Paper.A4) == 2


def test_without_a_sender_there_are_lines_to_write_on() -> None:
    text = by_poppler(letter_pdf(replace(ENGLISH_LETTER, sender_name=None, sender_place=None), Paper.A4))

    assert text.endswith("Yours sincerely, Name Place")


def test_own_words_keep_their_line_breaks_and_are_text() -> None:
    own = replace(ENGLISH_LETTER, paragraphs=("First line\nsecond <b>line</b> **x**",))

    assert "<p>First line<br>second &lt;b&gt;line&lt;/b&gt; **x**</p>" in letter_html(own, Paper.A4)


def test_a_letter_says_its_language_and_direction() -> None:
    assert '<html lang="ur" dir="rtl">' in letter_html(URDU_LETTER, Paper.A4)
    assert '<address class="window" lang="en" dir="ltr">' in letter_html(URDU_LETTER, Paper.A4)
