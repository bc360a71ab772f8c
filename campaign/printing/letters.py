"""Several letters in one file, each on its own sheet; and how much of a page one letter fills."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf

from campaign.printing import letter
from campaign.printing.letter import LetterSheet, letter_html
from campaign.printing.press import Laid, lay_out, pull
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
    pdf = pull(*(letter._fitted(it, paper) for it in sheets))
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
    return Fit(ordinary.pages - 1 + _filled(ordinary), _pages(sheet, paper, ordinary.pages))


def _pages(sheet: LetterSheet, paper: Paper, ordinary: int) -> int:
    """How many pages are printed, known without laying the letter out once more than need be."""
    # Even the smallest type saves less than half of the room: a third page never becomes a first.
    smaller = letter._FITS[1:] if ordinary == 2 else ()
    fits = any(lay_out(letter_html(sheet, paper, it), sheet.locale).pages == 1 for it in smaller)
    return 1 if fits else ordinary


def _filled(laid: Laid) -> float:
    """How far down the last page its last line ends, as a share of the room between the margins."""
    page = laid.document.pages[-1]._page_box
    lowest = max((it.position_y + it.height for it in page.descendants() if hasattr(it, "text")), default=0.0)
    return float(max(0.0, min(1.0, (lowest - page.content_box_y()) / page.height)))
