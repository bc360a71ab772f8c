"""What stands before and after the names in a volume: letter, contents, appeal, totals; how it was all verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TypeVar

from markupsafe import Markup

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.book.volumes import Plan, Section, Volume
from campaign.printing.engine.fonts import scripts_of
from campaign.printing.engine.pdf import Laid, lay_out, set_in_type
from campaign.printing.engine.qr import qr_svg
from campaign.printing.engine.text import one_line
from campaign.vocabulary import Paper

It = TypeVar("It")

# A table of days longer than this is told by months: it is there to be read.
_MOST_DAYS = 62
# Numbers of names with letters that no font has: more than these stand in the attached data alone.
_MOST_NUMBERS = 100
_ROWS = 38  # of the table of countries, on a page
_DAY_COLUMNS, _COUNTRY_COLUMNS = 3, 2


@dataclass(frozen=True)
class PaperSheet:
    """A signature sheet that came back on paper: its number or what a bundle is called, the country in words, how many
    signed it, and their names as far as they were typed in."""

    number: str
    country: str
    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignedAppeal:
    """One of several texts that people signed, before and after a correction. `notes` are sentences about it."""

    heading: str
    title: str
    summary: str
    demands: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class DossierSheet:
    """A frozen dossier as it is to be printed, but for its names and words.

    `totals` are (country, named, withheld) in the order to print; `by_day` are (day, signatures) in order;
    `frozen_at` is aware. `verification_url` goes into the QR code. `tree` is how many entries the tree of proofs
    has, and its root in hexadecimal. `audit` is the last event of the office's record of changes at the freeze, and the
    link that stands for all up to it, in hexadecimal.
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
    how_verified: tuple[str, ...]
    by_day: tuple[tuple[date, int], ...] = ()
    paper: tuple[PaperSheet, ...] = ()
    paper_size: Paper = Paper.A4
    tree: tuple[int, str] | None = None
    organisation_address: tuple[str, ...] = ()
    texts: tuple[SignedAppeal, ...] = ()  # empty where all signed the same
    audit: tuple[int, str] | None = None

    @property
    def on_paper(self) -> int:
        """How many signed on paper, counted apart."""
        return sum(paper.count for paper in self.paper)


def front(sheet: DossierSheet, plan: Plan, volume: Volume) -> Laid:
    """What a volume opens with: the first with the letter, the appeal and the totals, each with the contents."""
    template = "dossier-front.html" if volume.number == 1 else "dossier-later.html"
    days, by_month = _days(sheet)
    return _part(
        template,
        sheet,
        plan,
        volume,
        qr=_qr(sheet),
        bars=_bars(sheet),
        days=_side_by_side(days, _DAY_COLUMNS),
        by_month=by_month,
        most=max((count for _, count in sheet.by_day), default=0),
        sections=_contents(sheet, plan, volume),
        openings=_side_by_side(plan.openings(Section.NAMES), _COUNTRY_COLUMNS),
        volumes=[(it, plan.numbers(it), plan.headings(it)) for it in plan.volumes],
    )


