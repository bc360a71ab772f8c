"""Several letters in one file, and how one fits on its page."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest

from campaign.printing.engine.pdf import Laid, lay_out
from campaign.printing.sheets import letter
from campaign.printing.sheets.letter import LetterSheet, letter_html, letter_pages
from campaign.printing.sheets.letters import fit, letters_pdf
from campaign.vocabulary import Paper
from tests.printing.reading import ENGLISH_LETTER, URDU_LETTER, by_poppler, pages

SENTENCES = "An official can renew the cards with one signature. " * 9


def of_length(paragraphs: int) -> LetterSheet:
    return replace(ENGLISH_LETTER, paragraphs=(SENTENCES,) * paragraphs)


def test_each_letter_begins_on_a_sheet_of_its_own_and_none_on_the_back_of_another() -> None:
    pdf = letters_pdf([ENGLISH_LETTER, of_length(10), replace(ENGLISH_LETTER, sender_name="Ada Example")], Paper.A4)

    assert pages(pdf) == 1 + 2 + 1
    assert by_poppler(pdf).count("Yours sincerely,") == 3
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.ViewerPreferences.Duplex == "/Simplex"
        assert opened.Root.MarkInfo.Marked


def test_the_same_letters_are_the_same_bytes() -> None:
    assert letters_pdf([ENGLISH_LETTER] * 2, Paper.A4) == letters_pdf([ENGLISH_LETTER] * 2, Paper.A4)


@pytest.mark.parametrize("paper", Paper)
def test_a_longer_letter_fills_more_of_its_page(paper: Paper) -> None:
    used = [fit(of_length(n), paper).used for n in (1, 2, 3, 6, 10)]

    assert used == sorted(used)
    assert 0.3 < used[0] < 1 < used[-1] < 3


@pytest.mark.parametrize("sheet", [ENGLISH_LETTER, URDU_LETTER, of_length(6), of_length(10)])
def test_the_meter_counts_the_pages_that_are_printed(sheet: LetterSheet) -> None:
    assert fit(sheet, Paper.A4).pages == letter_pages(sheet, Paper.A4)


def test_a_letter_on_one_page_in_smaller_type_is_told_from_one_that_fits() -> None:
    assert not fit(of_length(1), Paper.A4).smaller
    assert fit(of_length(6), Paper.A4).smaller
    assert not fit(of_length(10), Paper.A4).smaller


def test_a_letter_that_no_type_brings_onto_one_page_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[str] = []

    def counted(html: str, locale: str) -> Laid:
        laid.append(html)
        return lay_out(html, locale)

    monkeypatch.setattr(letter, "lay_out", counted)
    assert letter_pages(replace(URDU_LETTER, paragraphs=URDU_LETTER.paragraphs * 8), Paper.A4) > 1
    assert len(laid) == 1
    assert letter_pages(of_length(1), Paper.A4) == 1
    assert len(laid) == 2


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize(
    ("own", "sentence", "lengths"),
    [
        (ENGLISH_LETTER, "One signature renews them. ", (9, 10, 11, 12, 13)),
        (URDU_LETTER, "ان کارڈوں کی تجدید ایک دستخط سے ہو سکتی ہے۔ ", (3, 4, 5, 6)),
    ],
    ids=["en", "ur"],
)
def test_no_letter_is_given_up_that_smaller_type_would_bring_onto_one_page(
    own: LetterSheet, sentence: str, lengths: tuple[int, ...], paper: Paper
) -> None:
    told = []
    for paragraphs in lengths:
        sheet = replace(own, paragraphs=(sentence * 9,) * paragraphs)
        fits = any(lay_out(letter_html(sheet, paper, size), sheet.locale).pages == 1 for size in (0, 1, 2))
        assert (letter_pages(sheet, paper) == 1) is fits, paragraphs
        told.append(fits)
    # The lengths reach over the edge on both sides.
    assert set(told) == {True, False}
