"""Sheets of address labels: 24 to a sheet, as shops sell them for printers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.language import ORIGINAL
from campaign.printing.addressee import Addressee
from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.vocabulary import Paper

ACROSS, DOWN = 3, 8
A_SHEET = ACROSS * DOWN
# More lines than this, or longer ones, are set smaller.
_LINES, _LETTERS = 6, 28
# What a label holds of the smallest type that the post reads (8 points); an address that is longer goes without its
# titles, which no postman needs, and then without what stands nearest to the name.
_SMALLEST_LETTERS = 40
_MOST_LINES = {Paper.A4: 10, Paper.LETTER: 9}
_KEPT = 3  # the name, the town and the country


@dataclass(frozen=True)
class Label:
    """An address in the size of type that fits a label."""

    lines: tuple[str, ...]
    size: str
    direction: str


def labels_pdf(addressees: Sequence[Addressee], paper: Paper = Paper.A4) -> bytes:
    """One PDF of a label for each, left to right and down the sheet (70 by 37 mm on A4, 2⅝ by 1 inch and more on
    Letter). Raises `Unprintable` naming a script that no installed font has."""
    return pull(lay_out(labels_html(addressees, paper), ORIGINAL))


def labels_html(addressees: Sequence[Addressee], paper: Paper = Paper.A4) -> str:
    """The sheets as HTML."""
    labels = [_label(addressee, paper) for addressee in addressees]
    sheets = [labels[at : at + A_SHEET] for at in range(0, len(labels), A_SHEET)]
    values = {"title": "Address labels", "paper": paper.value, "sheets": sheets, "across": ACROSS}
    return set_in_type("labels.html", ORIGINAL, values)


def _label(addressee: Addressee, paper: Paper) -> Label:
    lines = addressee.postal_lines
    while len(lines) > _KEPT and sum(1 + (len(line) - 1) // _SMALLEST_LETTERS for line in lines) > _MOST_LINES[paper]:
        lines = (lines[0], *lines[2:])
    count = sum(1 + len(line) // _LETTERS for line in lines)
    size = "" if count <= _LINES else "long" if count <= _LINES + 2 else "longest"
    return Label(lines, size, addressee.direction)
