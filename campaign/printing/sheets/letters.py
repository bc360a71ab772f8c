"""Several letters in one file, each on its own sheet; and how much of a page one letter fills."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf

from campaign.printing.engine.pdf import lay_out, pull
from campaign.printing.sheets.letter import LetterSheet, brought_onto_one_page, fitted, letter_html, used
from campaign.vocabulary import Paper


@dataclass(frozen=True)
class Fit:
    """How a letter fits on paper. `used` is in pages, in ordinary type: 0.8 is four fifths of one. `pages` is what it
    takes when it is printed, in smaller type if that makes it one page."""

    used: float
    pages: int

    @property
    def smaller(self) -> bool:
        """Whether it takes one page only because it is set in smaller type."""
        return self.pages == 1 < self.used


def letters_pdf(sheets: Iterable[LetterSheet], paper: Paper) -> bytes:
    """One PDF of all letters. It asks to be printed on one side: no letter stands on the back of another.

    All letters are in one language. Raises `Unprintable` naming a script that no installed font has.
    """
    pdf = pull(*(fitted(it, paper) for it in sheets))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        if "/ViewerPreferences" not in opened.Root:
            opened.Root.ViewerPreferences = pikepdf.Dictionary()
        opened.Root.ViewerPreferences.Duplex = pikepdf.Name.Simplex
        asking = io.BytesIO()
        opened.save(asking, static_id=False, deterministic_id=True)
    return asking.getvalue()


def fit(sheet: LetterSheet, paper: Paper) -> Fit:
    """How a letter fits, from the very layout that is printed. Raises as `letters_pdf` does."""
    ordinary = lay_out(letter_html(sheet, paper), sheet.locale)
    smaller = brought_onto_one_page(sheet, paper, ordinary)
    return Fit(used(ordinary), (smaller or ordinary).pages)


def measured(sheet: LetterSheet, paper: Paper) -> tuple[float, int]:
    """`fit` as plain values, for who has it computed in another process: (pages used, pages printed)."""
    found = fit(sheet, paper)
    return found.used, found.pages
