"""Scans are drawn anew: nothing stays of where, when and with what they were made, or of what else was in them."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from campaign.delivery import scans
from campaign.errors import Refused


def picture(kind: str, size: tuple[int, int] = (80, 40), **more: Any) -> bytes:
    made = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    image.save(made, kind, **more)
    return made.getvalue()


def with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Telephone of A. Person"
    exif[0x0112] = 6  # lying on its side
    return picture("JPEG", exif=exif, comment=b"taken at home")


def pdf_with_a_script() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 100)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue().replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")


def test_a_photograph_keeps_its_pixels_and_nothing_of_its_telephone() -> None:
    kept = scans.redrawn(with_a_place())
    assert kept.kind == "jpg"
    assert b"Telephone" in with_a_place() and b"Telephone" not in kept.content
    assert b"taken at home" in with_a_place() and b"taken at home" not in kept.content
    image = Image.open(io.BytesIO(kept.content))
    assert dict(image.getexif()) == {}
    assert image.size == (40, 80)  # turned upright, as its owner saw it


def test_a_png_keeps_no_words() -> None:
    words = PngInfo()
    words.add_text("Author", "A. Person")
    kept = scans.redrawn(picture("PNG", pnginfo=words))
    assert kept.kind == "png" and b"Person" not in kept.content
    assert Image.open(io.BytesIO(kept.content)).getpixel((5, 5)) == (200, 0, 0)


def test_a_pdf_is_turned_into_pictures_of_its_pages() -> None:
    assert b"JavaScript" in pdf_with_a_script()
    kept = scans.redrawn(pdf_with_a_script())
    assert kept.kind == "pdf"
    assert b"JavaScript" not in kept.content
    pages = pypdfium2.PdfDocument(kept.content)
    assert len(pages) == 1
    assert [round(it, -1) for it in pages[0].get_size()] == [200, 100]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "empty"),
        (b"GIF89a", "Use a PDF, JPEG or PNG file"),
        (b"<svg onload=alert(1)>", "Use a PDF, JPEG or PNG file"),
        (b"%PDF-1.7 and nothing more", "cannot be read"),
        (b"\xff\xd8\xff and nothing more", "incomplete"),
        (b"\x89PNG\r\n\x1a\n", "incomplete"),
        (b"%PDF-" + b"0" * scans.MOST_BYTES, "larger than 10 MB"),
    ],
    ids=["nothing", "gif", "svg", "pdf", "jpeg", "png", "large"],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(given: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        scans.redrawn(given)


def test_a_small_file_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(Refused, match="30 million"):
        scans.redrawn(picture("PNG", (8000, 8000)))
