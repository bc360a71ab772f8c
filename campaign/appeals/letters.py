"""A supporter's letter to one official: from the model, or in their own words. Rendered and forgotten."""

from __future__ import annotations

import re
from datetime import date

from markupsafe import Markup

from campaign.errors import Unknown
from campaign.language import ORIGINAL, country_name
from campaign.printing.addressee import Addressee
from campaign.printing.letter import LetterSheet
from campaign.publication.values import PublicAction, PublicRecipient

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
    recipient = _recipient(action, official)
    wanted = (locale,) if locale else (action.locale, action.original_locale, *action.locales)
    letter = next(filter(None, (action.letter(it, recipient.n) for it in wanted)), None)
    if letter is None:
        raise Unknown("There is no model letter to this official in that language.")
    paragraphs: tuple[str | Markup, ...] = letter.paragraphs
    if own_words:
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
        subject=None,
    )


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


def _recipient(action: PublicAction, official: int | None) -> PublicRecipient:
    found = action.recipient(official) if official is not None else next(iter(action.asked), None)
    if found is None:
        raise Unknown("This action has no such recipient.")
    return found
