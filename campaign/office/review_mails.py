"""What waits for a second person: telling those who may look, when it is put forward and when they are reminded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.mail import outbox
from campaign.office import second_person
from campaign.office.permissions import Permission, may
from campaign.storage.tables import Action, ActionText, Organisation, Organiser, Proposal
from campaign.vocabulary import ActionNumber, ActionStatus, MessageKind, ProposalStatus, Role


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
    today = clock.local_day(now, session.scalars(select(Organisation.time_zone)).one())
    asked = _accepted_reviewers(session, action.submitted_by_id)
    keys = {it: f"review:{action.id}:{it}:{today.isoformat()}" for it in asked}
    return sum(outbox.enqueue_for_organiser(session, MessageKind.REVIEW, it, key, now) for it, key in keys.items())


def owe_about_change(
    session: Session, action: Action, proposal_id: int, proposed_by_id: int | None, now: datetime
) -> int:
    """Owe a mail to everyone who may look at a change of a public action and did not make it; returns to how many."""
    asked = _accepted_reviewers(session, proposed_by_id)
    keys = {it: f"review:{action.id}:{it}:change:{proposal_id}" for it in asked}
    return sum(outbox.enqueue_for_organiser(session, MessageKind.REVIEW, it, key, now) for it, key in keys.items())


def _accepted_reviewers(session: Session, but: int | None) -> list[int]:
    """Who may review and has accepted their invitation: what is not public yet goes to nobody else's mailbox."""
    roles = [role for role in Role if may(role, Permission.REVIEW)]
    return list(
        session.scalars(
            select(Organiser.id).where(
                Organiser.active,
                second_person.has_accepted(),
                Organiser.role.in_(roles),
                Organiser.id.is_distinct_from(but),
            )
        )
    )


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
