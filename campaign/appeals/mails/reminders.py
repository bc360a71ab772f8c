"""A reminder of a letter that was begun: asked for by one press, sent once before the deadline, or not at all.

A row says that somebody asked and when it is due. It goes with the message that it becomes, and as soon as there is
nothing to remind of: the letter was sent, the signature was taken back, the action was stopped or has closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, insert, or_, select
from sqlalchemy.orm import Session

from campaign.errors import Gone, Why
from campaign.mail import outbox
from campaign.publication.signing_time import may_be_signed
from campaign.storage import guarded
from campaign.storage.tables import Action, Case, Letter, LetterReminder, Message, Signature
from campaign.vocabulary import ActionStatus, LetterStatus, MessageKind, MessageStatus, SignatureStatus

BATCH = 500
# In the morning where the case is: two days before the last day, or on it.
HOUR = time(9)
DAYS_BEFORE = (2, 0)
# Who asks in the evening is not told the next morning what they know.
LEAST = timedelta(hours=12)


def remind_at(deadline: date | None, zone: str, asked_at: datetime) -> datetime | None:
    """When a reminder that was asked for then is due; None if the deadline is too near for one."""
    if deadline is None:
        return None
    for days in DAYS_BEFORE:
        at = datetime.combine(deadline - timedelta(days=days), HOUR, ZoneInfo(zone))
        if at >= asked_at + LEAST:
            return at.astimezone(asked_at.tzinfo)
    return None


@dataclass(frozen=True)
class Standing:
    """How it stands with a signature's reminder: when it is due, if it was asked for, and else whether it may be."""

    due_at: datetime | None = None
    may_ask: bool = False


def standing(session: Session, signature_id: int, now: datetime) -> Standing:
    """Read for the owner's page."""
    at = due_at(session, signature_id)
    return Standing(at, at is None and _when(session, signature_id, now) is not None)


def due_at(session: Session, signature_id: int) -> datetime | None:
    """When a signature's owner is to be reminded; None if they did not ask."""
    return session.scalar(select(LetterReminder.due_at).where(LetterReminder.signature_id == signature_id))


def ask(session: Session, signature_id: int, now: datetime) -> datetime:
    """Note that the owner of a signature, whose row is locked, wishes to be reminded; returns when it is due.

    Raises `Gone` where there is nothing to remind of, or no time left to.
    """
    at = _when(session, signature_id, now)
    if at is None:
        raise Gone("We can no longer remind you of this letter.", Why.LATE)
    # The hour is enough for the rule, and the second would tell who was here when.
    hour = now.replace(minute=0, second=0, microsecond=0)
    session.execute(insert(LetterReminder).values(signature_id=signature_id, asked_at=hour, due_at=at))
    return at


def cancel(session: Session, signature_id: int) -> None:
    """Do not remind, also if the message is already written and has not gone."""
    guarded.remove(session, LetterReminder, LetterReminder.signature_id == signature_id)
    waits = (Message.status == MessageStatus.PENDING, Message.kind == MessageKind.LETTER_REMINDER)
    guarded.remove(session, Message, Message.signature_id == signature_id, *waits)


def due(session: Session, now: datetime) -> bool:
    """Whether any reminder is due."""
    return session.scalar(select(LetterReminder.signature_id).where(LetterReminder.due_at <= now).limit(1)) is not None


def owe_due(session: Session, now: datetime, most: int = BATCH) -> int:
    """Write the messages of up to `most` reminders that are due, and take their rows out; returns how many rows.

    Row and message change hands in one transaction, and the message has a key: two workers, or one that dies, make no
    second one. A deadline that has moved since moves the reminder.
    """
    # Chosen by the index alone, before anything is joined to them.
    chosen = session.scalars(
        select(LetterReminder.signature_id)
        .where(LetterReminder.due_at <= now)
        .order_by(LetterReminder.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    rows = session.execute(
        select(LetterReminder, Signature, Action, Case.time_zone)
        .join(Signature, Signature.id == LetterReminder.signature_id)
        .join(Action, Action.id == Signature.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(LetterReminder.signature_id.in_(chosen))
    ).all()
    for reminder, signature, action, zone in rows:
        at = remind_at(action.deadline, zone, reminder.asked_at)
        if owed(signature, action, zone, sent(session, signature.id), now):
            if at is not None and at > now:
                reminder.due_at = at
                continue
            outbox.enqueue(session, MessageKind.LETTER_REMINDER, signature.id, _key(signature.id), now)
        session.delete(reminder)
    session.flush()
    return len(rows)


def forget(session: Session) -> int:
    """Take out what there is nothing left to remind of, before it is due; returns how many."""
    closed = select(Action.id).where(Action.status != ActionStatus.OPEN).scalar_subquery()
    gone = exists().where(
        Signature.id == LetterReminder.signature_id,
        or_(Signature.status != SignatureStatus.CONFIRMED, Signature.action_id.in_(closed)),
    )
    return guarded.remove(session, LetterReminder, or_(gone, _sent_by_us(LetterReminder.signature_id)))


def owed(signature: Signature, action: Action, zone: str, was_sent: bool, now: datetime) -> bool:
    """The rule of who may be reminded: of a signature that counts and can be written to, while letters still help, and
    as long as none was sent."""
    reachable = signature.status is SignatureStatus.CONFIRMED and signature.email is not None
    timely = action.stop_reason is None and may_be_signed(action.status, action.deadline, zone, now)
    return reachable and timely and not was_sent


def still_owed(session: Session, signature: Signature, action: Action, now: datetime) -> bool:
    """The same, asked again in the moment in which the message leaves."""
    return owed(signature, action, action.case.time_zone, sent(session, signature.id), now)


def sent(session: Session, signature_id: int) -> bool:
    """Whether a letter of theirs was sent by us, or is about to be."""
    return bool(session.scalar(select(_sent_by_us(signature_id))))


def _sent_by_us(signature_id: object) -> ColumnElement[bool]:
    return exists().where(Letter.signature_id == signature_id, Letter.status != LetterStatus.DRAFTED)


def _when(session: Session, signature_id: int, now: datetime) -> datetime | None:
    """When a reminder asked for now would be due; None where there will be none: there was one, or nothing is owed."""
    signature, action, zone = session.execute(
        select(Signature, Action, Case.time_zone)
        .join(Action, Action.id == Signature.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(Signature.id == signature_id)
    ).one()
    if outbox.known(session, _key(signature_id)) or not owed(signature, action, zone, sent(session, signature_id), now):
        return None
    return remind_at(action.deadline, zone, now)


def _key(signature_id: int) -> str:
    return f"{MessageKind.LETTER_REMINDER}:{signature_id}"
