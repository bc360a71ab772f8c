"""Nothing ever leaves its sheet: the place of every letter and picture, in every language, as PDFium reads it."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pypdfium2.raw
import pytest

from campaign.vocabulary import Paper
from tests.printing import every

# Points. A printer reaches to about 3 mm from the edge; what may bleed is drawn, not written.
EDGE = 8.0
MILLIMETRES = {Paper.A4: (210, 297), Paper.LETTER: (216, 279)}
DRAWN = [
    pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,
    pypdfium2.raw.FPDF_PAGEOBJ_PATH,
    pypdfium2.raw.FPDF_PAGEOBJ_FORM,
]
_SILENT = "\u200e\u200f\ufffe\u2068\u2069"


def outside(pdf: bytes) -> list[str]:
    """Each letter that stands nearer to the edge than a printer prints, and each picture that leaves the sheet."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), 1):
        width, height = page.get_size()
        text = page.get_textpage()
        for index in range(text.count_chars()):
            char = text.get_text_range(index, 1)
            if not char.strip() or char in _SILENT:
                continue
            left, bottom, right, top = text.get_charbox(index)
            if not (EDGE <= left <= right <= width - EDGE and EDGE <= bottom <= top <= height - EDGE):
                found.append(f"page {number}: {char!r} at {left:.0f} {bottom:.0f} {right:.0f} {top:.0f}")
        for thing in page.get_objects(filter=DRAWN, max_depth=1):
            left, bottom, right, top = thing.get_bounds()
            if left < -1 or bottom < -1 or right > width + 1 or top > height + 1:
                found.append(f"page {number}: a drawing at {left:.0f} {bottom:.0f} {right:.0f} {top:.0f}")
    return found


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("locale", every.LOCALES)
@pytest.mark.parametrize("make", every.PRINTS.values(), ids=every.PRINTS)
def test_nothing_leaves_its_sheet(make: Callable[[str, Paper], bytes], locale: str, paper: Paper) -> None:
    assert outside(make(locale, paper)) == []


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("kind", ["letter", "bulletin", "dossier", "sheet", "labels", "poster"])
def test_every_page_is_of_the_paper_that_was_asked_for(kind: str, paper: Paper) -> None:
    sizes = {
        tuple(round(side * 25.4 / 72) for side in page.get_size())
        for page in pypdfium2.PdfDocument(every.PRINTS[kind]("en", paper))
    }

    assert sizes == {MILLIMETRES[paper]}


def test_a_letter_says_on_every_further_page_whose_it_is_and_which() -> None:
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(every.letter("en", Paper.A4))]

    assert len(texts) >= 3
    assert f"of {len(texts)}" not in texts[0]
    for number, text in enumerate(texts[1:], 2):
        assert "Her Excellency Doctor Maria-Magdalena" in text
        assert "Maria Example" in text
        assert "5 August 2025" in " ".join(text.split())
        assert f"{number} of {len(texts)}" in text
