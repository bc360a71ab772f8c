"""A supporter's letter to an official: one page if it can be, the address in the envelope's window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.engine.pdf import Laid, lay_out, pull, set_in_type
from campaign.printing.engine.text import direction_of, one_line
from campaign.vocabulary import Paper

# Smaller sizes of type, down to the smallest that is pleasant to read, each with the most pages of ordinary type that
# it can bring onto one. Measured, with some room: the second brings 1.2 pages of English and 1.4 of Urdu.
SMALLER = ((1, 1.3), (2, 1.5))
# The window holds this many lines of about this many letters in ordinary type; smaller type holds more.
_WINDOW_LINES, _WINDOW_LETTERS = 8, 40
# What stands above the date without reaching into the window.
_RETURN_LINES, _RETURN_LETTERS = 6, 60
# A name that is longer would take the head of a page from the day and the number.
_RUNNING_LETTERS = 42
# Stand for numbers that only the layout knows, in a sentence that is translated.
_PAGE, _OF = "\ue000", "\ue001"


@dataclass(frozen=True)
class LetterSheet:
    """A letter as it is to be printed. A paragraph given as `Markup` is a whole block (`<p>…</p>`, `<ul>…</ul>`), as
    `campaign.prose.paragraphs_html` makes it; one given as `str` is its text. Without a name or place, lines to
    write them by hand are printed. `reference` is the case's own number, which an office files a letter under;
    `return_address` what the writer wants above the date: nothing, or their lines.
    """

    locale: str
    day: date
    addressee: Addressee
    salutation: str
    paragraphs: tuple[str | Markup, ...]
    close: str
    sender_name: str | None = None
    sender_place: str | None = None
    subject: str | None = None
    reference: str | None = None
    return_address: tuple[str, ...] = ()

    @property
    def subject_line(self) -> str:
        """What the letter is about and the number an office files it under; empty if neither is given."""
        return " — ".join(filter(None, map(one_line, (self.subject or "", self.reference or ""))))

    @property
    def return_lines(self) -> tuple[str, ...]:
        """Where the writer wants to be answered, as far as there is room above the date."""
        lines = filter(None, map(one_line, self.return_address))
        return tuple(line[:_RETURN_LETTERS] for line in lines)[:_RETURN_LINES]


def letter_pdf(sheet: LetterSheet, paper: Paper) -> bytes:
    """The letter as PDF. Raises `Unprintable` naming a script that no installed font has."""
    return pull(fitted(sheet, paper))


def letter_pages(sheet: LetterSheet, paper: Paper) -> int:
    """How many pages the letter takes. Raises as `letter_pdf` does."""
    return fitted(sheet, paper).pages


def letter_html(sheet: LetterSheet, paper: Paper, fit: int = 0) -> str:
    """The letter as HTML in one of the sizes of type."""
    lines = sheet.addressee.postal_lines
    return set_in_type(
        "letter.html",
        sheet.locale,
        {
            "title": one_line(sheet.subject or "") or _title(sheet),
            "author": one_line(sheet.sender_name or ""),
            "created": sheet.day.isoformat(),
            "running": _running_head(sheet),
            "return_address": [(line, direction_of(line)) for line in sheet.return_lines],
            "paper": paper.value,
            "fit": fit,
            "day": language.day(sheet.day, sheet.locale),
            "address": lines,
            "address_class": _address_class(lines),
            "address_dir": sheet.addressee.direction,
            # The address keeps the language its script is most often written in here: it decides the face.
            "address_lang": sheet.locale if sheet.addressee.direction == "rtl" else "en",
            "subject": one_line(sheet.subject or ""),
            "reference": one_line(sheet.reference or ""),
            "salutation": one_line(sheet.salutation),
            "body": [_block(paragraph) for paragraph in sheet.paragraphs],
            "close": one_line(sheet.close),
            "sender_name": one_line(sheet.sender_name or ""),
            "sender_name_dir": direction_of(sheet.sender_name or "", language.direction(sheet.locale)),
            "sender_place": one_line(sheet.sender_place or ""),
            "sender_place_dir": direction_of(sheet.sender_place or "", language.direction(sheet.locale)),
        },
    )


def fitted(sheet: LetterSheet, paper: Paper) -> Laid:
    """The letter in the largest type that takes one page; a letter too long for that in ordinary type."""
    ordinary = lay_out(letter_html(sheet, paper), sheet.locale)
    return brought_onto_one_page(sheet, paper, ordinary) or ordinary


def brought_onto_one_page(sheet: LetterSheet, paper: Paper, ordinary: Laid) -> Laid | None:
    """The letter in the largest smaller type that takes one page; None if it takes one already, or never will.

    A layout is what a letter costs: none is made of a size that cannot save enough.
    """
    if ordinary.pages == 1:
        return None
    long = used(ordinary)
    tried = (lay_out(letter_html(sheet, paper, fit), sheet.locale) for fit, most in SMALLER if long <= most)
    return next((it for it in tried if it.pages == 1), None)


def used(laid: Laid) -> float:
    """How many pages are filled: 1.25 is one and a quarter of the room between the margins of a second."""
    page = laid.document.pages[-1]._page_box
    lowest = max((it.position_y + it.height for it in page.descendants() if hasattr(it, "text")), default=0.0)
    return laid.pages - 1 + float(max(0.0, min(1.0, (lowest - page.content_box_y()) / page.height)))


def _title(sheet: LetterSheet) -> str:
    to = next(iter(sheet.addressee.lines), "")
    return language.gettext(sheet.locale, "Letter to %(official)s", official=to)


def _running_head(sheet: LetterSheet) -> tuple[str, tuple[str, str, str]]:
    """What stands above the second page and all others: to whom, from whom and of which day; and what stands before,
    between and after the numbers of "2 of 3"."""
    to, by = (_shortened(name) for name in (next(iter(sheet.addressee.lines), ""), one_line(sheet.sender_name or "")))
    head = " · ".join(filter(None, (to, by, language.day(sheet.day, sheet.locale))))
    numbers = language.gettext(sheet.locale, "%(n)s of %(of)s", n=_PAGE, of=_OF)
    before, _, others = numbers.partition(_PAGE)
    between, _, after = others.partition(_OF)
    return head, (before, between, after)


def _shortened(name: str) -> str:
    return name if len(name) <= _RUNNING_LETTERS else name[: _RUNNING_LETTERS - 1].rstrip() + "…"


def _block(paragraph: str | Markup) -> Markup:
    if isinstance(paragraph, Markup):
        return paragraph
    lines = (one_line(line) for line in paragraph.strip().split("\n"))
    return Markup("<p>{}</p>").format(Markup("<br>").join(lines))


def _address_class(lines: Iterable[str]) -> str:
    """Which of the window's sizes of type holds the address: a long line takes two."""
    count = sum(1 + len(line) // _WINDOW_LETTERS for line in lines)
    if count <= _WINDOW_LINES:
        return ""
    return "long" if count <= _WINDOW_LINES + 3 else "longest"
