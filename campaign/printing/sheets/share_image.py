"""The picture that stands beside a shared link: what, until when, who asks. 1200 by 630, one for each language."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.printing.engine.pictures import first_page
from campaign.printing.engine.text import one_line
from campaign.strip import Strip

WIDTH, HEIGHT = 1200, 630
# Letters of a title that fit each size of type, on two lines or three; a longer one ends in an ellipsis.
_FITS = (34, 64, 110)
# Pictures kept by one process. What is drawn is all in the sheet, so a kept one is never out of date.
_KEPT = 64


@dataclass(frozen=True)
class ShareSheet:
    """An action as its share image shows it. `country` is a name in words, `strip` that of the day it is drawn on."""

    locale: str
    organisation: str
    title: str
    country: str
    number: str | None
    strip: Strip


@lru_cache(maxsize=_KEPT)
def share_image(sheet: ShareSheet) -> bytes:
    """The picture as PNG; the same sheet gives the same bytes. Raises `Unprintable` as every print does."""
    pdf = pull(lay_out(share_html(sheet), sheet.locale))
    picture = first_page(pdf)
    # Paper, ink and one colour: sixty-four shades draw it as well as millions, in a third of the bytes.
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def share_html(sheet: ShareSheet) -> str:
    """The picture as HTML, one page of its size."""
    title = one_line(sheet.title)
    return set_in_type(
        "share.html",
        sheet.locale,
        {
            "sheet": sheet,
            "title": title,
            "fit": next((fit for fit, most in enumerate(_FITS) if len(title) <= most), len(_FITS)),
        },
    )
