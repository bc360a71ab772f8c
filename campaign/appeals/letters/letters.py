"""A supporter's letter to an official: from the model, or in their own words. Rendered and forgotten."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from markupsafe import Markup

from campaign import clock
from campaign.errors import Unknown
from campaign.language import ORIGINAL, country_name
from campaign.printing.addressee import Addressee
from campaign.printing.sheets.letter import LetterSheet
from campaign.publication.values import PublicAction, PublicLetter, PublicRecipient

_BLANK_LINE = re.compile(r"\n\s*\n")


def sheet(
    action: PublicAction,
    day: date,
    official: int | None = None,
    locale: str | None = None,
    name: str | None = None,
    place: str | None = None,
    own_words: str | None = None,
) -> LetterSheet:
    """The letter as it will be printed.

    `official` is the recipient's number, by default the first who is asked to act; `locale` the letter's
    language, by default that of the action's text, else its original. Raises `Unknown` if there is no such
    recipient, or no model letter in that language.
    """
    recipient, letter = model(action, official, locale)
    return _sheet(action, day, recipient, letter, name, place, own_words)


def sheets(
    action: PublicAction,
    day: date,
    locale: str | None = None,
    name: str | None = None,
    place: str | None = None,
    own_words: str | None = None,
) -> tuple[LetterSheet, ...]:
    """A letter to each recipient that there is a model for in the language, those who are asked to act first.

    Raises `Unknown` as `sheet` does.
    """
    _, first = model(action, None, locale)
    pairs = [(it, action.letter(first.locale, it.n)) for it in action.recipients]
    models = [(recipient, letter) for recipient, letter in pairs if letter is not None]
    if any(_same(own_words, letter.text) for _, letter in models):
        own_words = None  # the model as it was shown: each official then gets the one written for them
    asked_first = sorted(models, key=lambda it: it[0] not in action.asked)
    return tuple(_sheet(action, day, recipient, letter, name, place, own_words) for recipient, letter in asked_first)


def written_on(told: str | None, now: datetime, zone: str) -> date:
    """The day that a letter carries: its writer's, as their browser told it (ISO 8601), else the one in `zone`.

    What is today nowhere on earth is nobody's day.
    """
    days = {clock.local_day(now, place) for place in ("Etc/GMT+12", "UTC", "Pacific/Kiritimati")}
    try:
        day = date.fromisoformat(told or "")
    except ValueError:
        return clock.local_day(now, zone)
    return day if day in days else clock.local_day(now, zone)


def model(action: PublicAction, official: int | None, locale: str | None) -> tuple[PublicRecipient, PublicLetter]:
    """To whom, and the letter to start from. Raises `Unknown` as `sheet` does."""
    recipient = _recipient(action, official)
    wanted = (locale,) if locale else (action.locale, action.original_locale, *action.locales)
    letter = next(filter(None, (action.letter(it, recipient.n) for it in wanted)), None)
    if letter is None:
        raise Unknown("There is no sample letter to this official in that language.")
    return recipient, letter


def addressee(recipient: PublicRecipient) -> Addressee:
    """Who stands in the window of the envelope."""
    return Addressee(
        name=recipient.name or "",
        title=recipient.title,
        office=recipient.postal_office,
        address=recipient.address,
        # In English: it is read by the sender's own post office, not by the official.
        country=country_name(recipient.country, ORIGINAL) if recipient.country else None,
    )


def _sheet(
    action: PublicAction,
    day: date,
    recipient: PublicRecipient,
    letter: PublicLetter,
    name: str | None,
    place: str | None,
    own_words: str | None,
) -> LetterSheet:
    paragraphs: tuple[str | Markup, ...] = letter.paragraphs
    if own_words and not _same(own_words, letter.text):
        paragraphs = tuple(it.strip() for it in _BLANK_LINE.split(own_words) if it.strip())
    return LetterSheet(
        locale=letter.locale,
        day=day,
        addressee=addressee(recipient),
        salutation=letter.salutation,
        paragraphs=paragraphs,
        close=letter.close,
        sender_name=name or None,
        sender_place=place or None,
        # What an office files a letter under, with the case's own number: letters on one case are found together.
        subject=action.title if letter.locale == action.locale else None,
        reference=action.number,
    )


def _same(written: str | None, text: str) -> bool:
    """Whether a form came back with the model in it untouched: browsers change line ends, and no words."""
    return written is not None and _as_sent(written) == _as_sent(text)


def _as_sent(text: str) -> str:
    return "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", text).splitlines()).strip()


def _recipient(action: PublicAction, official: int | None) -> PublicRecipient:
    found = action.recipient(official) if official is not None else next(iter(action.asked), None)
    if found is None:
        raise Unknown("This action is not addressed to this official.")
    return found
