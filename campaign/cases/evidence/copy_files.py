"""What an organiser hands in as a copy of a source: told apart by its bytes, looked at in a child, kept as it is.

Other files that are handed in are drawn anew. Of these every byte is evidence, so nothing here shows or changes one:
it is only found out whether it is what it seems, so that nobody keeps for years what cannot be opened.
"""

from __future__ import annotations

import re

import pypdfium2

from campaign import sandbox
from campaign.errors import Refused
from campaign.storage.pictures import bare, kind_of
from campaign.vocabulary import CopyKind

MOST_BYTES = 10 * 1024 * 1024
_OF_PICTURE = {"JPEG": CopyKind.JPEG, "PNG": CopyKind.PNG, "WEBP": CopyKind.WEBP}
# An HTML page says so in its first words, behind what programs write before them.
_HTML = re.compile(rb"<(!doctype\s+html|html)[\s>]", re.IGNORECASE)
_BEFORE_HTML = 4096


def kind_of_copy(given: bytes) -> CopyKind:
    """What the bytes are. Raises `Refused` for what is empty, too large, broken or of another kind."""
    if not given:
        raise Refused("The file is empty. Choose a PDF, an HTML page or a picture.")
    if len(given) > MOST_BYTES:
        raise Refused("The file is larger than 10 MB. Save the page in parts, or as a smaller PDF.")
    return CopyKind(sandbox.read(_looked_at, given))


def _looked_at(given: bytes) -> str:
    if given.startswith(b"%PDF-"):
        _refuse_unreadable(given)
        return str(CopyKind.PDF)
    kind = "WEBP" if given[:4] == b"RIFF" and given[8:12] == b"WEBP" else kind_of(given)
    if kind is not None:
        bare(given, kind)
        return str(_OF_PICTURE[kind])
    if b"\0" not in given and _HTML.search(given[:_BEFORE_HTML]):
        return str(CopyKind.HTML)
    raise Refused("Use a PDF, an HTML page, or a PNG, JPEG or WebP picture.")


def _refuse_unreadable(given: bytes) -> None:
    try:
        document = pypdfium2.PdfDocument(given)
        pages = len(document)
        document.close()
    except pypdfium2.PdfiumError as error:
        raise Refused("This PDF cannot be read. If it has a password, save it without one.") from error
    if not pages:
        raise Refused("This PDF has no pages. Save it again and retry.")
