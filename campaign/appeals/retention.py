"""What goes, and when: the promises of the privacy page, kept by a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from campaign.appeals.abuse import origins, rate_limits
from campaign.appeals.paper import sheets
from campaign.appeals.relay import deletion
from campaign.appeals.signing import expiring, visits
from campaign.appeals.signing.by_reference import CLEARED_FIELDS
from campaign.storage import Storage, guarded
from campaign.storage.tables import Action, Dossier, DossierEntry, LaterWish, Letter, Organisation, Signature
from campaign.storage.tables.base import Base
from campaign.vocabulary import ActionStatus, SignatureStatus

# How many rows one statement touches: a purge must not stop people from signing.
BATCH = 1_000
_OUTLIVES = tuple(it for it in SignatureStatus if it not in (SignatureStatus.ERASED, SignatureStatus.PENDING))
# Much longer than it takes from freezing to the next purge.
YOUNG = timedelta(days=3)


@dataclass(frozen=True)
class Purged:
    """What went, or would go."""

    expired: int
    erased: int
    entries: int  # names in dossiers; the numbers that they stood under stay
    networks: int  # keyed hashes of the networks that signatures came from
    throttles: int
    letters: int = 0  # that were asked for and never went, with their words
    words: int = 0  # of letters that went; that there was one stays
    paper: int = 0  # names typed from sheets; how many there were stays


def purge(session: Session, now: datetime, *, dry_run: bool = False) -> Purged:
    """One batch of each kind; call again until it returns zeros. `dry_run` counts all and changes nothing."""
    if not dry_run:
        expiring.let_later_wishes_take_over(session, now, BATCH)
    expired = and_(Signature.status == SignatureStatus.PENDING, Signature.expires_at <= now, ~expiring.has_later(now))
    letters = deletion.purge(session, Letter.action_id.in_(_long_over(session, now)), now, dry_run=dry_run)
    if dry_run:
        return Purged(
            expired=_count(session, Signature, expired) + _count(session, LaterWish, expiring.dead(now)),
            erased=_count(session, Signature, _outlived(session, now)),
            entries=_count(session, DossierEntry, or_(_still_named(session, now), _taken_back(now))),
            networks=_count(session, Signature, origins.known_too_long(now)),
            throttles=rate_limits.forget(session, now, dry_run=True),
            letters=letters.dropped,
            words=letters.emptied,
            paper=sheets.names_kept(session, sheets.still_named(session, _long_over(session, now))),
        )
    expiring.drop_wishes(session, now, BATCH)
    visits.forget_ended(session)
    return Purged(
        expired=_strip(session, expired, {"status": SignatureStatus.EXPIRED}),
        # It was counted, and stays counted: the number on the page says how many signed, not who is kept.
        erased=_strip(session, _outlived(session, now), {"status": SignatureStatus.ERASED}),
        entries=_unname(session, _still_named(session, now)) + _unname(session, _taken_back(now)),
        networks=_forget_networks(session, origins.known_too_long(now)),
        throttles=rate_limits.forget(session, now),
        letters=letters.dropped,
        words=letters.emptied,
    )


def purge_all(storage: Storage, now: datetime) -> Purged:
    """Purge in batches until nothing is left to go; a fault in one batch leaves the others done."""
    with storage.reading() as session:
        on_paper = sheets.still_named(session, _long_over(session, now))
    gone = Purged(0, 0, 0, 0, 0, paper=sheets.forget(storage, on_paper))
    while True:
        with storage.writing() as session:
            batch = purge(session, now)
        gone = Purged(
            gone.expired + batch.expired,
            gone.erased + batch.erased,
            gone.entries + batch.entries,
            gone.networks + batch.networks,
            gone.throttles + batch.throttles,
            gone.letters + batch.letters,
            gone.words + batch.words,
            gone.paper,
        )
        if max(batch.expired, batch.erased, batch.entries, batch.networks, batch.letters, batch.words) < BATCH:
            return gone


def _outlived(session: Session, now: datetime) -> ColumnElement[bool]:
    """Contact data whose stated time is over: the retention, counted from the end of its action."""
    return and_(
        # Looked up first: led by their numbers SQLite takes the index, by a question within the question it reads all.
        Signature.action_id.in_(
            session.scalars(select(Action.id).where(Action.id.in_(_long_over(session, now)))).all()
        ),
        # By name, so that an index leads past what is erased.
        Signature.status.in_(_OUTLIVES),
        or_(Signature.email_hash.is_not(None), Signature.name.is_not(None)),
    )


def _still_named(session: Session, now: datetime) -> ColumnElement[bool]:
    """Sealed names in dossiers that are kept no longer: by then the file is printed, or never will be."""
    old = select(Dossier.id).where(Dossier.action_id.in_(_long_over(session, now)))
    return and_(DossierEntry.name.is_not(None), DossierEntry.dossier_id.in_(old.scalar_subquery()))


def _taken_back(now: datetime) -> ColumnElement[bool]:
    """Taking back clears the names in dossiers at once; one that was frozen in that very moment may still have copied
    the name. That is found in the dossiers of the last days, not by all who ever took something back."""
    young = select(Dossier.id).where(Dossier.frozen_at > now - YOUNG)
    over = exists().where(
        Signature.id == DossierEntry.signature_id,
        Signature.status.in_((SignatureStatus.WITHDRAWN, SignatureStatus.ERASED)),
        Signature.name.is_(None),
    )
    return and_(DossierEntry.name.is_not(None), DossierEntry.dossier_id.in_(young.scalar_subquery()), over)


def _long_over(session: Session, now: datetime) -> ScalarSelect[int]:
    days = session.scalar(select(Organisation.retention_days)) or 0
    return (
        select(Action.id)
        .where(
            Action.status.in_((ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED)),
            Action.ended_at < now - timedelta(days=days),
        )
        .scalar_subquery()
    )


def _unname(session: Session, which: ColumnElement[bool]) -> int:
    key = tuple_(DossierEntry.dossier_id, DossierEntry.number)
    chosen = select(DossierEntry.dossier_id, DossierEntry.number).where(which).limit(BATCH)
    return guarded.change(session, DossierEntry, key.in_(chosen), name=None)


def _forget_networks(session: Session, which: ColumnElement[bool]) -> int:
    chosen = select(Signature.id).where(which).limit(BATCH).scalar_subquery()
    return guarded.change(session, Signature, Signature.id.in_(chosen), **origins.FORGOTTEN)


def _strip(session: Session, which: ColumnElement[bool], values: dict[str, SignatureStatus]) -> int:
    chosen = select(Signature.id).where(which).limit(BATCH).scalar_subquery()
    return guarded.change(
        session,
        Signature,
        Signature.id.in_(chosen),
        email=None,
        email_hash=None,
        seat=None,
        updates=False,
        **CLEARED_FIELDS,
        **values,
    )


def _count(session: Session, of: type[Base], which: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.count()).select_from(of).where(which)) or 0)
