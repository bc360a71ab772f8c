"""A room, and an admin who adds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from campaign.office.audit import Actor
from campaign.office.webhooks import registry
from campaign.office.webhooks.registry import HEARD, Wanted
from campaign.storage import Storage
from campaign.vocabulary import OfficeEvent
from tests import made
from tests.office.webhooks.rooms import Room, room

NOOR = Actor(None, "Noor")
Added = Callable[..., int]


@pytest.fixture
def elsewhere() -> Iterator[Room]:
    with room() as opened:
        yield opened


@pytest.fixture
def added(storage: Storage, elsewhere: Room) -> Added:
    """Add the room as a webhook."""

    def add(name: str = "Team", hears: tuple[OfficeEvent, ...] = tuple(HEARD), locale: str = "en") -> int:
        with storage.writing() as session:
            wanted = Wanted(name, elsewhere.address, hears, locale)
            return registry.add(session, storage.vault, NOOR, wanted, "jsons", made.NOON)

    return add
