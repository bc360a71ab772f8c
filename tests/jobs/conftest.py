"""An installation with one open action, and its jobs."""

from __future__ import annotations

import pytest

from campaign.jobs.sweeps import Jobs
from campaign.settings import Settings
from campaign.storage import Storage
from tests import made


@pytest.fixture
def jobs(settings: Settings, storage: Storage) -> Jobs:
    """The jobs of an installation with one open action."""
    with storage.writing() as session:
        made.action(session)
    return Jobs(settings, storage)
