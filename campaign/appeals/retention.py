"""What goes, and when: the promises of the privacy page, kept by a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.appeals import throttles
from campaign.storage import Storage
from campaign.storage.tables import Action, Organisation, Signature
from campaign.vocabulary import ActionStatus, SignatureStatus

# How many rows one statement touches: a purge must not stop people from signing.
BATCH = 1_000


@dataclass(frozen=True)
class Purged:
    """What went, or would go."""

    expired: int
    erased: int
    throttles: int


def purge(session: Session, now: datetime, *, dry_run: bool = False) -> Purged:
    """One batch of each kind; call again until it returns zeros. `dry_run` counts all and changes nothing."""
    expired = and_(Signature.status == SignatureStatus.PENDING, Signature.expires_at <= now)
    if dry_run:
        return Purged(
            expired=_count(session, expired),
            erased=_count(session, _outlived(session, now)),
            throttles=throttles.forget(session, now, dry_run=True),
        )
    return Purged(
        expired=_strip(session, expired, {"status": SignatureStatus.EXPIRED}),
        # It was counted, and stays counted: the number on the page says how many signed, not who is kept.
        erased=_strip(session, _outlived(session, now), {"status": SignatureStatus.ERASED}),
        throttles=throttles.forget(session, now),
    )


def purge_all(storage: Storage, now: datetime) -> Purged:
    """Purge in batches until nothing is left to go; a fault in one batch leaves the others done."""
    expired = erased = throttles = 0
    while True:
        with storage.writing() as session:
            batch = purge(session, now)
        expired, erased, throttles = (
            expired + batch.expired,
            erased + batch.erased,
            throttles + batch.throttles,
        )
        if max(batch.expired, batch.erased) < BATCH:
            return Purged(expired, erased, throttles)


def _outlived(session: Session, now: datetime) -> ColumnElement[bool]:
    """Contact data whose stated time is over: the retention, counted from the end of its action."""
    days = session.scalar(select(Organisation.retention_days)) or 0
    over = select(Action.id).where(
        Action.status.in_((ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED)),
        Action.ended_at < now - timedelta(days=days),
    )
    return and_(
        Signature.action_id.in_(over.scalar_subquery()),
        Signature.status.not_in((SignatureStatus.ERASED, SignatureStatus.PENDING)),
        or_(Signature.email_hash.is_not(None), Signature.name.is_not(None)),
    )


def _strip(session: Session, which: ColumnElement[bool], values: dict[str, SignatureStatus]) -> int:
    chosen = select(Signature.id).where(which).limit(BATCH).scalar_subquery()
    gone = session.execute(
        update(Signature)
        .where(Signature.id.in_(chosen))
        .values(email=None, email_hash=None, seat=None, name=None, message=None, updates=False, **values)
        .returning(Signature.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.count()).select_from(Signature).where(which)) or 0)
