"""The names that their owners let everyone see."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.storage import Vault
from campaign.storage.tables import Signature
from campaign.vocabulary import Disclosure, SignatureStatus

SHOWN = 12


def latest(session: Session, vault: Vault, action_id: int, most: int = SHOWN) -> tuple[str, ...]:
    """The latest public names of one action, newest first."""
    found = session.scalars(
        select(Signature.name)
        .where(
            Signature.action_id == action_id,
            Signature.status == SignatureStatus.CONFIRMED,
            Signature.disclosure == Disclosure.PUBLIC,
            Signature.name.is_not(None),
        )
        .order_by(Signature.confirmed_at.desc())
        .limit(most)
    ).all()
    return tuple(vault.unseal(it) for it in found if it is not None)
