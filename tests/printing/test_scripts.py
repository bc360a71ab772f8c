"""Names of many scripts read back from a book as they were written, by two readers, in books of both directions."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

import pytest

from campaign.printing.book.dossier import Entry
from campaign.vocabulary import Paper
from tests.printing import every
from tests.printing.books import printed
from tests.printing.names import NAMES
from tests.printing.reading import by_pdfium, by_poppler

# Two points on one letter: PDFium puts them back the other way round. They look the same, and mean the same.
TURNED_BY_PDFIUM = {"אֵלִיָּהוּ לוי"}


@cache
def read(locale: str) -> tuple[str, str]:
    """What pdftotext and PDFium read of a book with all of these names."""
    everyone = [name for names in NAMES.values() for name in names]
    entries = [Entry(n, name, "France", "FR") for n, name in enumerate(everyone, 1)]
    pdf = printed(every.dossier_sheet(locale, Paper.A4, on_paper=False), entries).pdf
    return by_poppler(pdf), by_pdfium(pdf)


@pytest.mark.parametrize("locale", ["en", "ur"])
@pytest.mark.parametrize("script", NAMES)
def test_every_sign_of_a_name_is_read_back_in_its_place(script: str, locale: str) -> None:
    by_one, by_other = read(locale)
    names = [normalize("NFC", name) for name in NAMES[script]]

    assert [name for name in names if name not in by_one] == []
    assert [name for name in names if name not in by_other and name not in TURNED_BY_PDFIUM] == []
