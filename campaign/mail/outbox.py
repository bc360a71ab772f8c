"""The outbox: owing, leasing, settling. The table is the truth; a worker that dies loses nothing but time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from campaign.storage import guarded
from campaign.storage.exactly import OWED, SETTLED
from campaign.storage.tables import Message
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import MessageKind, MessageStatus

# Longer than any one server takes to answer, short enough that a dead worker's messages are soon taken up.
LEASE = timedelta(minutes=5)

# How long it is known that a message went or could not: longer than anything asks, and than a mail takes to come back.
KEPT = timedelta(days=90)

# Pauses after the 1st, 2nd, … failed attempt; after the last, the message has failed. A little over two days.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 960, 1440))


@dataclass(frozen=True)
class Leased:
    """A message that this worker, and no other, may send until its lease runs out."""

    id: int
    kind: MessageKind
    signature_id: int | None
    organiser_id: int | None
    update_id: int | None
    letter_id: int | None
    attempts: int
    lease: bytes
    until: datetime
    wish_id: int | None = None
    member_id: int | None = None
    round_id: int | None = None

    def safe(self, now: datetime) -> bool:
        """Whether there is still time to send it: a sending begun in the lease's last half might outlast it."""
        return now < self.until - LEASE / 2


def enqueue(
    session: Session, kind: MessageKind, signature_id: int, key: str, now: datetime, wish_id: int | None = None
) -> bool:
    """Write a message into the transaction of its reason. False if one with this key is owed or sent already.

    `wish_id` is of the later wish that a confirmation is about; None: the signature itself.
    """
    whom = {"signature_id": signature_id} if wish_id is None else {"signature_id": signature_id, "wish_id": wish_id}
    return _enqueue(session, kind, key, now, whom)


def known(session: Session, key: str) -> bool:
    """Whether a message with this key is owed or sent already."""
    return session.scalar(select(Message.id).where(Message.idempotency_key == key)) is not None


