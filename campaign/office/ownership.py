"""Whose an action is: its owner, who watches it, and the one rule of what somebody calls their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from campaign.errors import Conflict, Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.permissions import Permission, holders
from campaign.publication.slugs import known_action
from campaign.storage import Vault, guarded, sight
from campaign.storage.tables import Action, Organiser, Task, Watcher
from campaign.vocabulary import Role

MAY_OWN, MAY_WATCH = holders(Permission.EDIT), holders(Permission.READ)


@dataclass(frozen=True)
class Person:
    """An organiser, as others choose them."""

    id: int
    name: str


@dataclass(frozen=True)
class LookedAfter:
    """Who looks after an action, and who could; each list in the order of names."""

    owner: Person | None
    watchers: tuple[Person, ...]
    may_own: tuple[Person, ...]
    everyone: tuple[Person, ...]  # of those who work here and see the case

    @property
    def may_watch(self) -> tuple[Person, ...]:
        """Those who do not watch it yet."""
        return tuple(person for person in self.everyone if person not in self.watchers)

    def watched_by(self, organiser_id: int) -> bool:
        """Whether this organiser watches it."""
        return organiser_id in {person.id for person in self.watchers}


def mine(organiser_id: int) -> ColumnElement[bool]:
    """Of actions: that one owns it, watches it, or submitted it."""
    return or_(
        Action.owner_id == organiser_id,
        Action.submitted_by_id == organiser_id,
        Action.id.in_(select(Watcher.action_id).where(Watcher.organiser_id == organiser_id)),
    )


def mine_among(session: Session, organiser_id: int, action_ids: Collection[int]) -> frozenset[int]:
    """Which of these actions are this organiser's own. One query."""
    return frozenset(session.scalars(select(Action.id).where(Action.id.in_(action_ids), mine(organiser_id))))


def read(session: Session, action_id: int) -> LookedAfter:
    """Who looks after an action. Three queries."""
    case_id, owner = session.execute(select(Action.case_id, Action.owner_id).where(Action.id == action_id)).one()
    here = _here(session, sight.may_see(case_id))
    people = tuple(person for person, _role in here)
    watching = set(session.scalars(select(Watcher.organiser_id).where(Watcher.action_id == action_id)))
    return LookedAfter(
        owner=next((person for person in people if person.id == owner), None),
        watchers=tuple(person for person in people if person.id in watching),
        may_own=tuple(person for person, role in here if role in MAY_OWN),
        everyone=people,
    )


def owners_to_be(session: Session) -> tuple[Person, ...]:
    """Who could own an action, in the order of names."""
    return tuple(person for person, role in _here(session) if role in MAY_OWN)


def _here(session: Session, *more: ColumnElement[bool]) -> list[tuple[Person, Role]]:
    """Everyone who works here and may see actions, if they are so as `more` says."""
    found = (
        select(Organiser.id, Organiser.name, Organiser.role)
        .where(Organiser.active, Organiser.role.in_(MAY_WATCH), *more)
        .order_by(Organiser.name)
    )
    return [(Person(number, name), role) for number, name, role in session.execute(found)]


def begin_with(action: Action, actor: Actor) -> None:
    """Who makes a draft owns it from the start. The event of its creation says who that is; it needs no second one."""
    action.owner_id = actor.id


def set_owner(
    session: Session, vault: Vault, actor: Actor, slug: str, owner_id: int | None, was: int | None, now: datetime
) -> None:
    """Give an action another owner, or none; `was` is whom the form showed.

    Raises `Refused` for who may not edit or has left, `Conflict` if somebody else changed the owner meanwhile.
    """
    action = looked_after(session, slug)
    if owner_id == was:
        return
    new = owner_to_be(session, owner_id, action)
    old = None if was is None else session.get(Organiser, was)
    hand_over(session, action.id, owner_id, was)
    _owner_changed(session, vault, actor, _about(action), (old, new), now)


def owner_to_be(session: Session, owner_id: int | None, action: Action | None = None) -> Organiser | None:
    """Who is to own actions, or one; None for nobody. Raises `Refused` for who may not edit, does not see it, or has
    left."""
    return None if owner_id is None else _working(session, action, owner_id, MAY_OWN)


def sees(session: Session, organiser_id: int | None, action: Action) -> bool:
    """Whether an organiser sees an action; nobody sees all of them."""
    who = select(Organiser.id).where(Organiser.id == organiser_id, sight.may_see(action.case_id))
    return organiser_id is None or session.scalar(who) is not None


def hand_over(session: Session, action_id: int, owner_id: int | None, was: int | None) -> None:
    """Set the owner; who does it records it. Raises `Conflict` if it is not `was` who owns it by now."""
    of_before = Action.owner_id.is_not_distinct_from(was)
    if not guarded.change(session, Action, Action.id == action_id, of_before, owner_id=owner_id):
        raise Conflict("Someone else changed the owner meanwhile. Reload the page.")


