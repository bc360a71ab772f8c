"""Tasks: what is to be done in an action by the end of a day, where the office is, and who has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from campaign.errors import Forbidden, Refused, Unknown
from campaign.office import audit, organisation, ownership
from campaign.office.audit import About, Actor
from campaign.office.permissions import Permission, may
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Organiser, Task
from campaign.vocabulary import ActionStatus

LONGEST = 200


@dataclass(frozen=True)
class Wanted:
    """What a form asks for. `organiser_id`: who has the task; None leaves it to the owner of the action."""

    what: str
    on: date | None
    organiser_id: int | None = None


@dataclass(frozen=True)
class Shown:
    """A task of an action; `days` from today at the office, negative when it is late."""

    id: int
    what: str
    on: date
    days: int
    organiser_id: int | None
    who: str | None
    done: bool


@dataclass(frozen=True)
class Pressing:
    """A task that is due today or late."""

    what: str
    on: date


def waiting() -> ColumnElement[bool]:
    """Of tasks with their actions: still to be done, in an action that is not put away."""
    return and_(Task.done_at.is_(None), Action.discarded_at.is_(None), Action.status != ActionStatus.ARCHIVED)


def holder() -> ColumnElement[int | None]:
    """Of tasks with their actions: the id of who has it."""
    return func.coalesce(Task.organiser_id, Action.owner_id)


def today_at_office(session: Session, now: datetime) -> date:
    """The day that it is where the office is: a task is due there."""
    return now.astimezone(organisation.zone(session)).date()


def of_action(session: Session, action_id: int, now: datetime) -> tuple[Shown, ...]:
    """The tasks of an action: what is to be done, the nearest first; then what is done, the latest day first."""
    today = today_at_office(session, now)
    rows = session.execute(
        select(Task, Organiser.name)
        .outerjoin(Organiser, Organiser.id == Task.organiser_id)
        .where(Task.action_id == action_id)
        .order_by(Task.on, Task.id)
    ).all()
    shown = [_shown(task, name, today) for task, name in rows]
    return (*(it for it in shown if not it.done), *(it for it in reversed(shown) if it.done))


def one(session: Session, slug: str, task_id: int, now: datetime) -> Shown:
    """One task. Raises `Unknown` if this action has none of this number."""
    task = _task(session, slug, task_id)
    who = session.get(Organiser, task.organiser_id) if task.organiser_id is not None else None
    return _shown(task, who.name if who else None, today_at_office(session, now))


def pressing(session: Session, today: date, action_id: int | None = None) -> Mapping[int, tuple[Pressing, ...]]:
    """{action: its tasks that are due today or late, the eldest first}, of every action or of one. One query."""
    due: dict[int, list[Pressing]] = defaultdict(list)
    statement = select(Task.action_id, Task.what, Task.on).join(Action, Action.id == Task.action_id)
    if action_id is not None:
        statement = statement.where(Task.action_id == action_id)
    for number, what, on in session.execute(statement.where(waiting(), Task.on <= today).order_by(Task.on, Task.id)):
        due[number].append(Pressing(what, on))
    return {number: tuple(found) for number, found in due.items()}


def faults(wanted: Wanted) -> dict[str, Sentence]:
    """What is wrong, by field; empty if it can be kept."""
    wrong = {}
    if not wanted.what or len(wanted.what) > LONGEST:
        wrong["what"] = Sentence("Say what is to be done, in 200 characters at most.")
    if wanted.on is None:
        wrong["on"] = Sentence("Choose a day.")
    return wrong


def add(session: Session, vault: Vault, actor: Actor, slug: str, wanted: Wanted, now: datetime) -> int:
    """A new task; returns its number. Raises `Refused` for what `faults` finds, or for somebody who has left."""
    action = ownership.looked_after(session, slug)
    who = _checked(session, action, wanted)
    task = Task(action_id=action.id, what=wanted.what, on=wanted.on, organiser_id=wanted.organiser_id)
    session.add(task)
    session.flush()
    audit.record(session, vault, actor, "task added", _about(action, task), now, after=_kept(wanted.on, who))
    return task.id


def change(
    session: Session, vault: Vault, actor: Actor, slug: str, task_id: int, wanted: Wanted, now: datetime
) -> None:
    """Say it otherwise, move it to another day, give it to someone else. Raises as `add` does, and `Unknown`."""
    action, task = ownership.looked_after(session, slug), _task(session, slug, task_id)
    who = _checked(session, action, wanted)
    before_who = session.get(Organiser, task.organiser_id) if task.organiser_id is not None else None
    before = _kept(task.on, before_who)
    if (task.what, task.on, task.organiser_id) == (wanted.what, wanted.on, wanted.organiser_id):
        return
    task.what, task.on, task.organiser_id = wanted.what, wanted.on or task.on, wanted.organiser_id
    session.flush()
    was, becomes = audit.changed(before, _kept(wanted.on, who))
    audit.record(session, vault, actor, "task changed", _about(action, task), now, before=was, after=becomes)


def set_done(session: Session, vault: Vault, actor: Actor, slug: str, task_id: int, done: bool, now: datetime) -> None:
    """Mark a task as done, or as still to be done. Raises `Forbidden` for who neither has it nor may edit."""
    action, task = ownership.looked_after(session, slug), _task(session, slug, task_id)
    who = session.get(Organiser, actor.id) if actor.id is not None else None
    has_it = who is not None and who.id == (task.organiser_id or action.owner_id)
    if who is None or not (has_it or may(who.role, Permission.EDIT)):
        raise Forbidden("Only someone who has this task, or who can edit, can do this.")
    still = Task.done_at.is_(None) if done else Task.done_at.is_not(None)
    if guarded.change(session, Task, Task.id == task.id, still, done_at=now if done else None):
        audit.record(session, vault, actor, "task done" if done else "task reopened", _about(action, task), now)


def remove(session: Session, vault: Vault, actor: Actor, slug: str, task_id: int, now: datetime) -> None:
    """Delete a task. Raises `Unknown` if there is none of this number."""
    task = _task(session, slug, task_id)
    who = session.get(Organiser, task.organiser_id) if task.organiser_id is not None else None
    about, before = _about(ownership.looked_after(session, slug), task), _kept(task.on, who)
    if guarded.remove(session, Task, Task.id == task.id):
        audit.record(session, vault, actor, "task removed", about, now, before=before)


def _kept(on: date | None, who: Organiser | None) -> dict[str, object]:
    # Never what is to be done: the trail stays for good, and a task may speak of people at risk.
    return {"due": on, "who": who.name if who else None}


def _checked(session: Session, action: Action, wanted: Wanted) -> Organiser | None:
    for sentence in faults(wanted).values():
        raise Refused(sentence)
    if wanted.organiser_id is None:
        return None
    return ownership.working(session, action, wanted.organiser_id)


def _shown(task: Task, who: str | None, today: date) -> Shown:
    return Shown(
        id=task.id,
        what=task.what,
        on=task.on,
        days=(task.on - today).days,
        organiser_id=task.organiser_id,
        who=who,
        done=task.done_at is not None,
    )


def _task(session: Session, slug: str, task_id: int) -> Task:
    task = session.scalars(
        select(Task).where(Task.id == task_id, Task.action_id == ownership.looked_after(session, slug).id)
    ).one_or_none()
    if task is None:
        raise Unknown("There is no such task.")
    return task


def _about(action: Action, task: Task) -> About:
    return About("task", task.id, action_id=action.id, case_id=action.case_id)