def enqueue_of_letter(
    session: Session,
    kind: MessageKind,
    signature_id: int,
    letter_id: int,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Owe a supporter news of a letter of theirs; like `enqueue`. `due_at`: when it may go; None: at once."""
    return _enqueue(session, kind, key, now, {"signature_id": signature_id, "letter_id": letter_id}, due_at)


def put_off(session: Session, key: str, due_at: datetime) -> bool:
    """Let a message that has not gone wait until `due_at`. False if none with this key waits."""
    waits = (Message.idempotency_key == key, Message.status == MessageStatus.PENDING)
    return guarded.change(session, Message, *waits, due_at=due_at) > 0


def enqueue_update(session: Session, update_id: int, signature_id: int, key: str, now: datetime) -> bool:
    """Owe a supporter an update of which they asked to be told; like `enqueue`."""
    return _enqueue(session, MessageKind.UPDATE, key, now, {"signature_id": signature_id, "update_id": update_id})


def enqueue_for_organiser(
    session: Session, kind: MessageKind, organiser_id: int, key: str, now: datetime, update_id: int | None = None
) -> bool:
    """Owe a member of staff a message; like `enqueue`. `update_id` is of an update that they try out on themselves."""
    whom = (
        {"organiser_id": organiser_id} if update_id is None else {"organiser_id": organiser_id, "update_id": update_id}
    )
    return _enqueue(session, kind, key, now, whom)


def enqueue_for_member(
    session: Session, kind: MessageKind, member_id: int, key: str, now: datetime, round_id: int | None = None
) -> bool:
    """Owe a member of the network a message; like `enqueue`. `round_id` is of what went out to the network."""
    whom = {"member_id": member_id} if round_id is None else {"member_id": member_id, "round_id": round_id}
    return _enqueue(session, kind, key, now, whom)


def _enqueue(
    session: Session,
    kind: MessageKind,
    key: str,
    now: datetime,
    whom: Mapping[str, int],
    due_at: datetime | None = None,
) -> bool:
    return (
        insert_or_leave(
            session,
            Message,
            idempotency_key=key,
            kind=kind,
            **whom,
            status=MessageStatus.PENDING,
            created_at=now,
            due_at=due_at or now,
            attempts=0,
        )
        is not None
    )


def owed(now: datetime) -> ColumnElement[bool]:
    """Whether there is a message to be had."""
    return exists(select(Message.id).where(_due(now)))


def _due(now: datetime) -> ColumnElement[bool]:
    # What is leased was due before: so all of it is read in the order of one index, and what is settled is not in it.
    return and_(OWED, Message.due_at <= now, or_(Message.leased_until.is_(None), Message.leased_until < now))


def claim(session: Session, now: datetime, most: int) -> tuple[Leased, ...]:
    """Take up to `most` messages that are due, or whose worker let its lease run out, the eldest first."""
    due = _due(now)
    # On PostgreSQL two workers choose different rows; SQLite has one writer at a time and ignores the lock. Named by
    # WITH it is chosen once: as a plain subquery PostgreSQL may choose again for each row, and take more than `most`.
    eldest = select(Message.id).where(due).order_by(Message.due_at, Message.id).limit(most)
    chosen = eldest.with_for_update(skip_locked=True).cte("chosen")
    mine = secrets.token_bytes(16)
    taken = guarded.rows(
        session,
        update(Message)
        .where(Message.id.in_(select(chosen.c.id)), due)
        .values(
            status=MessageStatus.LEASED,
            lease=mine,
            leased_until=now + LEASE,
            attempts=Message.attempts + 1,
        )
        .returning(
            Message.id,
            Message.kind,
            Message.signature_id,
            Message.organiser_id,
            Message.update_id,
            Message.letter_id,
            Message.attempts,
            Message.wish_id,
            Message.member_id,
            Message.round_id,
        ),
    ).all()
    return tuple(sorted((Leased(**row._mapping, lease=mine, until=now + LEASE) for row in taken), key=lambda it: it.id))


def mark_sent(session: Session, message: Leased, now: datetime) -> bool:
    """Record that a server took the message. False if the lease had passed to another worker."""
    return _settle(session, message, status=MessageStatus.SENT, sent_at=now)


def release(session: Session, message: Leased) -> bool:
    """Let another worker, or a later lease, have what was not tried: it counts as no attempt."""
    return _settle(session, message, status=MessageStatus.PENDING, attempts=message.attempts - 1)


def mark_failed(session: Session, message: Leased, problem: str) -> bool:
    """Record that the message will never be sent. `problem` is a code, never a server's words: they quote addresses."""
    return _settle(session, message, status=MessageStatus.FAILED, problem=problem[:80])


def retry_later(session: Session, message: Leased, problem: str, now: datetime) -> bool:
    """Record a passing failure: due again after a growing pause, failed after the last."""
    pause = retry_delay(message.attempts)
    if pause is None:
        return mark_failed(session, message, problem)
    return _settle(session, message, status=MessageStatus.PENDING, due_at=now + pause, problem=problem[:80])


def forget(session: Session, now: datetime, most: int) -> int:
    """Delete up to `most` messages that were settled long ago; returns how many.

    Those of updates stay with the signature: its owner reads by them what they were told.
    """
    old = select(Message.id).where(*SETTLED, Message.created_at < now - KEPT).order_by(Message.created_at).limit(most)
    return guarded.remove(session, Message, Message.id.in_(old.scalar_subquery()))


def retry_delay(attempts: int) -> timedelta | None:
    """How long to wait after this many attempts; None when enough is enough."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def _settle(session: Session, message: Leased, **values: object) -> bool:
    settled = guarded.change(
        session,
        Message,
        Message.id == message.id,
        Message.status == MessageStatus.LEASED,
        Message.lease == message.lease,
        lease=None,
        leased_until=None,
        **values,
    )
    return settled > 0