def likely_pages(sheet: DossierSheet) -> int:
    """How many pages stand before the names, most likely: whoever plans with that number lays out once, not twice.

    Cover, letter, contents and appeal; then totals from a left page on (the even one, or the odd one in a book that is
    read from the right), and days.
    """
    tables = -(-(len(sheet.totals) + 2) // _ROWS) + bool(sheet.by_day)
    return (4 if language.direction(sheet.locale) == "rtl" else 5) + tables


def back(sheet: DossierSheet, plan: Plan, volume: Volume) -> Laid:
    """What a volume closes with."""
    before = volume.pages - volume.back
    return _part("dossier-back.html", sheet, plan, volume, qr=_qr(sheet), before=before, boxes=_boxes(sheet, plan))


def _boxes(sheet: DossierSheet, plan: Plan) -> tuple[str, ...]:
    """What is said of letters that no font has; nothing where there are none."""
    if not plan.boxes:
        return ()
    scripts = ", ".join(scripts_of(plan.boxes, sheet.locale))
    said = [
        _(
            "Our computer has no font for these scripts or signs: %(scripts)s. Each such letter is printed as a box "
            "with its Unicode number.",
            sheet,
            scripts=scripts,
        )
    ]
    if len(plan.boxed) > _MOST_NUMBERS:
        said.append(
            language.ngettext(
                sheet.locale,
                "There is %(n)s name with such letters. Its number is in the data file in this PDF.",
                "There are %(n)s names with such letters. Their numbers are in the data file in this PDF.",
                len(plan.boxed),
            )
        )
    elif plan.boxed:
        listed = ", ".join(language.number(number, sheet.locale) for number in plan.boxed)
        said.append(_("The names with such letters have these numbers: %(numbers)s.", sheet, numbers=listed))
    return tuple(said)


def titles(sheet: DossierSheet) -> Mapping[Section, str]:
    """The title of each section of set pages."""
    return {
        Section.NAMES: _("The names", sheet),
        Section.WORDS: _("In their own words", sheet),
        Section.PAPER: _("Signed on paper", sheet),
    }


def footer(sheet: DossierSheet, plan: Plan, volume: Volume) -> str:
    """What stands at the foot of every page."""
    parts = (sheet.action_number, _("signature book %(code)s", sheet, code=sheet.code), which(sheet, plan, volume))
    return " · ".join(filter(None, parts))


def which(sheet: DossierSheet, plan: Plan, volume: Volume) -> str | None:
    """Which volume of how many; None if there is one only."""
    if len(plan.volumes) == 1:
        return None
    n, of = (language.number(it, sheet.locale) for it in (volume.number, len(plan.volumes)))
    return _("volume %(n)s of %(of)s", sheet, n=n, of=of)


def numbers(pair: tuple[int, int], sheet: DossierSheet) -> str:
    """ "names 1 to 168"."""
    first, last = (language.number(it, sheet.locale) for it in pair)
    return _("names %(first)s to %(last)s", sheet, first=first, last=last)


def on_this_page(names: int, sheet: DossierSheet) -> str:
    """ "168 on this page"."""
    return language.ngettext(sheet.locale, "%(n)s on this page", "%(n)s on this page", names)


def paper_heading(paper: PaperSheet, sheet: DossierSheet) -> str:
    """ "Sheet 7Q4-2M9K · France · 12 signatures"."""
    count = language.ngettext(sheet.locale, "%(n)s signature", "%(n)s signatures", paper.count)
    return " · ".join((_("Sheet %(n)s", sheet, n=one_line(paper.number)), paper.country, count))


def names_elsewhere(paper: PaperSheet, sheet: DossierSheet) -> str | None:
    """What stands for the names that nobody has typed in; None if there are none."""
    if not paper.names:
        return _("names on the sheet itself", sheet)
    others = paper.count - len(paper.names)
    if others < 1:
        return None
    return language.ngettext(
        sheet.locale, "and %(n)s more name on the sheet itself", "and %(n)s more names on the sheet itself", others
    )


def _(sentence: str, sheet: DossierSheet, **values: object) -> str:
    """A sentence in the dossier's language."""
    return language.gettext(sheet.locale, sentence, **values)


def _part(template: str, sheet: DossierSheet, plan: Plan, volume: Volume, **values: object) -> Laid:
    title = one_line(sheet.title)
    html = set_in_type(
        template,
        sheet.locale,
        {
            "sheet": sheet,
            "title": title,
            "people": sheet.named + sheet.withheld,
            "created": f"{sheet.frozen_at:%Y-%m-%dT%H:%M:%SZ}",
            "frozen_day": language.day(sheet.frozen_at.date(), sheet.locale),
            "frozen_time": f"{language.time_of_day(sheet.frozen_at, sheet.locale)} UTC",
            "footer": footer(sheet, plan, volume),
            "volume": volume,
            "which": which(sheet, plan, volume),
            "numbers": _numbers(sheet, plan, volume),
            "total": volume.pages,
            **values,
        },
    )
    return lay_out(html, sheet.locale)


def _numbers(sheet: DossierSheet, plan: Plan, volume: Volume) -> str | None:
    pair = plan.numbers(volume)
    return numbers(pair, sheet) if pair else None


def _contents(sheet: DossierSheet, plan: Plan, volume: Volume) -> list[tuple[str, int]]:
    """(what, page) of the sections of this volume that are set; the template knows of its own parts."""
    return [(titles(sheet)[section], page) for section, page in plan.sections(volume)]


def _days(sheet: DossierSheet) -> tuple[tuple[tuple[str, int], ...], bool]:
    """(day or month in words, signatures), and whether it is months."""
    if len(sheet.by_day) <= _MOST_DAYS:
        return tuple((language.day(day, sheet.locale, "medium"), count) for day, count in sheet.by_day), False
    months = groupby(sheet.by_day, key=lambda it: it[0].replace(day=1))
    return tuple((language.day(first, sheet.locale, "MMMM y"), sum(n for _, n in days)) for first, days in months), True


def _side_by_side(rows: Sequence[It], columns: int) -> list[list[It | None]]:
    """Rows of a list that runs down the columns of a table: each row has one of each column, or None."""
    columns = min(columns, len(rows))
    high = -(-len(rows) // columns) if rows else 0
    return [[rows[y + x * high] if y + x * high < len(rows) else None for x in range(columns)] for y in range(high)]


def _qr(sheet: DossierSheet) -> Markup:
    # Behind the mark: it is not sent to us, and our page compares it with what it says itself.
    address = sheet.verification_url + (f"#{sheet.tree[0]}-{sheet.tree[1]}" if sheet.tree else "")
    return qr_svg(address, _("QR code: %(address)s", sheet, address=sheet.verification_url))


def _bars(sheet: DossierSheet) -> list[float]:
    """For each country, its share of the largest, in percent."""
    most = max((named + withheld for _, named, withheld in sheet.totals), default=0) or 1
    return [round(100 * (named + withheld) / most, 2) for _, named, withheld in sheet.totals]
