"""Letters that go by post together: one file, each letter on sheets of its own however the printer is set."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import groupby

import pikepdf

from campaign.printing.engine.pdf import Laid, pull
from campaign.printing.sheets.letter import LetterSheet, fitted
from campaign.vocabulary import Paper


def post_run_pdf(sheets: Iterable[LetterSheet], paper: Paper) -> bytes:
    """One PDF of all letters. Each begins on an odd page, with an empty page before it where one is needed.

    Raises `Unprintable` naming a script that no installed font has.
    """
    bound = pikepdf.new()
    for _, together in groupby(sheets, key=lambda it: it.locale):
        laid = [fitted(it, paper) for it in together]
        with pikepdf.open(io.BytesIO(pull(*laid))) as pulled:
            _bind(bound, pulled, laid)
    made = io.BytesIO()
    bound.save(made, deterministic_id=True)
    return made.getvalue()


def _bind(bound: pikepdf.Pdf, pulled: pikepdf.Pdf, laid: Iterable[Laid]) -> None:
    at = 0
    for letter in laid:
        bound.pages.extend(list(pulled.pages)[at : at + letter.pages])
        at += letter.pages
        if letter.pages % 2:
            _, _, width, height = (float(it) for it in pulled.pages[0].mediabox)
            bound.add_blank_page(page_size=(width, height))
