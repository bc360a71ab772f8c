"""What people are told before they join the network. Each wording that was agreed to is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.language import LANGUAGES, ORIGINAL, gettext
from campaign.storage.tables import NetworkConsent
from campaign.storage.upsert import insert_or_leave


def wording(locale: str) -> str:
    """The sentences beside the button, in the reader's language: true of what is kept and of what goes out."""
    return gettext(
        locale if locale in LANGUAGES else ORIGINAL,
        "We use your e-mail address only to send you the urgent actions you asked for. We keep it, encrypted, until "
        "you leave. You can leave at any time from each e-mail, and we then delete your address and your choices at "
        "once.",
    )


def agreed(session: Session, locale: str, now: datetime) -> int:
    """The id of the wording in force in a language. One that is new is kept, as the next version, when it is first
    agreed to."""
    spoken = locale if locale in LANGUAGES else ORIGINAL
    text = wording(spoken)
    while True:
        newest = session.scalars(
            select(NetworkConsent)
            .where(NetworkConsent.locale == spoken)
            .order_by(NetworkConsent.version.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if newest is not None and newest.text == text:
            return newest.id
        version = newest.version + 1 if newest else 1
        # Two who agree at the same moment: the constraint lets one in, and the other finds it.
        made = insert_or_leave(session, NetworkConsent, locale=spoken, version=version, text=text, created_at=now)
        if made is not None:
            return made
