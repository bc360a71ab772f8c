"""What is stored under a link, and a signature book that has been made."""

from __future__ import annotations

from datetime import timedelta

from campaign.appeals.supporter import my_data
from campaign.appeals.supporter.my_data import Mine
from campaign.delivery import freezing
from campaign.publication.reading import published
from campaign.storage import Storage
from tests import made

SLUG = "renew-the-cards"


def mine(storage: Storage, reference: bytes | None) -> Mine:
    with storage.reading() as session:
        return my_data.mine(session, storage.vault, reference)


def frozen(storage: Storage) -> str:
    with storage.writing() as session:
        return freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON + timedelta(hours=2))
