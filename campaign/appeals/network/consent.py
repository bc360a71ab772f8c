"""What people are told before they join the network. Each wording that was agreed to is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.appeals.signing import agreements
from campaign.language import LANGUAGES, ORIGINAL, gettext
from campaign.storage.tables import NetworkConsent


def wording(locale: str) -> str:
    """The sentences beside the button, in the reader's language: true of what is kept and of what goes out."""
    return gettext(
        locale if locale in LANGUAGES else ORIGINAL,
        "We use your e-mail address only to send you the urgent actions you asked for. We keep it, encrypted, until "
        "you leave. You can leave at any time from each e-mail, and we then delete your address and your choices at "
        "once.",
    )


def agreed(session: Session, locale: str, now: datetime) -> int:
    """The id of the wording in force in a language."""
    spoken = locale if locale in LANGUAGES else ORIGINAL
    return agreements.kept(session, NetworkConsent, spoken, wording(spoken), now)
