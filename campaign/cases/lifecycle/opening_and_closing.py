"""An action's life: what must hold before it opens, opening, stopping, closing at the deadline by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session, aliased, selectinload

from campaign import clock
from campaign.cases.places import NO_COUNTRY
from campaign.channels import reached_by_letter
from campaign.errors import Conflict, Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.states import called
from campaign.publication import signed_texts
from campaign.publication.slugs import known_action
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.tables import Action, Case, Update
from campaign.transitions import may_become, may_precede
from campaign.vocabulary import ActionStatus, RecipientRole, Shield, UpdateStatus

GONE_ON = Sentence("This case has a newer action.")
MOVED_ON = Sentence("This action was changed by someone else in this moment. Look again.")
# What nobody outside has seen.
UNSEEN = (ActionStatus.DRAFT, ActionStatus.IN_REVIEW)


def publish(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    deadline: date | None,
    now: datetime,
    warned: Sequence[str] = (),
) -> Action:
    """Open an action, with a new deadline if one is given, and close the one that it follows.

    `warned` is what the checks pointed at, for the record. Raises `Refused` with everything that stands in the way.
    """
    action = _action(session, slug)
    refuse_if_discarded(action)
    if not may_become(action.status, ActionStatus.OPEN) or action.status is ActionStatus.CLOSED:
        raise Conflict("This action is %(status)s and cannot be opened.", status=called(action.status))
    until = deadline or action.deadline
    found = obstacles(action, until, now)
    if found:
        raise Refused("Not published. %(why)s", why=joined(found))
    opened = session.execute(
        update(Action)
        .where(Action.id == action.id, Action.status == action.status, Action.discarded_at.is_(None))
        .values(
            status=ActionStatus.OPEN,
            deadline=until,
            issued_on=action.issued_on or clock.local_day(now, action.case.time_zone),
            opened_at=now,
            ended_at=None,
        )
        .returning(Action.id)
    ).one_or_none()
    if opened is None:
        raise Conflict(MOVED_ON)
    before = action.status
    session.refresh(action)
    audit.record(
        session,
        vault,
        actor,
        "action opened",
        _about(action),
        now,
        before={"status": before},
        after={"status": action.status, "deadline": until, "warnings": list(warned)},
    )
    signed_texts.keep(session, vault, action.slug, now)
    session.refresh(action)
    _close_followed(session, vault, actor, action, now)
    return action


def _close_followed(session: Session, vault: Vault, actor: Actor, action: Action, now: datetime) -> None:
    # Two appeals that ask for different things would share out those who sign, if only for a minute.
    old = session.get(Action, action.previous_id) if action.previous_id is not None else None
    if old is None or old.status is not ActionStatus.OPEN or old.shield is Shield.PAUSE:
        return
    if _close(session, old.id, old.deadline, now):
        session.refresh(old)
        audit.record(session, vault, actor, "action closed", _about(old), now, reason=str(GONE_ON))


def obstacles(action: Action, deadline: date | None, now: datetime) -> list[Sentence]:
    """What stands in the way of opening an action, each as a sentence that says what to do."""
    zone = action.case.time_zone
    original = next((it for it in action.texts if it.locale == action.original_locale), None)
    asked = [it.official for it in action.recipients if it.role is RecipientRole.TO]
    found: list[Sentence] = []
    if deadline is None:
        found.append(Sentence("It has no deadline. Set one with --deadline YYYY-MM-DD."))
    elif not clock.signing_open(now, deadline, zone):
        said = Sentence(
            "Its deadline (%(day)s) has passed. Set a later one with --deadline YYYY-MM-DD.", day=deadline.isoformat()
        )
        found.append(said)
    if action.case.country == NO_COUNTRY:
        found.append(Sentence("It has no country."))
    if original is None or not original.title:
        found.append(Sentence("It has no title."))
    if not asked:
        found.append(Sentence("It asks no official to act."))
    elif not any(it.address or it.emails or reached_by_letter(it.channels) for it in asked):
        found.append(Sentence("None of its officials can be reached by post, e-mail, fax or web form."))
    if original is not None and not original.demands and not action.letters:
        found.append(Sentence("It has no demands and no sample letter."))
    return found


def stop(session: Session, slug: str, reason: dict[str, str], now: datetime) -> Action:
    """Stop an action at once, from any public state: writing would do harm. Raises `Conflict` if it was stopped
    already, or never was public.

    Updates of it that are on their way stop too; the outbox drops what it still owes when it comes to it.
    """
    action = _action(session, slug)
    if action.status in UNSEEN:
        raise Conflict("This action was never public, so there is nothing to stop. Discard the draft instead.")
    stopped = session.execute(
        update(Action)
        .where(Action.id == action.id, Action.status.in_(may_precede(ActionStatus.STOPPED)))
        # One that was stopped and put away stays as it is: its reason, and its hour, are what readers were told.
        .where(~and_(Action.status == ActionStatus.ARCHIVED, Action.stop_reason.is_not(None)))
        .values(status=ActionStatus.STOPPED, ended_at=now, stop_reason=reason)
        .returning(Action.id)
    ).one_or_none()
    if stopped is None:
        raise Conflict("This action is already stopped.")
    session.execute(
        update(Update)
        .where(Update.action_id == action.id, Update.status == UpdateStatus.QUEUED)
        .values(status=UpdateStatus.CANCELLED, ended_at=now)
    )
    session.refresh(action)
    return action


def close(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> None:
    """Close an open action before its deadline; an outcome may be told later. Raises `Conflict` if it is not open."""
    action = _action(session, slug)
    if action.status is not ActionStatus.OPEN:
        raise Conflict("Only an open action can be closed. This one is %(status)s.", status=called(action.status))
    if not _close(session, action.id, action.deadline, now):
        raise Conflict(MOVED_ON)
    session.refresh(action)
    before, after = {"status": ActionStatus.OPEN}, {"status": ActionStatus.CLOSED}
    audit.record(session, vault, actor, "action closed", _about(action), now, before=before, after=after)


def refuse_if_discarded(action: Action) -> None:
    """Raises `Conflict` for a draft that was thrown away: it is taken back first, or left alone."""
    if action.discarded_at is not None:
        raise Conflict("This draft was discarded. Restore it first.")


def close_due(session: Session, vault: Vault, now: datetime) -> int:
    """Close every open action whose deadline is over in its own zone, or whose case has gone on; returns how many."""
    following = aliased(Action)
    gone_on = exists().where(following.previous_id == Action.id, following.status == ActionStatus.OPEN)
    open_now = session.execute(
        select(Action.id, Action.case_id, Action.deadline, Case.time_zone, gone_on)
        .join(Case, Case.id == Action.case_id)
        # A pause gives its days back when it is lifted: until then the deadline is not over.
        .where(Action.status == ActionStatus.OPEN, Action.shield != Shield.PAUSE)
    ).all()
    closed = 0
    for action_id, case_id, deadline, zone, superseded in open_now:
        if deadline is not None and not clock.signing_open(now, deadline, zone):
            ended_at, why = clock.end_of(deadline, zone), "The deadline has passed."
        elif superseded:
            ended_at, why = now, str(GONE_ON)
        else:
            continue
        if _close(session, action_id, deadline, ended_at):
            about = About("action", action_id, action_id=action_id, case_id=case_id)
            audit.record(session, vault, audit.SCHEDULE, "action closed", about, now, reason=why)
            closed += 1
    return closed


def _close(session: Session, action_id: int, deadline: date | None, ended_at: datetime) -> bool:
    # The deadline is part of the guard: one that was moved in this moment keeps its action open.
    row = session.execute(
        update(Action)
        .where(Action.id == action_id, Action.status == ActionStatus.OPEN, Action.deadline == deadline)
        .values(status=ActionStatus.CLOSED, ended_at=ended_at)
        .returning(Action.id)
    ).one_or_none()
    return row is not None


def _about(action: Action) -> About:
    return About("action", action.id, action_id=action.id, case_id=action.case_id)


def _action(session: Session, slug: str) -> Action:
    action = session.scalars(
        select(Action).where(Action.slug == slug).options(selectinload(Action.texts), selectinload(Action.recipients))
    ).one_or_none()
    return known_action(action, slug)
