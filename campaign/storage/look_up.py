"""The look-up key of a database: under it lie all keyed hashes, and with them the rule that one address signs once."""

from __future__ import annotations

import base64

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from campaign.errors import Incomplete
from campaign.storage.encrypted_columns import LOOK_UP_KEY
from campaign.storage.tables import LookUpKey
from campaign.storage.vault import Unreadable, Vault, number_of


def look_up_key(session: Session, vault: Vault) -> bytes | None:
    """The look-up key of this database; None if it has none of its own yet.

    Raises `Incomplete` if no given key opens it: hashes under another would let everyone sign twice.
    """
    try:
        encrypted = session.scalar(select(LookUpKey.encrypted).where(LookUpKey.id == 1))
    except DatabaseError:  # a database that is not set up yet
        return None
    if encrypted is None:
        return None
    try:
        return base64.b64decode(vault.decrypt(encrypted, LOOK_UP_KEY, 1))
    except Unreadable:
        raise Incomplete(
            "CAMPAIGN_DATA_KEYS does not hold key %(number)s, under which the look-up key of this database lies. "
            "Put it back.",
            number=number_of(encrypted) or "?",
        ) from None
