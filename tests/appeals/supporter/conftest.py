"""A signature, confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage import Storage
from campaign.storage.tables import Signature
from tests import made


@pytest.fixture
def reference(storage: Storage) -> bytes:
    """The reference of Ada's confirmed signature, with words, in Urdu, with updates."""
    wish = made.wish(message="Please.", locale="ur", updates=True)
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", wish, made.NOON)
        reference = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, storage.vault, reference, made.NOON + timedelta(hours=1))
    return reference
