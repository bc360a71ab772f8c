"""Scans that organisers hand in: receipts, replies, signature sheets. What is kept is drawn anew from what was given.

A file from a telephone says where and when it was taken and by which device; one from elsewhere may hold a script. So
nothing of it is stored but its pixels.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import pypdfium2
from PIL import Image

from campaign import sandbox
from campaign.errors import Refused
from campaign.storage.files import Files
from campaign.storage.pictures import bare, kind_of

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 50
DOTS_PER_INCH = 130
# A sheet of A1 at this resolution; more is no page that anyone has scanned, and a gigabyte before it is drawn.
MOST_PIXELS = 14_000_000


@dataclass(frozen=True)
class Scan:
    """A scan that may be kept: its bytes, and how its name ends ("png", "jpg", "pdf")."""

    content: bytes
    kind: str


def redrawn(given: bytes) -> Scan:
    """The same picture or pages with nothing behind them.

    Raises `Refused` for anything but a PDF, JPEG or PNG of at most 10 MB, 50 pages and 30 million points. What comes
    from outside is read by `read`, never here.
    """
    if not given:
        raise Refused("The file is empty. Choose a PDF, a JPEG or a PNG.")
    if len(given) > MOST_BYTES:
        raise Refused("The file is larger than 10 MB. Scan it at a lower resolution, or add fewer pages.")
    if given[:5] == b"%PDF-":
        return Scan(_pages(given), "pdf")
    kind = kind_of(given)
    if kind is not None:
        return Scan(_picture(given, kind), {"JPEG": "jpg", "PNG": "png"}[kind])
    raise Refused("Use a PDF, JPEG or PNG file.")


def read(given: bytes) -> Scan:
    """`redrawn` in a process with limits: a file may be made so that reading it takes all there is."""
    if len(given) > MOST_BYTES:
        return redrawn(given)  # refused by its size alone
    content, kind = sandbox.read(_parts, given)
    return Scan(content, kind)


def _parts(given: bytes) -> tuple[bytes, str]:
    scan = redrawn(given)
    return scan.content, scan.kind


def keep(files: Files, folder: str, scan: Scan) -> str:
    """Store a scan; returns its name. The same scan twice is one file."""
    name = f"{folder}/{hashlib.sha256(scan.content).hexdigest()[:32]}.{scan.kind}"
    files.write(name, scan.content)
    return name


def _picture(given: bytes, kind: str) -> bytes:
    made = io.BytesIO()
    bare(given, kind).save(made, kind, **({"quality": 85, "optimize": True} if kind == "JPEG" else {"optimize": True}))
    return made.getvalue()


def _pages(given: bytes) -> bytes:
    try:
        document = pypdfium2.PdfDocument(given)
        if not 1 <= len(document) <= MOST_PAGES:
            raise Refused("A scan can have up to 50 pages. Add only the pages you need.")
        drawn = pypdfium2.PdfDocument.new()
        # One after the other: drawn at once, fifty pages are a gigabyte.
        for page in document:
            width, height = page.get_size()
            scale = DOTS_PER_INCH / 72
            if width * height * scale * scale > MOST_PIXELS:
                raise Refused("A page of this PDF is larger than any paper. Scan it again.")
            _add(drawn, page.render(scale=scale).to_pil().convert("RGB"), width, height)
            page.close()
    except pypdfium2.PdfiumError as error:
        raise Refused("This PDF cannot be read. If it has a password, save it without one.") from error
    made = io.BytesIO()
    drawn.save(made)
    return made.getvalue()


def _add(drawn: pypdfium2.PdfDocument, pixels: Image.Image, width: float, height: float) -> None:
    jpeg = io.BytesIO()
    pixels.save(jpeg, "JPEG", quality=80)
    picture = pypdfium2.PdfImage.new(drawn)
    picture.load_jpeg(jpeg, inline=True)
    picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page = drawn.new_page(width, height)
    page.insert_obj(picture)
    page.gen_content()
