"""Figures for whoever watches an installation: behind a token, and with nothing of a person in them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from campaign import clock, create_app, job_runs
from campaign.appeals.signing.signing import sign
from campaign.job_runs import Runs
from campaign.jobs.sweeps import Jobs
from campaign.storage import Storage
from campaign.storage.tables import Message
from tests import made
from tests.conftest import settings_for

TOKEN = "a token of the tests"


def told(storage: Storage, home: Path, token: str | None = TOKEN, *visits: str) -> tuple[int, dict[str, float], str]:
    """Status, figures by name and labels, and the text, after some visits."""
    url = str(storage.engine.url.render_as_string(hide_password=False))
    client = create_app(settings_for(home, database_url=url, metrics_token=TOKEN)).test_client()
    for path in visits:
        client.get(path)
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})
    if answer.status_code != 200:
        return answer.status_code, {}, answer.text
    samples = [it for family in text_string_to_metric_families(answer.text) for it in family.samples]
    return (
        200,
        {it.name + "".join(f" {value}" for value in it.labels.values()): it.value for it in samples},
        answer.text,
    )


@pytest.mark.databases
def test_the_outbox_the_jobs_and_the_requests_are_told_without_a_word_of_anybody(
    storage: Storage, tmp_path: Path
) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish("ada@example.org", name="Ada Lovelace"), clock.now())
        session.execute(update(Message).values(created_at=clock.now() - timedelta(minutes=7)))
    runs = Runs(storage)
    runs.ended("count", 0.25)
    runs.failed("post")
    runs.note()
    visits = ("/en/actions/renew-the-cards", "/en/mine/somebodys-secret-link", "/nowhere")
    status, figures, text = told(storage, tmp_path, TOKEN, *visits)
    assert status == 200
    assert figures["campaign_outbox_messages"] == 1
    assert 420 <= figures["campaign_outbox_age_seconds"] < 480
    assert figures["campaign_job_seconds count"] == 0.25
    assert figures["campaign_job_age_seconds count"] < 60
    assert figures["campaign_job_failures_total post"] == 1
    assert figures["campaign_builds asked"] == 0
    assert figures["campaign_database_up"] == 1
    assert figures["campaign_requests_total GET /<locale:locale>/actions/<slug> 200"] == 1
    assert figures["campaign_requests_total GET none 404"] == 1
    for word in ("Ada", "example.org", "somebodys", "renew-the-cards", "nowhere"):
        assert word not in text


def test_without_the_token_there_is_no_such_page(storage: Storage, tmp_path: Path) -> None:
    for token in (None, "another token of theirs", ""):
        assert told(storage, tmp_path, token)[0] == 404
    assert create_app(settings_for(tmp_path)).test_client().get("/metrics").status_code == 404


def test_a_database_that_is_away_is_a_figure(storage: Storage, tmp_path: Path) -> None:
    away = settings_for(tmp_path, database_url="sqlite:////nowhere/at/all.db", metrics_token=TOKEN)
    answer = create_app(away).test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, "campaign_database_up 0.0" in answer.text) == (200, True)


@pytest.mark.databases
def test_what_ran_is_noted_once_a_minute_and_failures_add_up(storage: Storage, tmp_path: Path) -> None:
    first, second = Runs(storage), Runs(storage)  # of two machines
    for runs in (first, second):
        runs.failed("post")
        runs.ended("count", 1.0)
        runs.note()
        runs.note()
    with storage.reading() as session:
        assert [(it.name, it.failures) for it in job_runs.last_runs(session)] == [("count", 0), ("post", 2)]
    assert Jobs(settings_for(tmp_path), storage).count() == 0
