"""Passkeys of organisers: a second factor that lies in a device, and that no page but ours can be given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.errors import Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault
from campaign.storage.tables import Passkey

# More than anyone has devices; without an end, one account could fill the table.
MOST = 20


def add(session: Session, vault: Vault, actor: Actor, passkey: Passkey, now: datetime) -> None:
    """Keep a new passkey of the actor. Raises `Refused` for one too many."""
    if len(of(session, passkey.organiser_id)) >= MOST:
        raise Refused("You already have %(most)s passkeys. Remove one first.", most=MOST)
    passkey.created_at = passkey.last_used_at = now
    session.add(passkey)
    session.flush()
    audit.record(session, vault, actor, "passkey added", _about(passkey), now, after={"name": passkey.name})


def remove(session: Session, vault: Vault, actor: Actor, credential_id: bytes, now: datetime) -> None:
    """Let a passkey open nothing any more."""
    passkey = session.scalars(select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()
    if passkey is not None:
        session.delete(passkey)
        audit.record(session, vault, actor, "passkey removed", _about(passkey), now, before={"name": passkey.name})


def forget(session: Session, organiser_id: int) -> int:
    """Remove all of somebody's passkeys, as part of having their second factor forgotten; returns how many."""
    gone = session.execute(delete(Passkey).where(Passkey.organiser_id == organiser_id).returning(Passkey.id))
    return len(gone.all())


def used(session: Session, credential_id: bytes, sign_count: int, backup_state: bool, now: datetime) -> None:
    """Note that it was used, and what its device counts: a copy of it would count otherwise."""
    values = {"sign_count": sign_count, "backup_state": backup_state, "last_used_at": now}
    session.execute(update(Passkey).where(Passkey.credential_id == credential_id).values(**values))


def of(session: Session, organiser_id: int) -> Sequence[Passkey]:
    """Somebody's passkeys, the eldest first."""
    mine = select(Passkey).where(Passkey.organiser_id == organiser_id)
    return session.scalars(mine.order_by(Passkey.id)).all()


def _about(passkey: Passkey) -> About:
    return About("organiser", passkey.organiser_id)
