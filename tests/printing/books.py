"""Dossiers printed as a whole, with as little around them as a test needs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from campaign.printing.book.dossier import Bound, DossierSheet, Entry, Words, bind, set_pages
from campaign.printing.book.page_batches import PAGES
from campaign.printing.book.print_workers import Presses
from campaign.printing.book.volumes import Plan, Section
from tests.printing.reading import plain


@dataclass(frozen=True)
class Printed:
    """All volumes of a dossier, and the plan they were bound by."""

    pdfs: tuple[bytes, ...]
    plan: Plan
    bound: tuple[Bound, ...]

    @property
    def pdf(self) -> bytes:
        """The only volume."""
        (only,) = self.pdfs
        return only

    @property
    def pages(self) -> int:
        """The pages of the only volume."""
        (only,) = self.bound
        return only.pages

    def page_of(self, number: int) -> int:
        """The page, counted from 1, on which a number stands in its volume."""
        return next(
            volume.page_of(place)
            for volume in self.plan.volumes
            for place in range(volume.start, volume.end)
            for page in (self.plan.set_pages[place],)
            if page.section is Section.NAMES and page.first <= number <= page.last
        )

    @property
    def texts(self) -> list[str]:
        """The text of each page of the only volume, as PDFium reads it."""
        return [plain(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(self.pdf)]


def printed(
    sheet: DossierSheet,
    entries: Iterable[Entry],
    words: Iterable[Words] = (),
    processes: int = 1,
    folder: Path | None = None,
    together: int = PAGES,
) -> Printed:
    """The volumes of a dossier, in a folder that is forgotten if none is given."""
    if folder is None:
        with tempfile.TemporaryDirectory() as forgotten:
            return printed(sheet, entries, words, processes, Path(forgotten), together)
    with Presses(processes) as presses:
        book = set_pages(sheet, entries, words, folder, presses, together=together)
        volumes = tuple(sorted(bind(book, presses), key=lambda volume: volume.number))
    return Printed(tuple(volume.file.read_bytes() for volume in volumes), book.plan, volumes)
