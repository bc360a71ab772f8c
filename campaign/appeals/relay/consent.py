"""What supporters are told before the system sends a letter for them. Each wording that was agreed to is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.language import LANGUAGES, ORIGINAL, gettext
from campaign.storage.tables import LetterConsent
from campaign.storage.upsert import insert_or_leave


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
    """The id of the wording in force in a language. One that is new is kept, as the next version, when it is first
    agreed to."""
    spoken = locale if locale in LANGUAGES else ORIGINAL
    text = wording(spoken)
    while True:
        newest = session.scalars(
            select(LetterConsent)
            .where(LetterConsent.locale == spoken)
            .order_by(LetterConsent.version.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if newest is not None and newest.text == text:
            return newest.id
        version = newest.version + 1 if newest else 1
        # Two who agree at the same moment: the constraint lets one in, and the other finds it.
        made = insert_or_leave(session, LetterConsent, locale=spoken, version=version, text=text, created_at=now)
        if made is not None:
            return made
