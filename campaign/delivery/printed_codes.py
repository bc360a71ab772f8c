"""The codes that stand on the pages of a PDF. Apart from the rest: a child process that reads a stranger's file begins
with it, and what it need not import does not count against its time."""

from __future__ import annotations

import pypdfium2

from campaign.delivery import codes


def on_pages(content: bytes) -> list[str]:
    """Those on its first, middle and last page; none where the file is no PDF."""
    try:
        pdf = pypdfium2.PdfDocument(content)
        pages = [pdf[n] for n in sorted({0, len(pdf) // 2, len(pdf) - 1})]
        text = " ".join(page.get_textpage().get_text_range() for page in pages)
    except pypdfium2.PdfiumError:
        return []
    return sorted(set(codes.WRITTEN.findall(text)))
