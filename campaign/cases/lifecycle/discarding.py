"""Throwing a draft away: nobody sees it any more, for thirty days it can be taken back, and then nothing is left of it.

Its row stays, with its name and no words: the audit trail says who did what to it, and speaks of something.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from campaign.cases.lifecycle.opening_and_closing import MOVED_ON, UNSEEN
from campaign.errors import Conflict, Gone
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.states import called
from campaign.publication.slugs import known_action
from campaign.storage import Vault, guarded
from campaign.storage.tables import (
    Action,
    ActionText,
    Autosave,
    HarmStatement,
    ModelLetter,
    Note,
    ReadingCorrection,
    Recipient,
    Remark,
    Task,
    TextVersion,
    Translation,
    Watcher,
)
from campaign.vocabulary import ActionStatus

RESTORABLE = timedelta(days=30)
BATCH = 100
_WORDS = (
    ActionText,
    Autosave,
    HarmStatement,
    ModelLetter,
    Note,
    ReadingCorrection,
    Recipient,
    Remark,
    Task,
    TextVersion,
    Translation,
    Watcher,
)


def discard(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> None:
    """Throw away an action that never was public. Raises `Conflict` for one that was, or is thrown away already."""
    action = _action(session, slug)
    if action.status not in UNSEEN:
        raise Conflict(
            "Only an action that was never public can be discarded. This one is %(status)s. "
            "If writing would do harm, stop it.",
            status=called(action.status),
        )
    if action.discarded_at is not None:
        raise Conflict("This draft is already discarded.")
    before = action.status
    thrown = guarded.rows(
        session,
        update(Action)
        .where(Action.id == action.id, Action.status == before, Action.discarded_at.is_(None))
        .values(
            status=ActionStatus.DRAFT,
            discarded_at=now,
            # Whoever goes on with the case is not held up by it.
            followed_id=Action.previous_id,
            previous_id=None,
            submitted_by_id=None,
            submitted_at=None,
            approved_by_id=None,
            approved_at=None,
            opens_at=None,
            revision=Action.revision + 1,
        )
        .returning(Action.id),
    ).one_or_none()
    if thrown is None:
        raise Conflict(MOVED_ON)
    audit.record(session, vault, actor, "draft discarded", _about(action), now, before={"status": before})


def restore(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> None:
    """Take a draft back that was thrown away, as a draft. Raises `Conflict` for one that was not, `Gone` when its time
    is over."""
    action = _action(session, slug)
    if action.discarded_at is None:
        raise Conflict("This action is not discarded.")
    if now >= action.discarded_at + RESTORABLE:
        raise Gone("This draft was discarded more than %(days)s days ago and is deleted.", days=RESTORABLE.days)
    other = aliased(Action)
    free = session.scalar(select(~exists().where(other.previous_id == action.followed_id)))
    back = guarded.change(
        session,
        Action,
        Action.id == action.id,
        Action.discarded_at == action.discarded_at,
        discarded_at=None,
        previous_id=action.followed_id if free else None,
        followed_id=None,
        revision=Action.revision + 1,
    )
    if not back:
        raise Conflict(MOVED_ON)
    audit.record(session, vault, actor, "draft restored", _about(action), now)


def empty_old(session: Session, now: datetime, most: int = BATCH) -> int:
    """Delete every word of drafts that were thrown away long ago; returns how many drafts. Again until it is none."""
    worded = exists().where(ActionText.action_id == Action.id)
    old = session.scalars(
        select(Action.id)
        .where(Action.discarded_at <= now - RESTORABLE, worded | Action.imported_text.is_not(None))
        .limit(most)
    ).all()
    for table in _WORDS:
        guarded.remove(session, table, table.action_id.in_(old))
    guarded.change(
        session,
        Action,
        Action.id.in_(old),
        imported_text=None,
        owner_id=None,
        unplaced=[],
        tags=[],
        index_reference=None,
        previous_index=None,
        previous_url=None,
    )
    return len(old)


def _action(session: Session, slug: str) -> Action:
    return known_action(session.scalars(select(Action).where(Action.slug == slug)).one_or_none(), slug)


def _about(action: Action) -> About:
    return About("action", action.id, action_id=action.id, case_id=action.case_id)
