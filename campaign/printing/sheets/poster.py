"""A poster for notice boards: what is asked, until when, and a code that leads to the page. To tear off from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from campaign import language
from campaign.printing.engine.pdf import Laid, lay_out, pull, set_in_type
from campaign.printing.engine.qr import qr_svg
from campaign.printing.engine.text import one_line
from campaign.vocabulary import Paper

# Strips to tear off, each wide enough for a code that a telephone reads.
TEAR_OFFS = 8
# Sizes of type for the title; the last cuts what is too long even so.
_FITS = range(5)
# Letters of a title from which each next size is worth trying.
_LONG = (30, 60, 110, 180)


@dataclass(frozen=True)
class PosterSheet:
    """An action as a poster shows it. `country` is a name in words, `asked` whom it asks, `demand` what for in one
    sentence, `place` the one whose time the deadline is in, `url` where the codes lead.
    """

    locale: str
    organisation: str
    title: str
    country: str
    number: str | None
    deadline: date
    place: str | None
    asked: str | None
    demand: str | None
    url: str


def poster_pdf(sheet: PosterSheet, paper: Paper = Paper.A4) -> bytes:
    """The poster as PDF, one page. Raises `Unprintable` naming a script that no installed font has."""
    return pull(_fitted(sheet, paper))


def poster_html(sheet: PosterSheet, fit: int = 0, paper: Paper = Paper.A4) -> str:
    """The poster as HTML, its title in one of the sizes of type, the largest first."""
    address = sheet.url.partition("://")[2]
    return set_in_type(
        "poster.html",
        sheet.locale,
        {
            "sheet": sheet,
            "title": one_line(sheet.title),
            "fit": fit,
            "paper": paper.value,
            "demand": one_line(sheet.demand or ""),
            "address": address,
            # A long address may be broken behind a slash, and shows no other mark there.
            "address_parts": address.split("/"),
            "slash": Markup("/<wbr>"),
            "qr": qr_svg(sheet.url, language.gettext(sheet.locale, "QR code: %(address)s", address=sheet.url), "q"),
            "small_qr": qr_svg(sheet.url, None),
            "tear_offs": range(TEAR_OFFS),
        },
    )


def _fitted(sheet: PosterSheet, paper: Paper) -> Laid:
    """The poster in the largest type that takes one page."""
    likely = sum(len(sheet.title) > most for most in _LONG)
    for fit in _FITS[likely:-1]:
        laid = lay_out(poster_html(sheet, fit, paper), sheet.locale)
        if laid.pages == 1:
            return laid
    return lay_out(poster_html(sheet, _FITS[-1], paper), sheet.locale)
