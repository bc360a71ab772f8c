"""By which tagged link somebody came to sign: kept beside what is pending, and cut off from it once it is confirmed."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.storage import guarded
from campaign.storage.tables import Signature, Visit
from campaign.vocabulary import SignatureStatus

_TAG = re.compile(r"[a-z0-9-]{1,10}")


def tag(written: str | None) -> str:
    """The tag that an address or a form names: at most ten of a-z, 0-9 and "-". Anything else is none, ""."""
    typed = (written or "").lower()
    return typed if _TAG.fullmatch(typed) else ""


def keep(session: Session, action_id: int, signature_id: int, via: str, locale: str) -> None:
    """Remember the tag of a pending signature, until it is confirmed or ends."""
    session.add(Visit(action_id=action_id, signature_id=signature_id, tag=via, locale=locale))


def confirmed(session: Session, signature_id: int, day: date) -> None:
    """What is confirmed is counted on its day; from now on nothing says whose visit it was."""
    guarded.change(session, Visit, Visit.signature_id == signature_id, signature_id=None, day=day)


def forget(session: Session, signature_id: int) -> None:
    """What is not confirmed leaves no trace."""
    guarded.remove(session, Visit, Visit.signature_id == signature_id)


def forget_ended(session: Session) -> int:
    """The same of all that is pending no more, whoever ended it."""
    pending = select(Signature.id).where(
        Signature.id == Visit.signature_id, Signature.status == SignatureStatus.PENDING
    )
    return guarded.remove(session, Visit, Visit.signature_id.is_not(None), ~pending.correlate(Visit).exists())
