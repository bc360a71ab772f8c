"""The action itself, printed: a bulletin in the order that activists know it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.printing.engine.qr import qr_svg
from campaign.printing.engine.text import one_line
from campaign.strip import Strip
from campaign.vocabulary import Paper, RecipientRole


@dataclass(frozen=True)
class Contact:
    """An official and every way to reach them."""

    addressee: Addressee
    role: RecipientRole = RecipientRole.TO
    emails: tuple[str, ...] = ()
    # Every other channel: what it is called, and an entry as people read it; what is dialled stands before e-mail.
    numbers: tuple[tuple[str, str], ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    salutation: str | None = None


@dataclass(frozen=True)
class ModelLetter:
    """The text to write from. Paragraphs as in a `LetterSheet`; `locale` is the letter's language."""

    locale: str
    salutation: str
    paragraphs: tuple[str | Markup, ...]
    close: str


@dataclass(frozen=True)
class PrintedFigure:
    """A number in words ("at least 1.4 million"), what it counts, and who said so when."""

    text: str
    label: str
    source: str
    as_of: date | None = None


@dataclass(frozen=True)
class BulletinSheet:
    """An action as it is to be printed. `kind` is a phrase ("further information"), `country` a name in words,
    `place` the one whose time the deadline is in, `subjects` are (name, pronoun or None), `background` is finished
    HTML, `url` the action's page.
    """

    locale: str
    organisation: str
    title: str
    country: str
    summary: str
    contacts: tuple[Contact, ...]
    number: str | None = None
    kind: str | None = None
    index_reference: str | None = None
    issued_on: date | None = None
    strip: Strip | None = None
    place: str | None = None
    demands: tuple[str, ...] = ()
    letter: ModelLetter | None = None
    background: Markup | None = None
    figures: tuple[PrintedFigure, ...] = ()
    languages: tuple[str, ...] = ()
    deadline: date | None = None
    after_deadline: str | None = None
    subjects: tuple[tuple[str, str | None], ...] = ()
    previous: str | None = None
    previous_url: str | None = None
    url: str | None = None


def bulletin_pdf(sheet: BulletinSheet, paper: Paper = Paper.A4) -> bytes:
    """The bulletin as PDF. Raises `Unprintable` naming a script that no installed font has."""
    return pull(lay_out(bulletin_html(sheet, paper), sheet.locale))


def bulletin_html(sheet: BulletinSheet, paper: Paper = Paper.A4) -> str:
    """The bulletin as HTML."""
    return set_in_type(
        "bulletin.html",
        sheet.locale,
        {
            "sheet": sheet,
            "strip": _timeless(sheet.strip) if sheet.strip else None,
            "qr": qr_svg(sheet.url, language.gettext(sheet.locale, "QR code: %(address)s", address=sheet.url))
            if sheet.url
            else None,
            "title": one_line(sheet.title),
            "paper": paper.value,
            "asked": [contact for contact in sheet.contacts if contact.role is RecipientRole.TO],
            "copied": [contact for contact in sheet.contacts if contact.role is RecipientRole.COPY],
            "letter_dir": language.direction(sheet.letter.locale) if sheet.letter else None,
            "footer": " · ".join(filter(None, (sheet.organisation, sheet.number, sheet.index_reference))),
        },
    )


def _timeless(strip: Strip) -> Strip:
    """The strip without a today: as it looked the day before the action began."""
    threats = [(threat.on, threat.caption) for threat in (*strip.earlier, *strip.threats, *strip.later)]
    return Strip.of(strip.issued_on, strip.deadline, strip.issued_on - timedelta(days=1), threats)
