"""Envelopes: the official's address where sorting machines look for it, and room for the stamp."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.printing.engine.text import direction_of, one_line

# So many lines of about so many letters stand in ordinary type; more, or longer ones, are set smaller.
_LINES, _LETTERS = 6, 38
_MOST_SENDER_LINES = 6


class Envelope(StrEnum):
    """Sizes of envelopes: DL holds A4 folded in three, C5 folded in two; No. 10 holds US Letter folded in three."""

    DL = "dl"
    C5 = "c5"
    NO_10 = "no10"


@dataclass(frozen=True)
class EnvelopeSheet:
    """An envelope as it is to be printed. `sender` is what the writer wants in the corner: nothing, or their lines.
    `locale` is the language of the letter in it."""

    locale: str
    addressee: Addressee
    sender: tuple[str, ...] = ()


def envelopes_pdf(sheets: Iterable[EnvelopeSheet], envelope: Envelope) -> bytes:
    """One PDF of all envelopes. Raises `Unprintable` naming a script that no installed font has."""
    return pull(*(lay_out(envelope_html(it, envelope), it.locale) for it in sheets))


def envelope_html(sheet: EnvelopeSheet, envelope: Envelope) -> str:
    """The envelope as HTML."""
    lines = sheet.addressee.postal_lines
    sender = tuple(filter(None, map(one_line, sheet.sender)))[:_MOST_SENDER_LINES]
    return set_in_type(
        "envelope.html",
        sheet.locale,
        {
            "title": language.gettext(sheet.locale, "Envelope to %(official)s", official=next(iter(lines), "")),
            "envelope": envelope.value,
            "address": lines,
            "address_class": _size(lines),
            "address_dir": sheet.addressee.direction,
            "address_lang": sheet.locale if sheet.addressee.direction == "rtl" else "en",
            "sender": [(line, direction_of(line)) for line in sender],
        },
    )


def _size(lines: tuple[str, ...]) -> str:
    count = sum(1 + len(line) // _LETTERS for line in lines)
    if count <= _LINES:
        return ""
    return "long" if count <= _LINES + 2 else "longest"
