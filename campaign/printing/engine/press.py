"""The machine of the press: WeasyPrint with what we add to it. Loaded with the first print, and by those who print.

It takes tens of megabytes, and a process that answers pages prints nothing itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from weasyprint import HTML, Document
from weasyprint.text.fonts import FontConfiguration

import campaign.printing.engine.grid  # noqa: F401 - every print stands on it
from campaign import language
from campaign.printing.engine import structure
from campaign.printing.engine.archive import Facts, archived
from campaign.printing.engine.drawing import TextLayer
from campaign.printing.engine.fetcher import LockedFetcher
from campaign.printing.engine.lean_fonts import lean


def rendered(html: str, direction: str, base_url: str) -> Document:
    """HTML on pages; `direction` is ltr or rtl, `base_url` where its own files lie."""
    source = HTML(string=html, base_url=base_url, url_fetcher=LockedFetcher())
    with TextLayer(direction).drawing():
        return source.render(font_config=_font_configuration(), pdf_variant="pdf/ua-1")


def written(direction: str, parts: Sequence[tuple[str, Document]]) -> bytes:
    """One PDF of the pages of all parts, each with its HTML; title and language are the first one's."""
    layer = TextLayer(direction)
    pages = [page for _html, document in parts for page in document.pages]
    digest = hashlib.sha256("\0".join(html for html, _document in parts).encode()).hexdigest()[:32]
    first = parts[0][1]
    with layer.drawing(), lean():
        pdf: bytes = first.copy(pages).write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=digest.encode(), finisher=partial(_finish, layer)
        )
    return archived(pdf, _facts(first))


def _facts(document: Document) -> Facts:
    """What the head of a print's HTML says of it."""
    metadata = document.metadata
    at = datetime.fromisoformat(metadata.created).replace(tzinfo=UTC) if metadata.created else None
    return Facts(metadata.title or "", metadata.lang or language.ORIGINAL, next(iter(metadata.authors), None), at)


def _finish(layer: TextLayer, document: Document, pdf: Any) -> None:
    layer.finish(document, pdf)
    structure.finish(pdf)


_prepared = threading.local()


def _font_configuration() -> FontConfiguration:
    """One for each thread: to make it costs more than to lay out a letter, and Pango shares nothing with threads."""
    if not hasattr(_prepared, "fonts"):
        _prepared.fonts = FontConfiguration()
    return _prepared.fonts
