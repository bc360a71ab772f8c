"""What a machine that watches this one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, text

from campaign import migrations
from campaign.settings import Settings
from campaign.storage.tables import SchemaState
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


@pytest.mark.parametrize(("serves_from", "status"), [(migrations.head(), 200), ("9998", 503), (None, 503)])
def test_a_node_of_before_stays_ready_while_the_newer_schema_serves_it(
    settings: Settings, serves_from: str | None, status: int
) -> None:
    site = Site(settings)
    with site.storage.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.execute(delete(SchemaState))
        if serves_from:
            session.add(SchemaState(id=1, serves_from=serves_from))
    assert site.client.get("/readyz").status_code == status
    with site.storage.writing() as session:  # as it was, for the next test
        session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": migrations.head()})
        session.execute(delete(SchemaState))
    site.storage.dispose()
