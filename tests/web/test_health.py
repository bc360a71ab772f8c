"""What a machine that watches this one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.settings import Settings
from tests.conftest import Site, settings_for

pytestmark = pytest.mark.databases


def test_a_place_that_works_is_ready(settings: Settings) -> None:
    site = Site(settings)
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        answer = site.client.get(path)
        assert (answer.status_code, answer.get_json()) == (200, {"status": status})
    site.storage.dispose()


def test_a_place_without_its_tables_answers_but_is_not_ready(tmp_path: Path) -> None:
    site = Site(settings_for(tmp_path))
    assert site.client.get("/healthz").status_code == 200
    answer = site.client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "not ready"})
    site.storage.dispose()
