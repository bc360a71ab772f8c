"""What of a dossier goes by fax: the letter, the appeal and the totals. The names go by another way."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pypdfium2


@dataclass(frozen=True)
class Fax:
    """The pages to fax as one PDF, and which pages of the first volume they are, counted from 1."""

    pdf: bytes
    pages: tuple[int, ...]


def extract(volume: bytes) -> Fax:
    """What to fax of a dossier's first volume: what stands before its names, without the contents."""
    whole = pypdfium2.PdfDocument(volume)
    pages = _pages(whole)
    cut = pypdfium2.PdfDocument.new()
    cut.import_pages(whole, [it - 1 for it in pages])
    made = io.BytesIO()
    cut.save(made)
    return Fax(made.getvalue(), pages)


def _pages(whole: pypdfium2.PdfDocument) -> tuple[int, ...]:
    """By the volume's own bookmarks: its title, under it contents, appeal and totals; then what follows."""
    marks = [(it.level, it.get_dest().get_index()) for it in whole.get_toc()]
    after = next((page for level, page in marks[1:] if level == 0), len(whole))
    parts = [page for level, page in marks if level == 1 and page < after]
    contents, appeal = parts[0], parts[1]
    return tuple(it + 1 for it in (*range(contents), *range(appeal, after)))
