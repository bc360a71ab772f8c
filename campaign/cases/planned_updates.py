"""Updates that go out by themselves at a time which somebody chose; and those that could not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from campaign.cases import obstacles, updates
from campaign.cases.obstacles import Obstacle, Reason
from campaign.errors import Conflict, Refused
from campaign.office import audit, organisation, review_mails
from campaign.office.audit import Actor
from campaign.office.next_steps import Flag, Need
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.tables import Organiser, Update
from campaign.vocabulary import UpdateStatus


def plan(
    session: Session,
    vault: Vault,
    actor: Actor,
    update_id: int,
    at: datetime,
    now: datetime,
    *,
    seen: str | None = None,
) -> None:
    """Let an update go out by itself at an instant; or at another than was planned.

    Who plans it answers for it as who sends it does. Raises as `updates.queue` does, and `Refused` for a time that has
    passed.
    """
    found, action = updates.held(session, update_id, lock=True)
    updates.refuse_unready(session, found, action, actor, seen)
    if at <= now:
        raise Refused("This time has passed. Choose a later time, or send it now.")
    before = {"send_at": found.send_at} if found.send_at is not None else None
    updates.become(
        session,
        found,
        UpdateStatus.DRAFT,
        UpdateStatus.DRAFT,
        send_at=at,
        planned_by_id=actor.id,
        held_at=None,
        held_why=None,
        held_for=None,
    )
    updates.record(session, vault, actor, "update planned", action, found, now, before, {"send_at": at})


def plan_no_more(session: Session, vault: Vault, actor: Actor, update_id: int, now: datetime) -> None:
    """Let it not go out by itself after all: it is a draft without a time. Raises `Conflict` if none was planned."""
    found, action = updates.held(session, update_id, lock=True)
    if found.send_at is None or found.status is not UpdateStatus.DRAFT:
        raise Conflict("This update is not planned.")
    before = {"send_at": found.send_at}
    updates.become(session, found, UpdateStatus.DRAFT, UpdateStatus.DRAFT, send_at=None, planned_by_id=None)
    updates.record(session, vault, actor, "update no longer planned", action, found, now, before)


def owed(now: datetime) -> ColumnElement[bool]:
    """Whether the time of any update has come."""
    return exists(select(Update.id).where(_due(now)))


def due(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of the updates whose time has come, the eldest time first."""
    return session.scalars(select(Update.id).where(_due(now)).order_by(Update.send_at, Update.id)).all()


def send_due(session: Session, vault: Vault, update_id: int, now: datetime) -> bool:
    """Put an update on its way whose time has come; False if something stands in its way, or it is not due any more.

    What stands in its way is noted: it stays a draft, without a time, until somebody decides.
    """
    found, action = updates.held(session, update_id, lock=True)
    if found.status is not UpdateStatus.DRAFT or found.send_at is None or found.send_at > now:
        return False
    why = [*updates.obstacles(found, action), *_unanswered(session, found)]
    if not why:
        updates.let_go(session, vault, audit.SCHEDULE, found, action, now)
        return True
    said, before = str(joined(obstacles.sentences(why))), {"send_at": found.send_at}
    updates.become(
        session,
        found,
        UpdateStatus.DRAFT,
        UpdateStatus.DRAFT,
        send_at=None,
        held_at=now,
        held_for=obstacles.written(why),
        held_why=said,  # for code of before
    )
    updates.record(session, vault, audit.SCHEDULE, "update held back", action, found, now, before, reason=said)
    review_mails.owe_about_held(session, action, found, now)
    return False


def flags(session: Session, action_id: int | None = None) -> Mapping[int, list[Flag]]:
    """{action: a flag for each update that was held back}, of every action or of one."""
    zone = organisation.zone(session)
    statement = select(Update.action_id, Update.held_at).where(
        Update.status == UpdateStatus.DRAFT, Update.held_at.is_not(None)
    )
    if action_id is not None:
        statement = statement.where(Update.action_id == action_id)
    found: dict[int, list[Flag]] = {}
    for number, at in session.execute(statement.order_by(Update.held_at)):
        on = at.astimezone(zone).date() if at is not None else None
        found.setdefault(number, []).append(Flag(Need.UPDATE, Sentence("A planned update was not sent"), on))
    return found


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(Update.send_at.is_not(None), Update.send_at <= now, Update.status == UpdateStatus.DRAFT)


def _unanswered(session: Session, found: Update) -> list[Obstacle]:
    """Why whoever planned it may not send it any more."""
    planner = session.get(Organiser, found.planned_by_id) if found.planned_by_id is not None else None
    if planner is None or not planner.active or not updates.may_send(session, planner.role):
        return [Obstacle(Reason.PLANNER)]
    if updates.needs_another(session, found, planner.id):
        return [Obstacle(Reason.UNREAD)]
    return []
