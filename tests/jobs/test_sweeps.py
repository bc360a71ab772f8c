"""The jobs: each a sweep that does what the tables say is owed, once, whoever died on the way."""

from __future__ import annotations

import logging
import smtplib
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.supporter import confirming
from campaign.jobs.sweeps import MESSAGES_AT_ONCE, Jobs
from campaign.mail import outbox
from campaign.mail.outbox import LEASE
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, Message, Signature, Tally
from campaign.vocabulary import ActionStatus, MessageStatus, SignatureStatus
from tests import made
from tests.conftest import settings_for
from tests.jobs.signers import captured, confirmed, messages, signed
from tests.mail.post_office import PostOffice, post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def live(storage: Storage, settings: Settings, jobs: Jobs, office: PostOffice) -> Jobs:
    """The jobs of the same installation, sending over SMTP."""
    return Jobs(
        settings_for(
            settings.home,
            database_url=settings.database_url,
            mode="live",
            mail_url=office.url(),
            base_url="https://campaign.test",
        ),
        storage,
    )


def due_now(storage: Storage) -> None:
    """Let the pauses pass."""
    with storage.writing() as session:
        session.execute(update(Message).values(due_at=clock.now() - timedelta(seconds=1)))


@pytest.mark.databases
def test_posting_sends_what_is_owed_and_nothing_the_second_time(
    jobs: Jobs, storage: Storage, settings: Settings
) -> None:
    signed(storage, "ada@example.org", "byron@example.org")
    assert jobs.post() == 2
    assert jobs.post() == 0
    assert sorted(str(it["To"]) for it in captured(settings)) == ["ada@example.org", "byron@example.org"]
    assert {it.status for it in messages(storage)} == {MessageStatus.SENT}


def test_posting_goes_on_until_nothing_is_owed(jobs: Jobs, storage: Storage, settings: Settings) -> None:
    many = [f"ada-{n}@example.org" for n in range(MESSAGES_AT_ONCE + 5)]
    signed(storage, *many)
    assert jobs.post() == len(many)
    assert Counter(str(it["To"]) for it in captured(settings)) == Counter(many)


