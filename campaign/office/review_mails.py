"""What waits for a second person: telling those who may look, when it is put forward and when they are reminded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.action_number import ActionNumber
from campaign.mail import outbox
from campaign.office import mail_choices, second_person
from campaign.office.permissions import Permission, holders, may
from campaign.office.webhooks import notices
from campaign.storage import sight
from campaign.storage.tables import Action, ActionText, Organisation, Organiser, Proposal, Update
from campaign.vocabulary import ActionStatus, MessageKind, OfficeEvent, ProposalStatus, UpdateStatus


@dataclass(frozen=True)
class Waiting:
    """An action that someone else is to look at. `by` put it forward or changed it last."""

    slug: str
    number: ActionNumber | None
    title: str
    deadline: date | None
    by: str


def owe(session: Session, action: Action, now: datetime) -> int:
    """Owe a mail to everyone who may approve this action and did not put it forward; returns to how many.

    Each gets one a day about an action, however often they are asked.
    """
    notices.tell(session, OfficeEvent.REVIEW, action.case_id, now)
    today = clock.local_day(now, session.scalars(select(Organisation.time_zone)).one())
    asked = _accepted_reviewers(session, action, action.submitted_by_id)
    keys = {it: f"review:{action.id}:{it}:{today.isoformat()}" for it in asked}
    return sum(outbox.enqueue_for_organiser(session, MessageKind.REVIEW, it, key, now) for it, key in keys.items())


def owe_about_change(
    session: Session, action: Action, proposal_id: int, proposed_by_id: int | None, now: datetime
) -> int:
    """Owe a mail to everyone who may look at a change of a public action and did not make it; returns to how many."""
    notices.tell(session, OfficeEvent.REVIEW, action.case_id, now)
    asked = _accepted_reviewers(session, action, proposed_by_id)
    keys = {it: f"review:{action.id}:{it}:change:{proposal_id}" for it in asked}
    return sum(outbox.enqueue_for_organiser(session, MessageKind.REVIEW, it, key, now) for it, key in keys.items())


def _accepted_reviewers(session: Session, action: Action, but: int | None) -> list[int]:
    """Who may review, sees the case and has accepted their invitation: what is not public yet goes to nobody else's
    mailbox."""
    return list(
        session.scalars(
            select(Organiser.id).where(
                Organiser.active,
                second_person.has_accepted(),
                Organiser.role.in_(holders(Permission.REVIEW)),
                Organiser.id.is_distinct_from(but),
                sight.may_see(action.case_id),
            )
        )
    )


@dataclass(frozen=True)
class Published:
    """What one person changed at once in a public action, and why."""

    slug: str
    number: ActionNumber | None
    title: str
    by: str
    reason: str


# A mail that is late still tells of it; one about something else repeats it no longer than this.
TOLD_FOR = timedelta(days=3)


def published_urgently(session: Session, organiser: Organiser, now: datetime) -> tuple[Published, ...]:
    """What others published lately without a second person, the newest first: whoever may review is told at once."""
    if not organiser.active or organiser.password is None or not may(organiser.role, Permission.REVIEW):
        return ()
    found = session.execute(
        select(Action, ActionText.title, Organiser.name, Proposal.reason)
        .join(Proposal, Proposal.action_id == Action.id)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .outerjoin(Organiser, Organiser.id == Proposal.proposed_by_id)
        .where(
            Proposal.urgent,
            Proposal.created_at >= now - TOLD_FOR,
            Proposal.proposed_by_id.is_distinct_from(organiser.id),
        )
        .order_by(Proposal.id.desc())
    ).all()
    return tuple(Published(it.slug, it.number, title or it.slug, by or "", why) for it, title, by, why in found)


@dataclass(frozen=True)
class Held:
    """A planned update that was not sent."""

    slug: str
    number: ActionNumber | None
    title: str


def owe_about_held(session: Session, action: Action, found: Update, now: datetime) -> int:
    """Owe a mail to whoever planned an update that was held back, wrote it, or owns its action; returns to how many."""
    notices.tell(session, OfficeEvent.HELD, action.case_id, now)
    theirs = {found.planned_by_id, found.organiser_id, action.owner_id} - {None}
    told = session.scalars(
        select(Organiser.id).where(
            Organiser.active,
            second_person.has_accepted(),
            Organiser.id.in_(theirs),
            Organiser.role.in_(holders(Permission.READ)),
            sight.may_see(action.case_id),
        )
    ).all()
    keys = {it: f"review:held:{found.id}:{it}:{now:%Y%m%d%H%M}" for it in told}
    return sum(outbox.enqueue_for_organiser(session, MessageKind.REVIEW, it, key, now) for it, key in keys.items())


def held(session: Session, organiser: Organiser, now: datetime) -> tuple[Held, ...]:
    """What was held back lately of what is theirs, the newest first; nothing if they want no e-mail of it."""
    if mail_choices.unwanted(organiser, OfficeEvent.HELD) or not may(organiser.role, Permission.READ):
        return ()
    rows = session.execute(
        select(Action, ActionText.title)
        .join(Update, Update.action_id == Action.id)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .where(
            Update.status == UpdateStatus.DRAFT,
            Update.held_at >= now - TOLD_FOR,
            (Update.planned_by_id == organiser.id)
            | (Update.organiser_id == organiser.id)
            | (Action.owner_id == organiser.id),
        )
        .order_by(Update.held_at.desc(), Update.id)
    ).all()
    return tuple(Held(it.slug, it.number, title or it.slug) for it, title in rows)


def waiting(session: Session, organiser: Organiser) -> tuple[Waiting, ...]:
    """What this person may approve at this moment, the nearest deadline first."""
    if not organiser.active or organiser.password is None or not may(organiser.role, Permission.REVIEW):
        return ()
    found = session.execute(
        select(Action, ActionText.title, Organiser.name)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .outerjoin(Organiser, Organiser.id == Action.submitted_by_id)
        .where(
            Action.status == ActionStatus.IN_REVIEW,
            Action.approved_at.is_(None),
            Action.submitted_by_id.is_distinct_from(organiser.id),
        )
        .order_by(Action.deadline.is_(None), Action.deadline, Action.slug)
    ).all()
    changed = session.execute(
        select(Action, ActionText.title, Organiser.name)
        .join(Proposal, (Proposal.action_id == Action.id) & (Proposal.status == ProposalStatus.OPEN))
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .outerjoin(Organiser, Organiser.id == Proposal.proposed_by_id)
        .where(Proposal.proposed_by_id.is_distinct_from(organiser.id))
        .order_by(Action.deadline, Action.slug, Proposal.id)
    ).all()
    rows = [*found, *changed]
    return tuple(Waiting(it.slug, it.number, title or it.slug, it.deadline, by or "") for it, title, by in rows)
