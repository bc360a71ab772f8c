"""A wish that is not confirmed dies with its expiry, and takes nothing with it that may still be confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from campaign.storage import guarded
from campaign.storage.tables import LaterWish, Message, Signature
from campaign.vocabulary import SignatureStatus

# Of these nothing may be confirmed any more.
_OVER = (SignatureStatus.REJECTED, SignatureStatus.WITHDRAWN, SignatureStatus.EXPIRED, SignatureStatus.ERASED)


def has_later(now: datetime) -> ColumnElement[bool]:
    """Of signatures: whether a later wish beside it may still be confirmed."""
    return exists().where(
        LaterWish.signature_id == Signature.id, LaterWish.confirmed_at.is_(None), LaterWish.expires_at > now
    )


def dead(now: datetime) -> ColumnElement[bool]:
    """Later wishes that ran out, and all of signatures that are over."""
    over = exists().where(Signature.id == LaterWish.signature_id, Signature.status.in_(_OVER))
    return or_(and_(LaterWish.confirmed_at.is_(None), LaterWish.expires_at <= now), over)


def drop_wishes(session: Session, now: datetime, most: int) -> int:
    """Delete up to `most` of them, with the messages that led to them."""
    chosen = select(LaterWish.id).where(dead(now)).limit(most).scalar_subquery()
    return guarded.remove(session, LaterWish, LaterWish.id.in_(chosen))


def let_later_wishes_take_over(session: Session, now: datetime, most: int) -> int:
    """Where the first wish ran out and a later one has not, that one becomes the signature; returns how many.

    The link of the first then leads nowhere, like that of any wish that ran out.
    """
    ran_out = session.scalars(
        select(Signature)
        .where(Signature.status == SignatureStatus.PENDING, Signature.expires_at <= now, has_later(now))
        .limit(most)
        .with_for_update()
    ).all()
    for signature in ran_out:
        later = session.scalars(
            select(LaterWish)
            .where(LaterWish.signature_id == signature.id, LaterWish.confirmed_at.is_(None), LaterWish.expires_at > now)
            .order_by(LaterWish.id)
            .limit(1)
        ).one()
        taken = {name: getattr(later, name) for name in _TAKEN}
        session.execute(delete(Message).where(Message.wish_id == later.id))
        session.delete(later)
        session.flush()
        for name, value in taken.items():
            setattr(signature, name, value)
        # Found anew once it is confirmed, and grouped by the job that groups the words of before.
        signature.name_hash = signature.words_hash = None
        session.flush()
    return len(ran_out)


_TAKEN = (
    "reference",
    "email",
    "name",
    "message",
    "country",
    "disclosure",
    "updates",
    "locale",
    "consent_text_id",
    "signed_text_id",
    "created_at",
    "expires_at",
)
