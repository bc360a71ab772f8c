"""The outbox: a message owed is sent once it can be, by one worker at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.signing.signing import sign
from campaign.mail import outbox
from campaign.mail.outbox import LEASE, PAUSES, Leased
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature
from campaign.vocabulary import MessageKind, MessageStatus
from tests import made

pytestmark = pytest.mark.databases

LATER = made.NOON + LEASE + timedelta(seconds=1)


def owed(storage: Storage, n: int = 1) -> None:
    """Owe `n` messages, each to someone who signed at noon."""
    with storage.writing() as session:
        made.action(session)
        for it in range(n):
            sign(session, storage.vault, "renew-the-cards", made.wish(f"ada-{it}@example.org"), made.NOON)


def lease(storage: Storage, at: datetime = made.NOON, most: int = 20) -> tuple[Leased, ...]:
    with storage.writing() as session:
        return outbox.claim(session, at, most)


def messages(storage: Storage) -> list[Message]:
    with storage.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_message_is_owed_once_however_often_its_reason_is_written(storage: Storage) -> None:
    owed(storage)
    with storage.writing() as session:
        (signature_id,) = session.scalars(select(Signature.id))
        again = [outbox.enqueue(session, MessageKind.THANKS, signature_id, "thanks:1", made.NOON) for _ in range(3)]
    assert again == [True, False, False]
    assert [it.kind for it in messages(storage)] == [MessageKind.CONFIRM, MessageKind.THANKS]


def test_a_reason_that_is_undone_takes_its_message_with_it(storage: Storage) -> None:
    owed(storage)
    with storage.reading() as session:
        (signature_id,) = session.scalars(select(Signature.id))
    with pytest.raises(RuntimeError), storage.writing() as session:
        outbox.enqueue(session, MessageKind.THANKS, signature_id, "thanks:1", made.NOON)
        raise RuntimeError("the power went")
    assert [it.kind for it in messages(storage)] == [MessageKind.CONFIRM]


def test_workers_at_the_same_moment_never_get_the_same_message(storage: Storage) -> None:
    owed(storage, 60)

    def worker(_: int) -> list[int]:
        got: list[int] = []
        while taken := lease(storage, most=7):
            got += [it.id for it in taken]
        return got

    with ThreadPoolExecutor(6) as pool:
        got = [each for worker_got in pool.map(worker, range(6)) for each in worker_got]
    assert sorted(got) == [it.id for it in messages(storage)]


def test_a_worker_takes_no_more_than_it_asked_for_and_the_eldest_first(storage: Storage) -> None:
    owed(storage, 5)
    taken = lease(storage, most=3)
    assert [it.id for it in taken] == [it.id for it in messages(storage)][:3]


def test_what_is_not_due_yet_waits(storage: Storage) -> None:
    owed(storage)
    assert not lease(storage, made.NOON - timedelta(seconds=1))


def test_a_leased_message_is_left_alone_until_its_lease_runs_out(storage: Storage) -> None:
    owed(storage)
    (first,) = lease(storage)
    assert not lease(storage, made.NOON + LEASE)
    (second,) = lease(storage, LATER)
    assert (second.id, second.attempts) == (first.id, 2)


@pytest.mark.parametrize("settle", ["sent", "failed", "put_off", "give_back"])
def test_a_worker_whose_lease_passed_to_another_settles_nothing(storage: Storage, settle: str) -> None:
    owed(storage)
    (late,) = lease(storage)
    (mine,) = lease(storage, LATER)
    with storage.writing() as session:
        settled = {
            "sent": lambda: outbox.mark_sent(session, late, LATER),
            "failed": lambda: outbox.mark_failed(session, late, "SMTP 550"),
            "put_off": lambda: outbox.retry_later(session, late, "SMTP 451", LATER),
            "give_back": lambda: outbox.release(session, late),
        }[settle]()
    assert not settled
    (stored,) = messages(storage)
    assert (stored.status, stored.lease) == (MessageStatus.LEASED, mine.lease)
    with storage.writing() as session:
        assert outbox.mark_sent(session, mine, LATER)


def test_a_message_that_was_sent_is_never_sent_again(storage: Storage) -> None:
    owed(storage)
    (mine,) = lease(storage)
    with storage.writing() as session:
        assert outbox.mark_sent(session, mine, made.NOON)
    with storage.writing() as session:
        assert not outbox.mark_sent(session, mine, made.NOON)
        assert not outbox.retry_later(session, mine, "SMTP 451", made.NOON)
    assert not lease(storage, made.NOON + timedelta(days=30))
    (stored,) = messages(storage)
    assert (stored.status, stored.sent_at, stored.lease) == (MessageStatus.SENT, made.NOON, None)


def test_pauses_grow_and_after_the_last_the_message_has_failed(storage: Storage) -> None:
    owed(storage)
    at, waited = made.NOON, []
    while taken := lease(storage, at):
        with storage.writing() as session:
            outbox.retry_later(session, taken[0], "SMTP 451", at)
        (stored,) = messages(storage)
        if stored.status is MessageStatus.PENDING:
            waited.append(stored.due_at - at)
            assert not lease(storage, stored.due_at - timedelta(seconds=1))
        at = max(stored.due_at, at)
    assert tuple(waited) == PAUSES == tuple(sorted(PAUSES))
    assert (stored.status, stored.attempts, stored.problem) == (MessageStatus.FAILED, len(PAUSES) + 1, "SMTP 451")


def test_a_refusal_for_good_ends_it_at_once(storage: Storage) -> None:
    owed(storage)
    with storage.writing() as session:
        (mine,) = outbox.claim(session, made.NOON, 1)
        assert outbox.mark_failed(session, mine, "SMTP 550")
    (stored,) = messages(storage)
    assert (stored.status, stored.attempts, stored.problem) == (MessageStatus.FAILED, 1, "SMTP 550")
    assert not lease(storage, made.NOON + timedelta(days=30))


def test_what_is_given_back_untried_is_due_at_once_and_counts_as_no_attempt(storage: Storage) -> None:
    owed(storage)
    (mine,) = lease(storage)
    with storage.writing() as session:
        assert outbox.release(session, mine)
    (again,) = lease(storage)
    assert (again.id, again.attempts) == (mine.id, 1)


def test_a_sending_that_might_outlast_its_lease_is_not_begun(storage: Storage) -> None:
    owed(storage)
    (mine,) = lease(storage)
    assert mine.safe(made.NOON + LEASE / 2 - timedelta(seconds=1))
    assert not mine.safe(made.NOON + LEASE / 2)


def test_what_was_settled_ninety_days_ago_is_forgotten_and_what_is_owed_never(storage: Storage) -> None:
    owed(storage, 3)
    sent, failed, _ = lease(storage)
    with storage.writing() as session:
        outbox.mark_sent(session, sent, made.NOON)
        outbox.mark_failed(session, failed, "550")
    with storage.writing() as session:
        assert outbox.forget(session, made.NOON + timedelta(days=90), 10) == 0
    with storage.writing() as session:
        assert outbox.forget(session, made.NOON + timedelta(days=90, seconds=1), 10) == 2
    assert [it.status for it in messages(storage)] == [MessageStatus.LEASED]
