"""Letting go of letters: when their writer erases or takes back their signature, and when their time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.appeals.relay import owed_news
from campaign.appeals.relay.content import DRAFT_KEPT, RETRIEVABLE
from campaign.appeals.relay.queue_status import UNSENT_KEPT
from campaign.storage import guarded
from campaign.storage.tables import Action, IncomingMail, Letter, Signature
from campaign.vocabulary import ActionStatus, IncomingKind, LetterStatus, MessageKind, SignatureStatus

BATCH = 1_000
# What stands no more: nothing is sent in its name. One that was found invalid may yet be put back.
_GONE = (SignatureStatus.WITHDRAWN, SignatureStatus.REJECTED, SignatureStatus.EXPIRED, SignatureStatus.ERASED)


@dataclass(frozen=True)
class Forgotten:
    """`dropped`: letters that never went, and go with their rows. `emptied`: letters of which a number stays."""

    dropped: int
    emptied: int


def of_erased(session: Session, signature_id: int) -> None:
    """Before a signature is erased: what has not gone goes; of what has, a number stays that leads to nobody."""
    guarded.remove(session, Letter, _retrievable(Letter.signature_id == signature_id))
    # What came back of them quotes them.
    theirs = select(Letter.id).where(Letter.signature_id == signature_id).scalar_subquery()
    guarded.change(
        session,
        IncomingMail,
        IncomingMail.letter_id.in_(theirs),
        content=None,
        handled_at=func.coalesce(IncomingMail.handled_at, func.now()),
    )
    guarded.change(
        session,
        Letter,
        Letter.signature_id == signature_id,
        content=None,
        text_hash=None,
        signature_id=None,
        ask_answer=False,
        answer=None,
    )


def of_withdrawn(session: Session, signature_id: int) -> None:
    """With the signature goes what has not gone yet, and of what has, or is printed, every word: a number stays."""
    guarded.remove(session, Letter, _retrievable(Letter.signature_id == signature_id))
    guarded.change(session, Letter, Letter.signature_id == signature_id, content=None, text_hash=None, ask_answer=False)
    theirs = select(Letter.id).where(Letter.signature_id == signature_id).scalar_subquery()
    _forget_handed_in(session, IncomingMail.letter_id.in_(theirs))


def purge(session: Session, long_over: ColumnElement[bool], now: datetime, *, dry_run: bool = False) -> Forgotten:
    """One batch of each kind; call again until it returns noughts. `dry_run` counts all and changes nothing.

    `long_over`: of letters whose action ended so long ago that nothing of a person is kept.
    """
    unsent, spent = _unsent(now), _spent(long_over, now)
    if dry_run:
        dropped = _count(session, and_(unsent, Letter.sent_at.is_(None)))
        return Forgotten(dropped, _count(session, or_(and_(unsent, Letter.sent_at.is_not(None)), spent)))
    never = select(Letter.id).where(unsent, Letter.sent_at.is_(None)).limit(BATCH)
    # What was shown and not agreed to goes; what was agreed to ends as `dropped`, and its writer is told.
    drafts = and_(Letter.id.in_(never.scalar_subquery()), Letter.status == LetterStatus.DRAFTED)
    gone = guarded.rows(session, delete(Letter).where(_retrievable(drafts)).returning(Letter.id)).all()
    too_late = select(Letter.id).where(unsent, Letter.sent_at.is_(None), Letter.status != LetterStatus.DRAFTED)
    given_up = guarded.rows(
        session,
        update(Letter)
        .where(Letter.id.in_(too_late.limit(BATCH).scalar_subquery()), Letter.lease.is_(None))
        .values(status=LetterStatus.DROPPED, content=None, ended_at=now)
        .returning(Letter.id),
    ).all()
    for (letter_id,) in given_up:
        owed_news.enqueue_of(session, letter_id, MessageKind.LETTER_DROPPED, now)
    gone = [*gone, *given_up]
    # Sent once, come back, and not sent again: it was counted, and stays as a number.
    back = and_(unsent, Letter.sent_at.is_not(None))
    came_back = _empty(session, back, status=LetterStatus.BOUNCED, content=None, ended_at=now)
    of_old = select(Letter.id).where(long_over).scalar_subquery()
    _forget_handed_in(session, IncomingMail.letter_id.in_(of_old))
    ended_at = func.coalesce(Letter.ended_at, now)
    marks = {it.key: case((long_over, None), else_=it) for it in (Letter.text_hash, Letter.signature_id)}
    return Forgotten(len(gone), came_back + _empty(session, spent, content=None, ended_at=ended_at, **marks))


def _unsent(now: datetime) -> ColumnElement[bool]:
    """What will never be sent: shown and not agreed to, of a signature that stands no more, of an action that was
    stopped, or that ended so long ago that nobody will print it either."""
    stopped = or_(
        Action.status == ActionStatus.STOPPED,
        and_(Action.status == ActionStatus.ARCHIVED, Action.stop_reason.is_not(None)),
    )
    ended = and_(Action.status != ActionStatus.OPEN, Action.ended_at < now - UNSENT_KEPT)
    over = select(Action.id).where(or_(stopped, ended))
    # Asked of each letter, not the other way round: many more have gone than have letters that wait.
    gone = exists().where(Signature.id == Letter.signature_id, Signature.status.in_(_GONE), Signature.name.is_(None))
    return and_(
        Letter.status.in_(RETRIEVABLE),
        Letter.content.is_not(None),
        Letter.lease.is_(None),
        or_(
            and_(Letter.status == LetterStatus.DRAFTED, Letter.created_at < now - DRAFT_KEPT),
            Letter.action_id.in_(over.scalar_subquery()),
            gone,
        ),
    )


def _spent(long_over: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    """Of what went, or was printed: words that nothing can come back for, and marks that nobody needs."""
    ended = select(Action.id).where(Action.status != ActionStatus.OPEN, Action.ended_at < now - UNSENT_KEPT)
    return and_(
        Letter.status.not_in(RETRIEVABLE) | Letter.content.is_(None),
        or_(
            and_(Letter.content.is_not(None), Letter.action_id.in_(ended.scalar_subquery())),
            and_(long_over, or_(Letter.text_hash.is_not(None), Letter.signature_id.is_not(None))),
        ),
    )


def _retrievable(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(which, Letter.status.in_(RETRIEVABLE))


def _empty(session: Session, which: ColumnElement[bool], **values: object) -> int:
    chosen = select(Letter.id).where(which).limit(BATCH).scalar_subquery()
    return guarded.change(session, Letter, Letter.id.in_(chosen), Letter.lease.is_(None), **values)


def _forget_handed_in(session: Session, which: ColumnElement[bool]) -> None:
    """Let go of answers that supporters handed in, whether or not somebody has looked at them."""
    guarded.change(
        session,
        IncomingMail,
        IncomingMail.kind == IncomingKind.HANDED_IN,
        IncomingMail.content.is_not(None),
        which,
        content=None,
        handled_at=func.coalesce(IncomingMail.handled_at, func.now()),
    )


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.count()).select_from(Letter).where(which)) or 0)
