"""One change to several actions at once: a tag, an owner, putting them away.

Each action is judged by the rule that it is judged by alone. What stands in the way of one does not keep the others
back; it is left, and told. The audit trail gets one entry with its members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from campaign.cases import tags
from campaign.cases.lifecycle import transitions
from campaign.cases.lifecycle.opening_and_closing import MOVED_ON
from campaign.errors import Conflict, Refused
from campaign.office import audit, ownership
from campaign.office.audit import MEMBERS, SEVERAL, About, Actor
from campaign.sentences import Sentence, joined
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Organiser

AT_ONCE = 1_000


class Doing(StrEnum):
    """What can be done to several actions."""

    TAG = "tag"
    UNTAG = "untag"
    OWNER = "owner"
    ARCHIVE = "archive"


_DONE = {
    Doing.TAG: "tag added to several actions",
    Doing.UNTAG: "tag removed from several actions",
    Doing.OWNER: "owner of several actions changed",
    Doing.ARCHIVE: "several actions archived",
}


@dataclass(frozen=True)
class Wanted:
    """What is to be done: `tag` of the first two, `owner_id` of the third; None is nobody."""

    doing: Doing
    tag: str = ""
    owner_id: int | None = None


@dataclass(frozen=True)
class Left:
    """An action that stayed as it was, as its readers know it, and why."""

    action: str
    why: Sentence


@dataclass(frozen=True)
class Done:
    """What came of it. `changed` are slugs, each with its former owner; `already`: how many were so before."""

    wanted: Wanted
    changed: Mapping[str, int | None]
    already: int
    left: tuple[Left, ...]
    owner: str | None = None  # by name

    @property
    def so(self) -> int:
        """How many are now as they were wanted."""
        return len(self.changed) + self.already


@dataclass(frozen=True)
class Undoing:
    """What takes a change back from some actions. An owner is given back only by `given_to`, who got them by it."""

    wanted: Wanted
    slugs: tuple[str, ...]
    given_to: int | None = None


def perform(session: Session, vault: Vault, actor: Actor, slugs: Sequence[str], wanted: Wanted, now: datetime) -> Done:
    """Do it to each of the chosen actions that it can be done to.

    Raises `Refused` where it could be done to none: nothing was chosen, the tag is none, the owner may not edit.
    """
    chosen = list(dict.fromkeys(slugs))
    if not chosen:
        raise Refused("Choose at least one action first.")
    if len(chosen) > AT_ONCE:
        raise Refused("Choose %(most)s actions at most.", most=AT_ONCE)
    wanted = _checked(wanted)
    owner = ownership.owner_to_be(session, wanted.owner_id) if wanted.doing is Doing.OWNER else None
    changed: dict[str, Action] = {}
    owners: dict[str, int | None] = {}
    already, left = 0, list[Left]()
    for action in _locked(session, chosen):
        owners[action.slug] = action.owner_id
        try:
            if _apply(session, action, wanted):
                changed[action.slug] = action
            else:
                already += 1
        except Conflict as error:
            left.append(Left(_called(action), Sentence(error.sentence, **error.values)))
    if changed:
        _record(session, vault, actor, wanted, owner, [it.id for it in changed.values()], now)
    known = {slug: owners[slug] for slug in changed}
    return Done(wanted, known, already, tuple(left), owner.name if owner is not None else None)


def undoing(done: Done) -> tuple[Undoing, ...]:
    """What would take it back: nothing, if nothing was changed or it cannot be taken back."""
    if done.wanted.doing in _BACK and done.changed:
        return (Undoing(Wanted(_BACK[done.wanted.doing], done.wanted.tag), tuple(done.changed)),)
    if done.wanted.doing is not Doing.OWNER:
        return ()
    by_owner: dict[int | None, list[str]] = {}
    for slug, was in done.changed.items():
        by_owner.setdefault(was, []).append(slug)
    return tuple(
        Undoing(Wanted(Doing.OWNER, owner_id=was), tuple(slugs), done.wanted.owner_id)
        for was, slugs in by_owner.items()
    )


def undo(session: Session, vault: Vault, actor: Actor, steps: Sequence[Undoing], now: datetime) -> int:
    """Take a change back from the actions that are still as it left them; returns how many.

    Raises `Refused` if a former owner does not work here any more.
    """
    undone = 0
    for step in steps:
        slugs = step.slugs
        if step.wanted.doing is Doing.OWNER:
            still = Action.owner_id.is_not_distinct_from(step.given_to)
            slugs = tuple(session.scalars(select(Action.slug).where(Action.slug.in_(slugs), still)))
        if slugs:
            undone += len(perform(session, vault, actor, slugs, step.wanted, now).changed)
    return undone


_BACK = {Doing.TAG: Doing.UNTAG, Doing.UNTAG: Doing.TAG}


def _checked(wanted: Wanted) -> Wanted:
    if wanted.doing not in _BACK:
        return wanted
    return Wanted(wanted.doing, tags.one(wanted.tag))


def _locked(session: Session, slugs: Sequence[str]) -> Sequence[Action]:
    """In one order, so that two who choose the same never wait for each other. What is gone is not among them."""
    return session.scalars(
        select(Action)
        .where(Action.slug.in_(slugs))
        .options(selectinload(Action.texts))
        .order_by(Action.id)
        .with_for_update()
    ).all()


def _apply(session: Session, action: Action, wanted: Wanted) -> bool:
    """Whether anything changed. Raises `Conflict` for what stands in the way."""
    ownership.refuse_if_discarded(action)
    if wanted.doing is Doing.ARCHIVE:
        transitions.put_away(session, action)
        return True
    if wanted.doing is Doing.OWNER:
        if action.owner_id == wanted.owner_id:
            return False
        if not ownership.sees(session, wanted.owner_id, action):
            raise Conflict("This case is sensitive, and the new owner is not named for it.")
        ownership.hand_over(session, action.id, wanted.owner_id, action.owner_id)
        return True
    change = tags.with_tag if wanted.doing is Doing.TAG else tags.without_tag
    becomes = change(action.tags, wanted.tag)
    if becomes == action.tags:
        return False
    if wrong := tags.fault(becomes):
        raise Conflict(wrong.message, **wrong.values)
    # Who has its details open finds out: they would put back the tags that they read.
    same = (Action.id == action.id, Action.revision == action.revision)
    if not guarded.change(session, Action, *same, tags=becomes, revision=Action.revision + 1):
        raise Conflict(MOVED_ON)
    return True


def _record(
    session: Session,
    vault: Vault,
    actor: Actor,
    wanted: Wanted,
    owner: Organiser | None,
    members: list[int],
    now: datetime,
) -> None:
    after: dict[str, object] = {MEMBERS: members}
    if wanted.doing is Doing.OWNER:
        after["owner"] = owner.name if owner is not None else None
    elif wanted.doing is not Doing.ARCHIVE:
        after["tag"] = wanted.tag
    audit.record(session, vault, actor, _DONE[wanted.doing], About(SEVERAL), now, after=after)


def _called(action: Action) -> str:
    title = next((it.title for it in action.texts if it.locale == action.original_locale and it.title), action.slug)
    return str(joined([action.number, title]) if action.number else title)
