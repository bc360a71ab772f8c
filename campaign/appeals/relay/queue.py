"""Letters on their way to officials: which may go now, taking them on lease, and recording what became of them.

The table is the truth, as it is for the outbox. To one official goes one letter at a time, as pacing allows; what a
mail server refuses for good parks all that waits for this official, until a person has looked at the address.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from campaign import clock
from campaign.appeals.relay import pacing
from campaign.appeals.relay.pacing import MEMORY, Hours, Pace
from campaign.mail.outbox import LEASE, PAUSES, retry_delay
from campaign.storage import guarded
from campaign.storage.tables import Action, Case, Letter, LetterReport, Official, Organisation, Recipient, Signature
from campaign.vocabulary import ActionStatus, ChannelKind, LetterStatus, SignatureStatus

# After a passing failure no other letter to the same official is tried for so long: their server asked us to wait.
REST = timedelta(minutes=10)


@dataclass(frozen=True)
class Leased:
    """A letter that this worker, and no other, may send until its lease runs out."""

    id: int
    official_id: int
    action_id: int
    attempts: int
    lease: bytes
    until: datetime

    def safe(self, now: datetime) -> bool:
        """Whether there is still time to send it: a sending begun in the lease's last half might outlast it."""
        return now < self.until - LEASE / 2


@dataclass(frozen=True)
class Queued:
    """What waits for one official: their hours, the open actions it belongs to, the nearest deadline first."""

    official_id: int
    hours: Hours
    actions: tuple[tuple[int, datetime], ...]  # (action, end of its deadline)


def owed() -> ColumnElement[bool]:
    """Whether a letter waits, of an action that is open: `ready` says whether it may go now."""
    waits = exists().where(Letter.action_id == Action.id, Letter.status == LetterStatus.QUEUED)
    return exists(select(Action.id).where(Action.status == ActionStatus.OPEN, waits))


def claim(session: Session, now: datetime, *, live: bool) -> tuple[Leased, ...]:
    """Take what may go now: of each official at most one letter, none while another is on its way.

    `live`: letters really leave the house, so that an official must have been cleared.
    """
    found = waiting(session, now, live=live)
    if not found:
        return ()
    pace = pace_of(session)
    # On PostgreSQL two workers must not both find the same official free; SQLite has one writer at a time.
    free = set(
        session.scalars(
            select(Official.id)
            .where(Official.id.in_([it.official_id for it in found]))
            .with_for_update(key_share=True, skip_locked=True)
        )
    )
    return tuple(filter(None, (_claim_one(session, pace, it, now) for it in found if it.official_id in free)))


def ready(session: Session, now: datetime, *, live: bool) -> bool:
    """Whether `lease` would take something: what a sweep asks before it becomes a writer."""
    found = waiting(session, now, live=live)
    if not found:
        return False
    pace = pace_of(session)
    return any(_next(session, pace, it, now) is not None for it in found)


