"""The worker tells rooms what they are owed, over a real connection; in the demonstration nothing leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from campaign import clock, owed
from campaign.jobs.sweeps import Jobs
from campaign.office.webhooks import notices, registry
from campaign.office.webhooks.registry import Wanted
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.engine import connect
from campaign.storage.tables import AuditEvent, Webhook
from campaign.vocabulary import OfficeEvent, WebhookOutcome
from tests import made
from tests.conftest import settings_for
from tests.office.webhooks.conftest import NOOR
from tests.office.webhooks.rooms import TOKEN, Room
from tests.web.conftest import Hour, hour

__all__ = ["hour"]

pytestmark = [pytest.mark.databases, pytest.mark.slow]


@pytest.fixture
def jobs(storage: Storage, settings: Settings, hour: Hour) -> Jobs:
    """A worker that may write to this machine itself."""
    hour.becomes(made.NOON)
    allowed = settings_for(settings.home, database_url=settings.database_url, webhooks_to_loopback=True)
    return Jobs(allowed, storage)


def tell(storage: Storage, *events: OfficeEvent) -> None:
    with storage.writing() as session:
        for event in events:
            notices.tell(session, event, None, clock.now())


def state(storage: Storage) -> Webhook:
    with storage.reading() as session:
        return session.scalars(select(Webhook)).one()


def test_a_room_is_told_once_and_then_nothing_is_owed(
    jobs: Jobs, storage: Storage, elsewhere: Room, added: Callable[..., int]
) -> None:
    added()
    assert "tell" not in jobs.owed()
    tell(storage, OfficeEvent.REVIEW, OfficeEvent.INCOMING)
    assert "tell" in jobs.owed()
    assert jobs.tell() == 1
    assert jobs.tell() == 0
    assert [it["message"] for it in elsewhere.heard] == [
        "2 things need somebody:\nA second person is needed.\nAn e-mail waits to be read.\n"
        "http://campaign.test/organise/"
    ]
    with storage.reading() as session:
        assert "tell" not in owed.sweeps(session, clock.now())


def test_each_room_is_told_in_its_language(
    jobs: Jobs, storage: Storage, elsewhere: Room, added: Callable[..., int]
) -> None:
    added(locale="fr")
    tell(storage, OfficeEvent.REVIEW)
    jobs.tell()
    (heard,) = elsewhere.heard
    assert heard["message"] == "Il faut une seconde personne.\nhttp://campaign.test/organise/"


def test_a_test_is_told_and_its_outcome_kept(
    jobs: Jobs, storage: Storage, elsewhere: Room, added: Callable[..., int]
) -> None:
    number = added(hears=(OfficeEvent.HELD,))
    with storage.writing() as session:
        for _ in range(3):
            registry.try_out(session, storage.vault, NOOR, number, clock.now())
    assert jobs.tell() == 1
    assert [it["message"].splitlines()[0] for it in elsewhere.heard] == ["This is a test. Nobody has to do anything."]
    assert (state(storage).outcome, state(storage).status_code) == (WebhookOutcome.DELIVERED, 200)


def test_a_server_in_trouble_is_asked_again_later_and_told_all_at_once(
    jobs: Jobs, storage: Storage, elsewhere: Room, added: Callable[..., int], hour: Hour
) -> None:
    added()
    elsewhere.answers = 500
    tell(storage, OfficeEvent.REVIEW)
    assert jobs.tell() == 1
    assert (state(storage).outcome, state(storage).status_code) == (WebhookOutcome.REFUSED, 500)
    tell(storage, OfficeEvent.HELD)
    elsewhere.answers = 200
    assert jobs.tell() == 0
    hour.passes(minutes=1)
    assert jobs.tell() == 1
    assert elsewhere.heard[-1]["message"].startswith("2 things need somebody:")
    assert state(storage).failing_since is None


def test_in_the_demonstration_nothing_leaves_and_the_page_says_so(
    storage: Storage, settings: Settings, elsewhere: Room, added: Callable[..., int], hour: Hour
) -> None:
    hour.becomes(made.NOON)
    added()
    tell(storage, OfficeEvent.REVIEW)
    assert Jobs(settings, storage).tell() == 1
    assert elsewhere.heard == []
    assert state(storage).outcome is WebhookOutcome.NOT_SENT


def test_in_live_mode_no_room_on_this_machine_is_written_to(
    storage: Storage, settings: Settings, elsewhere: Room, added: Callable[..., int], hour: Hour
) -> None:
    hour.becomes(made.NOON)
    live = settings_for(
        settings.home, database_url=settings.database_url, mode="live", mail_url="smtp://127.0.0.1:1",
        base_url="https://campaign.test",
    )  # fmt: skip
    with storage.writing() as session:
        address = elsewhere.address.replace("json:", "jsons:")
        wanted = Wanted("Team", address, (OfficeEvent.REVIEW,), "en")
        registry.add(session, storage.vault, NOOR, wanted, "jsons", made.NOON)
    tell(storage, OfficeEvent.REVIEW)
    assert Jobs(live, storage).tell() == 1
    assert elsewhere.heard == []
    assert state(storage).outcome is WebhookOutcome.PRIVATE


def test_the_address_stands_in_no_table_no_log_and_no_event(
    jobs: Jobs,
    storage: Storage,
    settings: Settings,
    elsewhere: Room,
    added: Callable[..., int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    number = added()
    elsewhere.answers = 500
    tell(storage, OfficeEvent.REVIEW)
    jobs.tell()
    engine = connect(settings.database_url)
    with engine.connect() as connection:
        rows = str([tuple(it) for it in connection.execute(text("SELECT * FROM webhooks"))])
    engine.dispose()
    with storage.writing() as session:
        registry.remove(session, storage.vault, NOOR, number, clock.now())
    with storage.reading() as session:
        events = str([(it.before, it.after, it.reason) for it in session.scalars(select(AuditEvent))])
        assert session.scalars(select(Webhook.id)).all() == []
    for kept in (rows, events, caplog.text):
        assert TOKEN not in kept and str(elsewhere.port) not in kept
    assert '"name": "Team"' in events.replace("\\", "")
