"""What every print promises of its sheet: addresses large enough to read, one number on a cover, links that lead."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from functools import cache

import pikepdf
import pypdfium2
import pypdfium2.raw
import pytest

from campaign.vocabulary import Paper
from tests.printing import every

# A line of the official's address in every print, which no other text has.
LINE = "Exampletown 12345-6789"


def sizes(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float]]:
    """(letter, points) of all that stands on a page, as PDFium reads it: the font's size in its matrix."""
    text = page.get_textpage()
    matrix = pypdfium2.raw.FS_MATRIX()
    for index in range(text.count_chars()):
        pypdfium2.raw.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
        yield text.get_text_range(index, 1), pypdfium2.raw.FPDFText_GetFontSize(text, index) * scale


@cache
def made(kind: str, locale: str) -> bytes:
    return every.PRINTS[kind](locale, Paper.A4)


@pytest.mark.parametrize("locale", ["en", "ur"])
@pytest.mark.parametrize("kind", ["letter", "envelope", "labels", "dossier, plain", "bulletin"])
def test_no_address_is_smaller_than_eight_points(kind: str, locale: str) -> None:
    found = 0
    for page in pypdfium2.PdfDocument(made(kind, locale)):
        letters = list(sizes(page))
        text = "".join(char for char, _ in letters)
        start = text.find(LINE)
        while start >= 0:
            found += 1
            assert min(size for _, size in letters[start : start + len(LINE)]) >= 7.99
            start = text.find(LINE, start + 1)

    assert found


@pytest.mark.parametrize("locale", ["en", "ur", "fr"])
def test_a_cover_has_one_number_that_is_seen_from_afar(locale: str) -> None:
    cover = pypdfium2.PdfDocument(made("dossier, plain", locale))[0]
    large = "".join(char for char, size in sizes(cover) if size > 18 and (char.isdigit() or char in ",\u202f"))

    assert "".join(filter(str.isdigit, large)) == "1234567"


def links(pdf: pikepdf.Pdf) -> Iterator[tuple[int, pikepdf.Object]]:
    """(page, link), pages counted from 1."""
    for number, page in enumerate(pdf.pages, 1):
        for link in page.get("/Annots", []):
            yield number, link


def test_contents_lead_to_their_pages_and_the_address_to_verify_is_a_link() -> None:
    with pikepdf.open(io.BytesIO(made("dossier", "en"))) as pdf:
        places = [page.obj.objgen for page in pdf.pages]
        led = {
            places.index(link.Dest[0].objgen) + 1
            for _, link in links(pdf)
            if isinstance(link.get("/Dest"), pikepdf.Array)
        }
        addresses = {str(link.A.URI) for _, link in links(pdf) if "/A" in link and "/URI" in link.A}
        names = next(n for n, page in enumerate(pdf.pages, 1) if b"/LBody" in page.Contents.read_bytes())

    assert names in led
    assert len(pdf_pages(made("dossier", "en"))) in led  # the last page: how the signatures were verified
    assert addresses == {"https://act.a-rather-long-name.example/verify/7Q4K-2M9X"}


def pdf_pages(pdf: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(pdf))


def test_a_bulletin_says_its_last_day_and_no_number_of_days_left_and_carries_a_code() -> None:
    pdf = made("bulletin", "en")
    text = " ".join(page.get_textpage().get_text_range() for page in pdf_pages(pdf))

    assert "15 September 2025" in text
    assert "days left" not in text
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        said = [
            str(it.Alt)
            for it in opened.objects
            if isinstance(it, pikepdf.Dictionary) and it.get("/S") == "/Figure" and "/Alt" in it
        ]
    assert "QR code: https://act.example/en/actions/renew-the-cards" in said
