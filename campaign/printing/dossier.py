"""A dossier: an appeal and those who signed it, printed as one volume for one official.

Cover letter, appeal, totals, names, how they were verified. How many pages stand before and after the names is
guessed, and laid out again if it was not so: then every page can say which of how many it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.press import Laid, lay_out, pull, set_in_type
from campaign.printing.qr import qr_svg
from campaign.printing.schedule import Entry, NamePage, name_pages, pages_of
from campaign.printing.text import one_line

__all__ = ["Addressee", "DossierSheet", "Entry", "Printed", "dossier_pdf"]

# Pages before and after the names, as most dossiers have them.
_USUAL = (2, 1)
# Name pages laid out together: enough that fonts are set up rarely, few enough that memory stays flat.
_PAGES_AT_ONCE = 12


@dataclass(frozen=True)
class DossierSheet:
    """A frozen dossier as it is to be printed.

    `totals` are (country, named, withheld) in the order to print; `by_day` are (day, signatures) if wanted;
    `entries` come ordered by number, those of a country together. `frozen_at` is aware. `verification_url`
    goes into the QR code.
    """

    locale: str
    organisation: str
    code: str
    verification_url: str
    action_number: str | None
    title: str
    summary: str
    demands: tuple[str, ...]
    addressee: Addressee
    frozen_at: datetime
    salutation: str
    cover: tuple[str, ...]
    close: str
    totals: tuple[tuple[str, int, int], ...]
    named: int
    withheld: int
    entries: Sequence[Entry]
    how_verified: tuple[str, ...]
    by_day: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class Printed:
    """A printed volume. `page_of` gives, for each entry's number, its page, counted from 1."""

    pdf: bytes
    pages: int
    page_of: Mapping[int, int]


def dossier_pdf(sheet: DossierSheet) -> Printed:
    """Print the dossier. Raises `Unprintable` naming a script that no installed font has."""
    names = name_pages(sheet.entries)
    before, after = _USUAL
    for _attempt in range(3):
        total = before + len(names) + after
        front, back = _front(sheet, total), _back(sheet, before + len(names), total)
        if (front.pages, back.pages) == (before, after):
            break
        before, after = front.pages, back.pages
    pdf = pull(front, *_names(sheet, names, before + 1, total), back)
    return Printed(pdf, total, pages_of(names, before + 1))


def _front(sheet: DossierSheet, total: int) -> Laid:
    return _part("dossier-front.html", sheet, total, qr=_qr(sheet), bars=_bars(sheet))


def _names(sheet: DossierSheet, pages: Sequence[NamePage], first: int, total: int) -> list[Laid]:
    numbered = [
        {
            "markup": page.markup,
            "countries": " – ".join(dict.fromkeys((page.countries[0], page.countries[-1]))),
            "first": page.numbers[0],
            "last": page.numbers[-1],
            "folio": first + place,
        }
        for place, page in enumerate(pages)
    ]
    return [
        _part("dossier-names.html", sheet, total, pages=numbered[start : start + _PAGES_AT_ONCE])
        for start in range(0, len(numbered), _PAGES_AT_ONCE)
    ]


def _back(sheet: DossierSheet, before: int, total: int) -> Laid:
    return _part("dossier-back.html", sheet, total, qr=_qr(sheet), before=before)


def _part(template: str, sheet: DossierSheet, total: int, **values: object) -> Laid:
    people = sheet.named + sheet.withheld
    footer = " · ".join(filter(None, (sheet.action_number, _("dossier %(code)s", sheet, code=sheet.code))))
    html = set_in_type(
        template,
        sheet.locale,
        {
            "sheet": sheet,
            "title": one_line(sheet.title),
            "people": people,
            "frozen_day": language.day(sheet.frozen_at.date(), sheet.locale),
            "frozen_time": f"{sheet.frozen_at:%H:%M} UTC",
            "footer": footer,
            "total": total,
            **values,
        },
    )
    return lay_out(html, sheet.locale)


def _(sentence: str, sheet: DossierSheet, **values: object) -> str:
    return language.gettext(sheet.locale, sentence, **values)


def _qr(sheet: DossierSheet) -> Markup:
    said = _("QR code: %(address)s", sheet, address=sheet.verification_url)
    return qr_svg(sheet.verification_url, said)


def _bars(sheet: DossierSheet) -> list[float]:
    """For each country, its share of the largest, in percent."""
    most = max((named + withheld for _, named, withheld in sheet.totals), default=0) or 1
    return [round(100 * (named + withheld) / most, 2) for _, named, withheld in sheet.totals]
