"""Installations that really serve; whatever of them is left after a test is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from campaign.settings import Settings
from campaign.storage import Storage
from tests import made
from tests.faults.served import Served


@pytest.fixture
def serving() -> Iterator[Callable[..., Served]]:
    """Makes installations that can serve."""
    opened: list[Served] = []

    def serve(settings: Settings, **options: bool) -> Served:
        opened.append(Served(settings, **options))
        return opened[-1]

    yield serve
    for each in opened:
        each.kill()


@pytest.fixture
def served(on_sqlite: Settings, serving: Callable[..., Served]) -> Served:
    """One on SQLite that serves, with one open action."""
    storage = Storage(on_sqlite)
    with storage.writing() as session:
        made.action(session)
    storage.dispose()
    started = serving(on_sqlite)
    started.start()
    return started
