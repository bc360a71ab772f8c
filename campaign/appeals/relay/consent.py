"""What supporters are told before the system sends a letter for them. Each wording that was agreed to is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.appeals.signing import agreements
from campaign.language import LANGUAGES, ORIGINAL, gettext
from campaign.storage.tables import LetterConsent


def wording(locale: str) -> str:
    """The sentences that stand beside the button, in the reader's language: true of what forwarding does."""
    return gettext(
        locale if locale in LANGUAGES else ORIGINAL,
        "We send this letter from our own address, at a time of day when the office is open. The official sees your "
        "name, your country and your e-mail address, and replies go to you. Until it is sent, you can withdraw it on "
        "“My signature”. Once an official has read it, you cannot take it back. If it could put you or your family at "
        "risk that the official knows who you are, do not send it.",
    )


def agreed(session: Session, locale: str, now: datetime) -> int:
    """The id of the wording in force in a language."""
    spoken = locale if locale in LANGUAGES else ORIGINAL
    return agreements.kept(session, LetterConsent, spoken, wording(spoken), now)
