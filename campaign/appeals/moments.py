"""What is kept of time: the second for as long as a rule needs it, then the day.

Whoever has watched a network or a screen knows a person by the second; nobody does by the day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.storage import Storage
from campaign.storage.tables import Action, Case, LaterWish, Message, Signature
from campaign.vocabulary import MessageStatus, SignatureStatus

# Screening counts by the hour for two days, a public name waits for a day at most, and an address gets so many mails
# a day: nothing asks for a moment that is older.
KEPT = timedelta(hours=48)
BATCH = 1_000


def noon_of(at: datetime, zone: str) -> datetime:
    """The middle of the day of an instant in an IANA time zone, in UTC: the same day wherever it is read."""
    return _noon(clock.local_day(at, zone), zone)


def _noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)


def forget(storage: Storage, now: datetime) -> int:
    """Round to the day whatever is older than `KEPT`; returns how many signatures, wishes and messages there were."""
    steps: tuple[Callable[[Session, datetime], int], ...] = (_signatures, _wishes, _messages, _failed)
    rounded = 0
    for step in steps:
        while True:
            with storage.writing() as session:
                done = step(session, now - KEPT)
            rounded += done
            if done < BATCH:
                break
    return rounded


def _signatures(session: Session, before: datetime) -> int:
    """`name_given_at` says that a signature still has its moments: it goes with them.

    From then on the day stands for it, in the order of names too.
    """
    found = session.execute(
        select(
            Signature.id, Signature.status, Signature.created_at, Signature.expires_at, Signature.confirmed_at,
            Signature.confirmed_on, Case.time_zone,
        )
        .join(Action, Action.id == Signature.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(Signature.name_given_at < before)
        .limit(BATCH)
        .with_for_update(of=Signature, skip_locked=True)
    ).all()  # fmt: skip
    rows: list[dict[str, Any]] = []
    for it in found:
        row = {"id": it.id, "name_given_at": None, "created_at": noon_of(it.created_at, it.time_zone)}
        confirmed_at = _noon(it.confirmed_on, it.time_zone) if it.confirmed_on else it.confirmed_at
        # It is so many days after the signing, and would tell its second.
        waits = it.status is SignatureStatus.PENDING
        expires_at = it.expires_at if waits else noon_of(it.expires_at, it.time_zone)
        rows.append({**row, "confirmed_at": confirmed_at, "expires_at": expires_at})
    return _put(session, Signature, rows)


def _wishes(session: Session, before: datetime) -> int:
    """Later wishes whose links were used: empty but for their moments."""
    found = session.execute(
        select(LaterWish.id, LaterWish.created_at, LaterWish.confirmed_at, LaterWish.expires_at)
        .where(LaterWish.confirmed_at < before, LaterWish.created_at != LaterWish.confirmed_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    return _put(
        session,
        LaterWish,
        [
            # Both alike, which also says that it is done.
            {"id": it.id, "expires_at": noon_of(it.expires_at, "UTC"), **_both(it.confirmed_at)}
            for it in found
        ],
    )


def _both(at: datetime) -> dict[str, datetime]:
    return dict.fromkeys(("created_at", "confirmed_at"), noon_of(at, "UTC"))


def _messages(session: Session, before: datetime) -> int:
    """Messages to supporters that were sent: a confirmation was written in the second of its signing."""
    found = session.execute(
        select(Message.id, Message.sent_at)
        .where(
            Message.status == MessageStatus.SENT,
            Message.signature_id.is_not(None),
            Message.sent_at < before,
            Message.sent_at != Message.created_at,  # alike, they are rounded
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    return _put(session, Message, [_done(it.id, it.sent_at, it.sent_at) for it in found])


def _failed(session: Session, before: datetime) -> int:
    """Those that failed: few, so all of the week before are rounded again rather than marked."""
    found = session.execute(
        select(Message.id, Message.created_at)
        .where(
            Message.status == MessageStatus.FAILED,
            Message.signature_id.is_not(None),
            Message.due_at < before,
            Message.due_at >= before - timedelta(days=7),
        )
        .with_for_update(skip_locked=True)
    ).all()
    _put(session, Message, [_done(it.id, it.created_at, None) for it in found])
    return 0


def _done(id_: int, at: datetime, sent_at: datetime | None) -> dict[str, Any]:
    day = noon_of(at, "UTC")
    return {"id": id_, "created_at": day, "due_at": day, "sent_at": day if sent_at else None}


def _put(session: Session, table: type[Signature | LaterWish | Message], rows: list[dict[str, Any]]) -> int:
    if rows:
        session.execute(update(table), rows)
    return len(rows)
