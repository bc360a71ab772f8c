"""Prints read back as others read them, and the sheets they are made from. People and offices are invented."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date

import pypdfium2
import pytest

from campaign.printing.addressee import Addressee
from campaign.printing.sheets.letter import LetterSheet
from campaign.prose import paragraphs_html

# Direction marks, isolates and embeddings say how to show a text; they are no part of what it says.
_UNSAID = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x0c]")

MINISTER = Addressee(
    name="Adeel Farooq Example",
    title="Minister of Example Affairs",
    office=None,
    address=("4th Floor, R Block, Secretariat,", "Example Ave, G-5/1,", "Islamabad, Pakistan"),
    country="Pakistan",
)

ENGLISH = """I write to you about the cards of **at least 1.4 million** people. They ran out on 30 June 2025 (a Monday).

Without a card, an official may stop a family at work, at school or at home, and the office that could help is closed.

I ask you to renew every card at once, and to stop all forced returns."""

URDU = """میں آپ کو کم از کم ۱۴ لاکھ افراد کے کارڈوں (PoR) کے بارے میں لکھ رہی ہوں۔ یہ 30 جون 2025 کو ختم ہو گئے۔

کارڈ کے بغیر لوگ گھر، کام اور اسکول میں گرفتاری کے خطرے میں ہیں: 1,088,133 افراد واپس جا چکے ہیں (جنوری تا جون)۔

میں آپ سے درخواست کرتی ہوں کہ تمام کارڈوں کی فوری تجدید کی جائے، اور جبری واپسی روکی جائے۔"""

ENGLISH_LETTER = LetterSheet(
    locale="en",
    day=date(2025, 8, 5),
    addressee=MINISTER,
    salutation="Dear Minister,",
    paragraphs=paragraphs_html(ENGLISH, {}, links=False),
    close="Yours sincerely,",
    sender_name="Maria Example",
    sender_place="Lyon, France",
)

URDU_LETTER = LetterSheet(
    locale="ur",
    day=date(2025, 8, 5),
    addressee=MINISTER,
    salutation="محترم وزیر صاحب،",
    paragraphs=paragraphs_html(URDU, {}, links=False),
    close="آپ کی مخلص،",
    sender_name="عائشہ بیگم",
    sender_place="لاہور، پاکستان",
)


def plain(text: str) -> str:
    """`text` without marks of direction, every run of space one space."""
    return " ".join(_UNSAID.sub("", text).split())


def by_poppler(pdf: bytes) -> str:
    """The text as pdftotext reads it; any complaint about the file fails the test."""
    if not shutil.which("pdftotext"):
        pytest.fail("These tests need pdftotext: install poppler-utils.")
    read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    assert read.stderr == b""
    return plain(read.stdout.decode())


def by_pdfium(pdf: bytes) -> str:
    """The text as PDFium, the reader in many browsers, reads it."""
    return plain(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)))


def pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(pypdfium2.PdfDocument(pdf))


def characters(pdf: bytes, page: int = 0) -> Iterator[tuple[str, float, float]]:
    """Every character of a page with the place of its lower left corner: millimetres from the left and the top."""
    opened = pypdfium2.PdfDocument(pdf)[page]
    height = opened.get_height()
    text = opened.get_textpage()
    for index in range(text.count_chars()):
        left, bottom, _, _ = text.get_charbox(index)
        char = text.get_text_range(index, 1)
        yield char, left * 25.4 / 72, (height - bottom) * 25.4 / 72