def waiting(session: Session, now: datetime, *, live: bool) -> tuple[Queued, ...]:
    """Officials that something waits for, that may be written to, and whose office is open now."""
    organisation = session.scalars(select(Organisation)).one()
    if organisation.letters_held_at is not None:
        return ()
    rows = session.execute(
        select(Official.id, Official.country, Official.time_zone, Action.id, Action.deadline, Case.time_zone)
        .join(Recipient, Recipient.official_id == Official.id)
        .join(Action, Action.id == Recipient.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(
            Action.status == ActionStatus.OPEN,
            reachable(live=live),
            exists().where(
                Letter.action_id == Action.id,
                Letter.official_id == Official.id,
                Letter.status == LetterStatus.QUEUED,
            ),
        )
    ).all()
    hours: dict[int, Hours] = {}
    actions: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for official_id, country, zone, action_id, deadline, case_zone in rows:
        if deadline is not None and now < (end := clock.end_of(deadline, case_zone)):
            hours[official_id] = pacing.hours_of(country, zone, organisation.office_opens, organisation.office_closes)
            actions[official_id].append((action_id, end))
    return tuple(
        Queued(official_id, hours[official_id], tuple(sorted(theirs, key=lambda it: (it[1], it[0]))))
        for official_id, theirs in sorted(actions.items())
        if pacing.open_at(hours[official_id], now)
    )


def reachable(*, live: bool) -> ColumnElement[bool]:
    """Of an official: whether the system may write to them by e-mail as things are."""
    may = and_(Official.email_bounced_at.is_(None), Official.merged_into_id.is_(None), Official.emails != [])
    return and_(may, Official.cleared_at.is_not(None)) if live else may


def pace_of(session: Session) -> Pace:
    """The caps as the organisation has set them."""
    return Pace(*session.execute(select(Organisation.letters_hourly, Organisation.letters_daily)).one())


def recent(session: Session, officials: Sequence[int], now: datetime) -> dict[int, list[datetime]]:
    """{official: instants of sendings that pacing remembers}; one query. What is on lease counts from its taking."""
    found = session.execute(
        select(Letter.official_id, Letter.sent_at, Letter.leased_until).where(
            Letter.official_id.in_(officials),
            or_(Letter.sent_at > now - MEMORY, and_(Letter.status == LetterStatus.QUEUED, Letter.lease.is_not(None))),
        )
    ).all()
    instants: dict[int, list[datetime]] = {it: [] for it in officials}
    for official_id, sent_at, leased_until in found:
        if sent_at is not None and sent_at > now - MEMORY:
            instants[official_id].append(sent_at)
        if leased_until is not None:
            instants[official_id].append(leased_until - LEASE)
    return instants


def mark_sent(session: Session, letter: Leased, content: bytes, now: datetime) -> bool:
    """Record that a mail server took it; `content` is encrypted, with the address it went to.

    False if the lease had passed to another, or the letter is gone: erased while it was on its way. A letter is counted
    once, however often it has to be sent.
    """
    counted = session.scalars(select(Letter.sent_at).where(Letter.id == letter.id)).one_or_none() is not None
    values = {"status": LetterStatus.SENT, "sent_at": now, "content": content, "problem": None}
    if not _settle(session, letter, **values):
        return False
    if not counted:
        count(session, letter.action_id, ChannelKind.EMAIL, 1, now)
    return True


def readdress_merged(session: Session) -> int:
    """Lead what has not gone to the official whom the addressee turned out to be; returns how many letters.

    Where the same words lie with both, the one with the duplicate stays behind, and is not sent.
    """
    kept = select(Official.merged_into_id).where(Official.id == Letter.official_id).correlate(Letter).scalar_subquery()
    same = aliased(Letter)
    there_already = exists().where(
        same.signature_id == Letter.signature_id, same.official_id == kept, same.text_hash == Letter.text_hash
    )
    merged = select(Official.id).where(Official.merged_into_id.is_not(None))
    led = guarded.rows(
        session,
        update(Letter)
        .where(Letter.official_id.in_(merged.scalar_subquery()), ~there_already, Letter.lease.is_(None))
        .where(Letter.status.in_((LetterStatus.DRAFTED, LetterStatus.QUEUED, LetterStatus.BOUNCED)))
        .values(official_id=kept)
        .returning(Letter.id),
    ).all()
    return len(led)


def count(session: Session, action_id: int, channel: ChannelKind, letters: int, now: datetime) -> None:
    """Count letters as sent, as if their writers had said so."""
    zone = session.scalars(
        select(Case.time_zone).join(Action, Action.case_id == Case.id).where(Action.id == action_id)
    ).one()
    day = clock.local_day(now, zone)
    session.add_all(LetterReport(action_id=action_id, channel=channel, day=day) for _ in range(letters))


def mark_bounced(session: Session, letter: Leased, problem: str) -> bool:
    """Record that the official's server will not have it. False as `sent`."""
    return _settle(session, letter, status=LetterStatus.BOUNCED, problem=problem[:80])


def retry_later(session: Session, letter: Leased, problem: str, now: datetime) -> bool:
    """Record a passing failure: due again after a growing pause, and after the last pause as long again each time."""
    pause = retry_delay(letter.attempts) or PAUSES[-1]
    return _settle(session, letter, due_at=now + pause, problem=problem[:80])


def release(session: Session, letter: Leased) -> bool:
    """Let a later lease have what was not tried: it counts as no attempt."""
    return _settle(session, letter, attempts=letter.attempts - 1)


def _claim_one(session: Session, pace: Pace, queued: Queued, now: datetime) -> Leased | None:
    chosen = _next(session, pace, queued, now)
    if chosen is None:
        return None
    mine = secrets.token_bytes(16)
    taken = guarded.rows(
        session,
        update(Letter)
        .where(Letter.id == chosen, _due(now))
        .values(lease=mine, leased_until=now + LEASE, attempts=Letter.attempts + 1)
        .returning(Letter.id, Letter.official_id, Letter.action_id, Letter.attempts),
    ).one_or_none()
    return Leased(*taken, lease=mine, until=now + LEASE) if taken is not None else None


def _next(session: Session, pace: Pace, queued: Queued, now: datetime) -> int | None:
    """The letter that goes now; None if none may."""
    instants = recent(session, [queued.official_id], now)[queued.official_id]
    # Before anything is read of the queue: what no letter may do, the next one may not.
    if pacing.held_up(pace, queued.hours, instants, now) or _busy(session, queued.official_id, now):
        return None
    for action_id, _ in queued.actions:
        chosen = session.scalars(
            select(Letter.id)
            .join(Signature, Signature.id == Letter.signature_id)
            .where(
                Letter.official_id == queued.official_id,
                Letter.action_id == action_id,
                _due(now),
                # What was withdrawn or found to be false since is not sent in anybody's name.
                Signature.status == SignatureStatus.CONFIRMED,
                Signature.email.is_not(None),
            )
            .order_by(Letter.due_at, Letter.id)
            .limit(1)
        ).one_or_none()
        if chosen is not None:
            return chosen if pacing.may_go(pace, queued.hours, chosen, instants, now) else None
    return None


def _busy(session: Session, official_id: int, now: datetime) -> bool:
    """Whether a letter to them is on its way at this moment, or one was put off a short while ago."""
    rows = session.execute(
        select(Letter.attempts, Letter.due_at, Letter.leased_until).where(
            Letter.official_id == official_id,
            Letter.status == LetterStatus.QUEUED,
            or_(Letter.leased_until >= now, and_(Letter.attempts > 0, Letter.due_at > now)),
        )
    ).all()
    return any(
        (leased_until is not None and leased_until >= now)
        or (attempts > 0 and now < due_at - (retry_delay(attempts) or PAUSES[-1]) + REST)
        for attempts, due_at, leased_until in rows
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Letter.status == LetterStatus.QUEUED,
        Letter.due_at <= now,
        or_(Letter.lease.is_(None), Letter.leased_until < now),
    )


def _settle(session: Session, letter: Leased, **values: object) -> bool:
    settled = guarded.change(
        session,
        Letter,
        Letter.id == letter.id,
        Letter.status == LetterStatus.QUEUED,
        Letter.lease == letter.lease,
        lease=None,
        leased_until=None,
        **values,
    )
    return settled > 0
