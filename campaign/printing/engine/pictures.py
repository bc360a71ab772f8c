"""A page as a picture: what PDF draws, in pixels."""

from __future__ import annotations

import threading

import pypdfium2
from PIL import Image

# 96 pixels to the inch against the 72 points of a PDF.
_SCALE = 96 / 72

# PDFium may be used by one thread at a time.
_pdfium = threading.Lock()


def first_page(pdf: bytes, sharper: float = 1.0) -> Image.Image:
    """The first page of a PDF, with `sharper` pixels for each pixel of its style sheet."""
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            picture: Image.Image = document[0].render(scale=_SCALE * sharper).to_pil()
        finally:
            document.close()
    return picture.convert("RGB")
