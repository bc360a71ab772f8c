"""What came back: a report is recorded once, and an address that nothing reaches is marked for a person to look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from campaign.appeals.relay.content import Content
from campaign.mail import reports
from campaign.mail.reports import Report, Verdict
from campaign.office import audit
from campaign.office.audit import SCHEDULE, About
from campaign.storage import Vault
from campaign.storage.tables import Action, Letter, Official
from campaign.vocabulary import ActionStatus, LetterStatus

# A mail is believed to have arrived when nothing was heard of it for so long.
REPORTS_WITHIN = timedelta(days=5)
# Of a letter that was refused for what is in it: the address may be right, and the same again would be refused again.
CONTENT = "content:"
_OF_CONTENT = ("5.6.", "5.3.4", "5.2.3")
BATCH = 500


class Recorded(StrEnum):
    """What was done with a report."""

    BOUNCED = "bounced"
    DELIVERED = "delivered"
    NOTED = "noted"  # a delay; nothing is decided by it
    KNOWN = "known"  # it was recorded before, or comes too late to change anything
    NOT_OURS = "not ours"


def record(session: Session, vault: Vault, report: Report, now: datetime) -> Recorded:
    """Record what a report says of one of our letters; again is once. One without our seal changes nothing."""
    letter_id = reports.letter_of(vault, report)
    letter = session.get(Letter, letter_id) if letter_id is not None else None
    if letter is None:
        return Recorded.NOT_OURS
    match report.verdict:
        case Verdict.DELIVERED:
            arrived = _move(session, letter.id, LetterStatus.DELIVERED, content=None, ended_at=now, problem=None)
            return Recorded.DELIVERED if arrived else Recorded.KNOWN
        case Verdict.DELAYED:
            return Recorded.NOTED
    of_content = report.status.startswith(_OF_CONTENT)
    problem = f"{CONTENT if of_content else 'report'} {report.status or '5'}"
    to = Content.decrypted(vault, letter.content, letter.id).sent_to if letter.content is not None else None
    # Only from `sent`: one that is queued again since is not touched by a report about its first journey.
    if not _move(session, letter.id, LetterStatus.BOUNCED, problem=problem):
        return Recorded.KNOWN
    # What may pass is released, and tried again, by the next sweep.
    if report.verdict is Verdict.HARD and not of_content and to is not None:
        mark(session, vault, letter.official_id, to, now)
    return Recorded.BOUNCED


def mark(session: Session, vault: Vault, official_id: int, address: str, now: datetime) -> bool:
    """Mark an official's e-mail as one that nothing reaches, unless it has another address by now, or the mark.

    Everything that waits for them is parked by it.
    """
    official = session.get(Official, official_id, populate_existing=True)
    if official is None or address not in official.emails[:1]:
        return False
    marked = session.execute(
        update(Official)
        .where(Official.id == official_id, Official.email_bounced_at.is_(None))
        .values(email_bounced_at=now)
        .returning(Official.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if marked is None:
        return False
    about = About("official", official_id)
    audit.record(
        session, vault, SCHEDULE, "contact bounced", about, now, before={"email_bounced_at": None},
        after={"email_bounced_at": now},
    )  # fmt: skip
    return True


def release(session: Session, now: datetime, most: int = BATCH) -> int:
    """Queue again what had bounced, where an organiser has put the address right; returns how many letters."""
    chosen = (
        select(Letter.id)
        .join(Official, Official.id == Letter.official_id)
        .join(Action, Action.id == Letter.action_id)
        .where(
            Letter.status == LetterStatus.BOUNCED,
            Letter.content.is_not(None),
            Letter.signature_id.is_not(None),
            or_(Letter.problem.is_(None), Letter.problem.not_like(f"{CONTENT}%")),
            Official.email_bounced_at.is_(None),
            Action.status == ActionStatus.OPEN,
        )
        .order_by(Letter.id)
        .limit(most)
    )
    released = session.execute(
        update(Letter)
        .where(Letter.id.in_(chosen.scalar_subquery()), Letter.status == LetterStatus.BOUNCED)
        .values(status=LetterStatus.QUEUED, due_at=now, attempts=0, problem=None, ended_at=None)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(released)


def settle(session: Session, now: datetime, most: int = BATCH) -> int:
    """What went days ago, and nothing was heard of, has arrived; its words are forgotten. Returns how many letters."""
    old = (
        select(Letter.id)
        .where(Letter.status == LetterStatus.SENT, Letter.sent_at <= now - REPORTS_WITHIN)
        .order_by(Letter.id)
        .limit(most)
    )
    arrived = session.execute(
        update(Letter)
        .where(Letter.id.in_(old.scalar_subquery()), Letter.status == LetterStatus.SENT)
        .values(status=LetterStatus.DELIVERED, content=None, ended_at=now)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(arrived)


def _move(session: Session, letter_id: int, then: LetterStatus, **values: object) -> bool:
    moved = session.execute(
        update(Letter)
        .where(and_(Letter.id == letter_id, Letter.status == LetterStatus.SENT))
        .values(status=then, **values)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    return moved.one_or_none() is not None
