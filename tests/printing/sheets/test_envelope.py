"""Envelopes: the address where machines read it, the stamp's corner free, the country last."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest

from campaign.printing.addressee import Addressee
from campaign.printing.sheets.envelope import Envelope, EnvelopeSheet, envelopes_pdf
from tests.printing.reading import MINISTER, by_pdfium, characters, pages

SENDER = ("Maria Example", "12 Rue Sample", "69001 Lyon, France")
SIZES = {Envelope.DL: (220, 110), Envelope.C5: (229, 162), Envelope.NO_10: (241, 105)}
STAMP_WIDTH, STAMP_HEIGHT, EDGE = 74, 40, 15
LONG = Addressee(
    "Her Excellency Doctor Maria Example",
    "Minister of the Interior, of Local Government and of the Example Regions",
    "Ministry of the Interior and Local Government",
    ("Third Wing, Second Floor, Room 214", "Block C", "12 Long Example Avenue", "Sector 4", "Exampletown 12345"),
    "Exampleland",
)


def places(pdf: bytes, text: str) -> list[tuple[float, float]]:
    read = [it for it in characters(pdf) if it[0].strip()]
    start = "".join(char for char, _, _ in read).index(text.replace(" ", ""))
    return [(x, y) for _, x, y in read[start : start + len(text.replace(" ", ""))]]


@pytest.mark.parametrize("envelope", Envelope)
@pytest.mark.parametrize("addressee", [MINISTER, LONG], ids=["short", "long"])
@pytest.mark.parametrize("locale", ["en", "ur"])
def test_the_address_stands_where_machines_read_it_and_the_stamp_has_its_corner(
    envelope: Envelope, addressee: Addressee, locale: str
) -> None:
    pdf = envelopes_pdf([EnvelopeSheet(locale, addressee, SENDER)], envelope)
    width, height = SIZES[envelope]
    page = pypdfium2.PdfDocument(pdf)[0]

    assert (round(page.get_width() * 25.4 / 72), round(page.get_height() * 25.4 / 72)) == (width, height)
    assert pages(pdf) == 1
    for x, y in places(pdf, "".join(addressee.postal_lines)):
        assert width / 3 < x < width - EDGE
        assert STAMP_HEIGHT < y < height - EDGE
    for x, y in places(pdf, "".join(SENDER)):
        assert x < width - STAMP_WIDTH
        assert y < STAMP_HEIGHT


def test_without_a_sender_there_is_the_address_alone() -> None:
    assert by_pdfium(envelopes_pdf([EnvelopeSheet("en", MINISTER)], Envelope.DL)) == " ".join(MINISTER.postal_lines)


def test_an_envelope_for_each_official_is_a_page_of_its_own() -> None:
    pdf = envelopes_pdf([EnvelopeSheet("en", MINISTER), EnvelopeSheet("en", LONG)], Envelope.C5)

    assert pages(pdf) == 2


def test_the_country_stands_last_alone_and_in_capitals() -> None:
    assert MINISTER.postal_lines[-2:] == ("Islamabad", "PAKISTAN")
    assert replace(MINISTER, address=("44000 Islamabad",)).postal_lines[-2:] == ("44000 Islamabad", "PAKISTAN")
    assert replace(MINISTER, address=("Islamabad", "Pakistan")).postal_lines[-2:] == ("Islamabad", "PAKISTAN")
    assert replace(MINISTER, country=None).postal_lines[-1] == "Islamabad, Pakistan"


def test_a_hostile_sender_prints_as_text() -> None:
    pdf = envelopes_pdf([EnvelopeSheet("en", MINISTER, ("<b>x</b>", "((name)) {{ 7*7 }}"))], Envelope.DL)

    assert "<b>x</b> ((name)) {{ 7*7 }}" in by_pdfium(pdf)
