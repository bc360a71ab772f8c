"""What came back: a report is recorded once, and an address that nothing reaches is marked for a person to look at.

Four kinds of trouble, four answers: a dead address is parked, a full mailbox is tried again until the deadline, a
refusal of *us* stops all sending until an admin has looked, a refusal of the text is left to print.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from campaign.appeals.relay import copies, owed_news
from campaign.appeals.relay.content import Content
from campaign.mail import outbox, reports
from campaign.mail.reports import Report, Verdict
from campaign.office import audit
from campaign.office.audit import SCHEDULE, About
from campaign.office.permissions import Permission, holders
from campaign.office.webhooks import notices
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Letter, Official, Organisation, Organiser
from campaign.vocabulary import ActionStatus, LetterStatus, MessageKind, OfficeEvent

# After so long, servers have given up on what they could not deliver: the words are needed no more. What is said of
# the letter stays "sent": nobody ever said that it arrived.
REPORTS_WITHIN = timedelta(days=14)
# A mailbox that is full is not empty within the hour.
TRY_AGAIN = timedelta(hours=6)
# Of a letter that was refused for what is in it: the address may be right, and the same again would be refused again.
CONTENT = "content:"
BATCH = 500


class Recorded(StrEnum):
    """What was done with a report."""

    BOUNCED = "bounced"
    DELIVERED = "delivered"
    AGAIN = "again"  # it did not arrive, and is sent again
    HELD = "held"  # servers refuse us: nothing is sent until somebody has looked
    NOTED = "noted"  # a delay; nothing is decided by it
    KNOWN = "known"  # it was recorded before, or comes too late to change anything
    WAITS = "waits"  # kept, for a person to look at


def record(  # noqa: PLR0911 - a policy, read from the top
    session: Session, vault: Vault, report: Report, now: datetime
) -> Recorded | None:
    """Record what a report says of one of our letters; again is once. None for one without our seal: nothing is
    changed by it, and a person looks at it."""
    letter_id = reports.letter_of(vault, report)
    letter = session.get(Letter, letter_id, populate_existing=True) if letter_id is not None else None
    if letter is None:
        return None
    problem = f"report {report.status or '5'}"
    match report.verdict:
        case Verdict.DELIVERED:
            content = copies.kept_if_owed()
            arrived = _move(session, letter.id, LetterStatus.DELIVERED, content=content, ended_at=now, problem=None)
            return Recorded.DELIVERED if arrived else Recorded.KNOWN
        case Verdict.DELAYED:
            return Recorded.NOTED
        case Verdict.PASSING:
            return Recorded.AGAIN if _again(session, letter, now + TRY_AGAIN, problem) else Recorded.KNOWN
        case Verdict.REPUTATION:
            if not _again(session, letter, now, problem):
                return Recorded.KNOWN
            hold(session, vault, now)
            return Recorded.HELD
        case Verdict.CONTENT:
            problem = f"{CONTENT} {report.status or '5'}"
    to = Content.decrypted(vault, letter.content, letter.id).sent_to if letter.content is not None else None
    # Only from `sent`: one that is queued again since is not touched by a report about its first journey.
    if not _move(session, letter.id, LetterStatus.BOUNCED, problem=problem):
        return Recorded.KNOWN
    owed_news.enqueue(session, letter, MessageKind.LETTER_RETURNED, now)
    if report.verdict is Verdict.DEAD and to is not None:
        mark(session, vault, letter.official_id, to, now)
    return Recorded.BOUNCED


def hold(session: Session, vault: Vault, now: datetime) -> bool:
    """Send no letter any more until an admin has looked: servers refuse us, and each further try makes it worse.

    Admins are owed a mail. False if letters are held already.
    """
    held = guarded.change(
        session, Organisation, Organisation.id == 1, Organisation.letters_held_at.is_(None), letters_held_at=now
    )
    if not held:
        return False
    audit.record(session, vault, SCHEDULE, "sending of letters held", About("organisation", 1), now)
    notices.tell(session, OfficeEvent.LETTERS, None, now)
    may_see_to_it = Organiser.role.in_(holders(Permission.SETTINGS))
    admins = session.scalars(
        select(Organiser.id).where(Organiser.active, may_see_to_it, Organiser.password.is_not(None))
    ).all()
    for organiser_id in admins:
        key = f"held:{organiser_id}:{now.isoformat()}"
        outbox.enqueue_for_organiser(session, MessageKind.LETTERS_HELD, organiser_id, key, now)
    return True


def mark(session: Session, vault: Vault, official_id: int, address: str, now: datetime) -> bool:
    """Mark an official's e-mail as one that nothing reaches, unless it has another address by now, or the mark.

    Everything that waits for them is parked by it.
    """
    official = session.get(Official, official_id, populate_existing=True)
    if official is None or address not in official.emails[:1]:
        return False
    marked = guarded.change(
        session, Official, Official.id == official_id, Official.email_bounced_at.is_(None), email_bounced_at=now
    )
    if not marked:
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
    return guarded.change(
        session,
        Letter,
        Letter.id.in_(chosen.scalar_subquery()),
        Letter.status == LetterStatus.BOUNCED,
        status=LetterStatus.QUEUED,
        due_at=now,
        attempts=0,
        problem=None,
        ended_at=None,
    )


def settle(session: Session, now: datetime, most: int = BATCH) -> int:
    """Forget the words of what went weeks ago and of which nothing came back. It stays `sent`: silence is no answer.
    Returns how many letters."""
    # One that arrived while its writer's copy was owed kept its words that long.
    arrived = and_(Letter.status == LetterStatus.DELIVERED, ~copies.is_owed())
    old = (
        select(Letter.id)
        .where(
            Letter.status.in_((LetterStatus.SENT, LetterStatus.DELIVERED)),
            Letter.content.is_not(None),
            or_(Letter.sent_at <= now - REPORTS_WITHIN, arrived),
        )
        .order_by(Letter.id)
        .limit(most)
    )
    return guarded.change(
        session,
        Letter,
        Letter.id.in_(old.scalar_subquery()),
        Letter.status.in_((LetterStatus.SENT, LetterStatus.DELIVERED)),
        content=None,
        ended_at=func.coalesce(Letter.ended_at, now),
    )


def _again(session: Session, letter: Letter, due_at: datetime, problem: str) -> bool:
    """Queue a letter again that did not arrive; where its words are gone already, it has come back."""
    if letter.content is None:
        return _move(session, letter.id, LetterStatus.BOUNCED, problem=problem)
    return _move(session, letter.id, LetterStatus.QUEUED, due_at=due_at, attempts=0, problem=problem, ended_at=None)


def _move(session: Session, letter_id: int, then: LetterStatus, **values: object) -> bool:
    moved = guarded.change(
        session, Letter, and_(Letter.id == letter_id, Letter.status == LetterStatus.SENT), status=then, **values
    )
    return moved > 0
