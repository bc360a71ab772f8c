"""What an organiser had typed when their sign-in ended: kept for an hour, encrypted, for their account alone.

Whose it is says the form itself, which was drawn for one account: not who sits there when it comes. It is read by that
account once it has signed in again, and by no other.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.errors import Unknown
from campaign.storage import Vault
from campaign.storage.encrypted_columns import KEPT_FORM
from campaign.storage.tables import KeptForm, Organiser

LIFE = timedelta(hours=1)
# Of one account at a time; an older one gives way.
MOST = 10


@dataclass(frozen=True)
class Sent:
    """A form as it came: the path that it was sent to, and its fields in their order, without files."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(session: Session, vault: Vault, organiser_id: int, sent: Sent, now: datetime) -> bytes | None:
    """Keep a form for an account; returns by what it is found (16 random bytes), None if there is no such account."""
    if session.scalar(select(Organiser.id).where(Organiser.id == organiser_id)) is None:
        return None
    forget(session, now)
    mine = select(KeptForm.id).where(KeptForm.organiser_id == organiser_id)
    older = session.scalars(mine.order_by(KeptForm.expires_at.desc()).offset(MOST - 1)).all()
    session.execute(delete(KeptForm).where(KeptForm.id.in_(older)))
    reference = secrets.token_bytes(16)
    content = json.dumps({"path": sent.path, "fields": sent.fields}, ensure_ascii=False)
    session.add(
        KeptForm(
            id=reference,
            organiser_id=organiser_id,
            content=vault.encrypt(content, KEPT_FORM, reference),
            expires_at=now + LIFE,
        )
    )
    session.flush()
    return reference


def read(session: Session, vault: Vault, organiser_id: int, reference: bytes, now: datetime) -> Sent:
    """A form of one's own. Raises `Unknown` for another's, and for what is over."""
    found = session.scalar(
        select(KeptForm.content).where(
            KeptForm.id == reference, KeptForm.organiser_id == organiser_id, KeptForm.expires_at > now
        )
    )
    if found is None:
        raise Unknown("There is nothing kept for you at this address. What you typed is kept for one hour.")
    content = json.loads(vault.decrypt(found, KEPT_FORM, reference))
    return Sent(content["path"], tuple((name, value) for name, value in content["fields"]))


def drop(session: Session, organiser_id: int, reference: bytes) -> None:
    """Throw a form of one's own away: it was sent, or is not wanted."""
    session.execute(delete(KeptForm).where(KeptForm.id == reference, KeptForm.organiser_id == organiser_id))


def forget(session: Session, now: datetime) -> None:
    """Delete what is over."""
    session.execute(delete(KeptForm).where(KeptForm.expires_at <= now))