def watch(session: Session, vault: Vault, actor: Actor, slug: str, organiser_id: int, now: datetime) -> None:
    """Have somebody watch an action. Raises `Refused` for who has left.

    Recorded like the daily e-mail's switch: it decides who is told of what first.
    """
    action = looked_after(session, slug)
    who = working(session, action, organiser_id)
    if session.get(Watcher, (action.id, who.id)) is None:
        session.add(Watcher(action_id=action.id, organiser_id=who.id))
        session.flush()
        what = "watching started" if actor.id == who.id else "watcher added"
        audit.record(session, vault, actor, what, _of_watcher(action, who.id), now)


def unwatch(session: Session, vault: Vault, actor: Actor, slug: str, organiser_id: int, now: datetime) -> None:
    """Have somebody watch it no more."""
    action = looked_after(session, slug)
    if guarded.remove(session, Watcher, Watcher.action_id == action.id, Watcher.organiser_id == organiser_id):
        what = "watching stopped" if actor.id == organiser_id else "watcher removed"
        audit.record(session, vault, actor, what, _of_watcher(action, organiser_id), now)


def end_owning(session: Session, vault: Vault, actor: Actor, organiser: Organiser, now: datetime) -> None:
    """Who may not edit any more owns nothing; each action says in its history that it has no owner now."""
    with sight.everything(session):
        _end_owning(session, vault, actor, organiser, Action.owner_id == organiser.id, now)


def end_all(session: Session, vault: Vault, actor: Actor, organiser: Organiser, now: datetime) -> None:
    """Who has left owns and watches nothing, and their open tasks are the owners'. That they left says so: watching and
    tasks have no events of their own here."""
    with sight.everything(session):
        end_owning(session, vault, actor, organiser, now)
        guarded.remove(session, Watcher, Watcher.organiser_id == organiser.id)
        guarded.change(session, Task, Task.organiser_id == organiser.id, Task.done_at.is_(None), organiser_id=None)


def end_in_case(session: Session, vault: Vault, actor: Actor, case_id: int, now: datetime) -> None:
    """Who does not see a case any more owns and watches nothing in it, and their open tasks there are the owners'."""
    actions = select(Action.id).where(Action.case_id == case_id).scalar_subquery()
    others = select(Organiser.id).where(~sight.may_see(case_id)).scalar_subquery()
    for organiser in session.scalars(
        select(Organiser).where(
            Organiser.id.in_(select(Action.owner_id).where(Action.case_id == case_id)), ~sight.may_see(case_id)
        )
    ).all():
        owned = and_(Action.owner_id == organiser.id, Action.case_id == case_id)
        _end_owning(session, vault, actor, organiser, owned, now)
    guarded.remove(session, Watcher, Watcher.action_id.in_(actions), Watcher.organiser_id.in_(others))
    held = (Task.action_id.in_(actions), Task.organiser_id.in_(others), Task.done_at.is_(None))
    guarded.change(session, Task, *held, organiser_id=None)


def _end_owning(
    session: Session, vault: Vault, actor: Actor, organiser: Organiser, which: ColumnElement[bool], now: datetime
) -> None:
    owned = session.execute(select(Action.id, Action.case_id).where(which)).all()
    session.execute(update(Action).where(which).values(owner_id=None))
    for action_id, case_id in owned:
        about = About("action", action_id, action_id=action_id, case_id=case_id)
        _owner_changed(session, vault, actor, about, (organiser, None), now)


def _owner_changed(
    session: Session,
    vault: Vault,
    actor: Actor,
    about: About,
    owners: tuple[Organiser | None, Organiser | None],
    now: datetime,
) -> None:
    before, after = ({"owner": owner.name if owner else None} for owner in owners)
    audit.record(session, vault, actor, "owner changed", about, now, before=before, after=after)


def working(session: Session, action: Action, organiser_id: int) -> Organiser:
    """Somebody who works here and sees an action. Raises `Refused` for anyone else, whyever it is that they do not."""
    return _working(session, action, organiser_id, MAY_WATCH)


def _working(session: Session, action: Action | None, organiser_id: int, roles: tuple[Role, ...]) -> Organiser:
    found = select(Organiser).where(Organiser.id == organiser_id, Organiser.active, Organiser.role.in_(roles))
    if action is not None:
        found = found.where(sight.may_see(action.case_id))
    # Locked: who is let go in this moment is seen either here or by `end_all`.
    who = session.scalars(found.with_for_update()).one_or_none()
    if who is None and roles == MAY_WATCH:
        raise Refused("Choose someone who works here.")
    if who is None:
        raise Refused("Choose someone who works here and can edit.")
    return who


def looked_after(session: Session, slug: str) -> Action:
    """An action that somebody looks after. Raises `Unknown`, and `Conflict` for a draft that was thrown away."""
    action = known_action(session.scalars(select(Action).where(Action.slug == slug)).one_or_none(), slug)
    refuse_if_discarded(action)
    return action


def refuse_if_discarded(action: Action) -> None:
    """Raises `Conflict` for a draft that was thrown away."""
    if action.discarded_at is not None:
        raise Conflict("This draft is discarded. Restore it first.")


def _about(action: Action) -> About:
    return About("action", action.id, action_id=action.id, case_id=action.case_id)


def _of_watcher(action: Action, organiser_id: int) -> About:
    return About("organiser", organiser_id, action_id=action.id, case_id=action.case_id)