def test_in_the_demonstration_nothing_reaches_for_a_mail_server(
    jobs: Jobs, storage: Storage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    signed(storage, "ada@example.org")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(smtplib.SMTP, "__init__", refuse)
    assert jobs.post() == 1
    assert [it["To"] for it in captured(settings)] == ["ada@example.org"]
    assert [it.status for it in messages(storage)] == [MessageStatus.SENT]


def test_what_became_needless_meanwhile_is_not_sent(jobs: Jobs, storage: Storage, settings: Settings) -> None:
    signed(storage, "ada@example.org")
    with storage.writing() as session:
        reference = session.scalars(select(Signature.reference)).one()
        confirming.not_me(session, storage.vault, reference)
    jobs.post()
    assert not captured(settings)
    assert [(it.status, it.problem) for it in messages(storage)] == [(MessageStatus.FAILED, "no longer needed")]


def test_one_message_that_cannot_be_written_does_not_hold_up_the_others(
    jobs: Jobs, storage: Storage, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    signed(storage, "ada@example.org", "byron@example.org", "cara@example.org")
    with storage.writing() as session:
        second = session.scalars(select(Signature).order_by(Signature.id)).all()[1]
        second.name = (
            storage.vault.encrypt("Byron", "signatures.name", second.reference)[:-4] + b"AAAA"
        )  # a byte went wrong: it cannot be decrypted
    with caplog.at_level(logging.ERROR):
        jobs.post()
    assert sorted(str(it["To"]) for it in captured(settings)) == ["ada@example.org", "cara@example.org"]
    first, broken, third = messages(storage)
    assert (first.status, third.status) == (MessageStatus.SENT, MessageStatus.SENT)
    assert (broken.status, broken.problem) == (MessageStatus.PENDING, "Unreadable")
    assert broken.due_at > clock.now()
    assert f"Message {broken.id} could not be sent: Unreadable" in caplog.text
    assert "byron" not in caplog.text


def test_in_live_mode_a_confirmation_arrives_at_the_signer(live: Jobs, storage: Storage, office: PostOffice) -> None:
    signed(storage, "ada@example.org")
    assert live.post() == 1
    assert live.post() == 0
    ((sender, to),) = office.envelopes
    assert (sender, to) == ("appeals@example.org", ["ada@example.org"])
    body = office.taken[0].get_body(preferencelist=("plain",))
    assert body is not None
    assert "https://campaign.test/en/confirm/" in body.get_content()
    assert [it.status for it in messages(storage)] == [MessageStatus.SENT]


def test_a_mailbox_that_does_not_exist_is_not_written_to_again(
    live: Jobs, storage: Storage, office: PostOffice
) -> None:
    office.refusals["byron@example.org"] = 550
    signed(storage, "ada@example.org", "byron@example.org", "cara@example.org")
    live.post()
    due_now(storage)
    office.refusals.clear()
    live.post()
    assert [to for _, to in office.envelopes] == [["ada@example.org"], ["cara@example.org"]]
    _, refused, _ = messages(storage)
    assert (refused.status, refused.problem, refused.attempts) == (MessageStatus.FAILED, "SMTP 550", 1)


def test_a_mailbox_that_is_busy_is_tried_again_after_a_pause(live: Jobs, storage: Storage, office: PostOffice) -> None:
    office.refusals["ada@example.org"] = 451
    signed(storage, "ada@example.org")
    live.post()
    assert live.post() == 0
    (waiting,) = messages(storage)
    assert (waiting.status, waiting.problem) == (MessageStatus.PENDING, "SMTP 451")
    office.refusals.clear()
    due_now(storage)
    live.post()
    assert [to for _, to in office.envelopes] == [["ada@example.org"]]
    assert [(it.status, it.attempts) for it in messages(storage)] == [(MessageStatus.SENT, 2)]


def test_a_mail_server_that_goes_away_in_the_middle_gets_the_rest_later_and_nothing_twice(
    live: Jobs, storage: Storage, office: PostOffice
) -> None:
    office.silent_after = 1
    signed(storage, "ada@example.org", "byron@example.org", "cara@example.org")
    live.post()
    assert [to for _, to in office.envelopes] == [["ada@example.org"]]
    assert [it.status for it in messages(storage)] == [MessageStatus.SENT, *[MessageStatus.PENDING] * 2]
    office.silent_after = None
    due_now(storage)
    live.post()
    assert [to for _, to in office.envelopes] == [["ada@example.org"], ["byron@example.org"], ["cara@example.org"]]


def test_a_message_whose_worker_died_is_sent_when_its_lease_is_over(
    live: Jobs, storage: Storage, office: PostOffice
) -> None:
    signed(storage, "ada@example.org")
    with storage.writing() as session:
        # A worker that takes the message, and is never heard of again.
        outbox.claim(session, clock.now() - LEASE + timedelta(hours=1), MESSAGES_AT_ONCE)
    assert live.post() == 0
    with storage.writing() as session:
        session.execute(update(Message).values(leased_until=clock.now() - timedelta(seconds=1)))
    assert live.post() == 1
    assert [to for _, to in office.envelopes] == [["ada@example.org"]]


def test_a_slow_mail_server_makes_no_worker_send_what_another_may_have_taken_up(
    live: Jobs, storage: Storage, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(storage, *(f"ada-{n}@example.org" for n in range(6)))
    at, elapsed = clock.now(), [timedelta()]
    held: list[bool] = []
    take = office.handle_RCPT

    async def slowly(*asked: Any) -> str:
        with storage.reading() as other:
            until = other.scalars(select(Message.leased_until).where(Message.leased_until.is_not(None))).all()
        elapsed[0] += LEASE / 4  # each message takes a quarter of the time for which its batch is leased
        held.append(all(it and it >= at + elapsed[0] for it in until))
        return await take(*asked)

    office.handle_RCPT = slowly  # type: ignore[method-assign]
    monkeypatch.setattr(clock, "now", lambda: at + elapsed[0])
    assert live.post() == 6
    assert held == [True] * 6  # at the end of each sending, it was still this worker's to do
    assert sorted(to for _, (to,) in office.envelopes) == sorted(f"ada-{n}@example.org" for n in range(6))
    assert {(it.status, it.attempts) for it in messages(storage)} == {(MessageStatus.SENT, 1)}


@pytest.mark.databases
def test_counting_brings_the_count_up_to_date_once(jobs: Jobs, storage: Storage) -> None:
    confirmed(storage, "ada@example.org", "byron@example.org")
    assert jobs.count() == 2
    assert jobs.count() == 0
    with storage.reading() as session:
        assert [it.count for it in session.scalars(select(Tally))] == [2]


def test_an_action_closes_itself_when_its_last_day_is_over(jobs: Jobs, storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, "over", deadline=date(2025, 9, 15), index_reference=None)
    assert jobs.close() == 1
    assert jobs.close() == 0
    with storage.reading() as session:
        states = {it.slug: it.status for it in session.scalars(select(Action))}
    assert states == {"renew-the-cards": ActionStatus.OPEN, "over": ActionStatus.CLOSED}


def test_purging_lets_go_of_what_was_promised_to_go_once(jobs: Jobs, storage: Storage) -> None:
    signed(storage, "ada@example.org", "byron@example.org")
    with storage.writing() as session:
        eldest = session.scalars(select(Signature).order_by(Signature.id)).first()
        assert eldest is not None
        eldest.expires_at = clock.now() - timedelta(seconds=1)
    assert jobs.purge().expired == 1
    assert jobs.purge().expired == 0
    with storage.reading() as session:
        states = [it.status for it in session.scalars(select(Signature).order_by(Signature.id))]
    assert states == [SignatureStatus.EXPIRED, SignatureStatus.PENDING]


def test_reconciling_mends_a_wrong_count_and_says_so_in_the_log(
    jobs: Jobs, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    confirmed(storage, "ada@example.org")
    jobs.count()
    assert jobs.reconcile() == 0
    assert not caplog.records
    with storage.writing() as session:
        session.execute(update(Tally).values(count=99))
    assert jobs.reconcile() == 1
    assert jobs.reconcile() == 0
    assert [it.getMessage() for it in caplog.records] == ["1 tallies were wrong and have been corrected"]
