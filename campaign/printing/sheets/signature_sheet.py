"""A sheet for signatures by hand: the appeal in short, rows to write in, where it goes back to and by when.

Each sheet carries its number, and a code that leads to the action. The same sheets give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from campaign import language
from campaign.printing.engine.pdf import Laid, lay_out, pull, set_in_type
from campaign.printing.engine.qr import qr_svg
from campaign.printing.engine.text import direction_of, one_line
from campaign.strip import Strip
from campaign.vocabulary import Paper

# Millimetres. A row is written in by hand, on a knee or a wall.
ROW, TALLEST_ROW = 9.4, 11.0
# Of a page between its margins; and what the head of a further page takes of it.
ROOM = {Paper.A4: 297 - 24.0, Paper.LETTER: 279.4 - 24.0}
_HEAD_OF_BACK = 27.0
# The line under a row; and what is left free of the page.
_LINE, _SPARE = 0.18, 1.0
MOST_ROWS, ENOUGH_ROWS, FEWEST_ROWS = 15, 12, 5
# Sizes of type, the largest first; the last cuts what is too long even so.
_FITS = range(4)


@dataclass(frozen=True)
class SignatureSheet:
    """An action as a signature sheet shows it. `country` is a name in words, `asked` are (who, office or None),
    `strip` shows the whole line without a today, `return_by` is the day by which a sheet must be at `address`,
    `kept_days` how long names are kept after the action's end. `number` is the sheet's own, `url` where its code leads.
    """

    locale: str
    organisation: str
    address: tuple[str, ...]
    contact: str
    title: str
    country: str
    action_number: str | None
    asked: tuple[tuple[str, str | None], ...]
    demands: tuple[str, ...]
    strip: Strip
    return_by: date
    kept_days: int
    number: str
    url: str


def signature_sheet_pdf(sheet: SignatureSheet, paper: Paper = Paper.A4, back: bool = False) -> bytes:
    """One sheet; with a `back`, further rows on a second page. Raises `Unprintable` as all prints do."""
    return signature_sheets_pdf((sheet,), paper, back)


def signature_sheets_pdf(sheets: Sequence[SignatureSheet], paper: Paper = Paper.A4, back: bool = False) -> bytes:
    """Sheets of one action in one file, alike but for their numbers."""
    return pull(fitted(sheets, paper, back))


def fitted(sheets: Sequence[SignatureSheet], paper: Paper, back: bool = False) -> Laid:
    """The sheets laid out, in the largest type that leaves room for enough rows."""
    first = sheets[0]
    for fit in _FITS:
        bare = lay_out(signature_sheets_html([first], paper, fit=fit), first.locale)
        free = ROOM[paper] - _used(bare) - _SPARE
        rows = min(MOST_ROWS, int(free / (ROW + _LINE)))
        if rows >= ENOUGH_ROWS or fit == _FITS[-1]:
            break
    rows = max(rows, FEWEST_ROWS)
    high = round(min(TALLEST_ROW, max(ROW, free / rows - _LINE)), 2)
    return lay_out(signature_sheets_html(sheets, paper, rows, high, fit, back), first.locale)


def signature_sheets_html(
    sheets: Sequence[SignatureSheet],
    paper: Paper = Paper.A4,
    rows: int = 0,
    high: float = ROW,
    fit: int = 0,
    back: bool = False,
) -> str:
    """The sheets as HTML: so many rows on each front, so many millimetres `high`, in one of the sizes of type."""
    first = sheets[0]
    more = int((ROOM[paper] - _HEAD_OF_BACK) / (ROW + _LINE)) if back else 0
    return set_in_type(
        "signature_sheet.html",
        first.locale,
        {
            "sheet": first,
            "title": one_line(first.title),
            "numbered": [(it.number, _qr(it)) for it in sheets],
            "asked": [[(part, direction_of(part)) for part in map(one_line, filter(None, it))] for it in first.asked],
            "demands": [one_line(it) for it in first.demands],
            "address": [(it, direction_of(it)) for it in map(one_line, first.address)],
            "site": one_line(first.url.partition("://")[2].partition("/sheets/")[0]),
            "paper": paper.value,
            "fit": fit,
            "high": str(high),
            "least": str(ROW),
            "rows": range(1, rows + 1),
            "more_rows": range(rows + 1, rows + more + 1),
            "kept": language.ngettext(
                first.locale,
                "We delete our copy %(n)s day after the action ends.",
                "We delete our copy %(n)s days after the action ends.",
                first.kept_days,
            ),
        },
    )


def numbered(sheet: SignatureSheet, numbers: Sequence[str], url: str) -> list[SignatureSheet]:
    """The same sheet under each of these numbers; `url` is where codes lead, up to the number."""
    return [replace(sheet, number=number, url=f"{url}/{number}") for number in numbers]


def _used(laid: Laid) -> float:
    """Millimetres that are taken of the one page; more than there are if it takes more."""
    page = laid.document.pages[0]._page_box
    body = page.children[0]  # the others stand in the margins
    lowest = max((it.position_y + it.margin_height() for it in body.descendants() if it.is_in_normal_flow()), default=0)
    return float(lowest - page.content_box_y()) * 25.4 / 96 + (laid.pages - 1) * ROOM[Paper.A4]


def _qr(sheet: SignatureSheet) -> str:
    return qr_svg(sheet.url, language.gettext(sheet.locale, "QR code: %(address)s", address=sheet.url))
