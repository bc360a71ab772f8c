"""Through its life: an action is extended, stopped, closed with an outcome, put away. Every step says why, and who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from campaign import clock
from campaign.cases.lifecycle import opening_and_closing
from campaign.cases.writing import further_information
from campaign.errors import Conflict, Refused
from campaign.language import ORIGINAL, language_name
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.states import called
from campaign.publication.slugs import known_action
from campaign.sentences import Sentence, joined
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Extension
from campaign.transitions import may_precede
from campaign.vocabulary import ActionStatus, Outcome

# Far more than a reader needs to be told, {language: words}.
LONGEST = 4_000

Words = Mapping[str, str]


def extend(session: Session, vault: Vault, actor: Actor, slug: str, until: date, reason: Words, now: datetime) -> None:
    """Move the deadline of an open or closed action to a later day; a closed one opens again.

    `reason` is shown to readers. Raises `Refused` for a day that is not later or not ahead, or without a reason in the
    action's own language; `Conflict` if the action stands elsewhere, or its case has gone on in another.
    """
    action = _action(session, slug)
    was = action.deadline
    said = _said(action, reason, Sentence("Give a reason for readers."))
    if action.status not in (ActionStatus.OPEN, ActionStatus.CLOSED) or was is None:
        raise Conflict(
            "Only an open or a closed action can be extended. This one is %(status)s.", status=called(action.status)
        )
    if further_information.public_successor(session, action) is not None:
        raise Conflict("This case has a newer action. Extend that one.")
    if until <= was:
        raise Refused("The new deadline must be later than the current one.")
    if not clock.signing_open(now, until, action.case.time_zone):
        raise Refused("The new deadline is already in the past.")
    reopened: dict[str, Any] = (
        {"status": ActionStatus.OPEN, "ended_at": None, "opened_at": now}
        if action.status is ActionStatus.CLOSED
        else {}
    )
    # What was true when the form was read is in the guard: of two who extend at once, one is told.
    _guarded(session, action, deadline=until, revision=Action.revision + 1, **reopened)
    session.add(
        Extension(
            action_id=action.id, was=was, becomes=until, reason=said, organiser_id=actor.id, created_at=now
        )
    )  # fmt: skip
    after = {"deadline": until, **({"status": ActionStatus.OPEN} if reopened else {})}
    before = {"deadline": was, **({"status": ActionStatus.CLOSED} if reopened else {})}
    _record(session, vault, actor, "action extended", action, now, before, after, said)


def stop(session: Session, vault: Vault, actor: Actor, slug: str, reason: Words, now: datetime) -> bool:
    """Stop an action at once: its page, its letters, and the mails that are still queued. Nothing brings it back.

    Returns whether readers had seen it. The reason may be left out: where a word more would do harm, the page says only
    that it was stopped.
    """
    action = _action(session, slug)
    before, said = action.status, _clean(action, reason)
    opening_and_closing.stop(session, slug, said, now)
    after = {"status": ActionStatus.STOPPED}
    _record(session, vault, actor, "action stopped", action, now, {"status": before}, after, said)
    return action.opened_at is not None


def conclude(
    session: Session, vault: Vault, actor: Actor, slug: str, kind: Outcome, words: Words, now: datetime
) -> None:
    """Say what became of it. One that is open closes with it; what was said before is replaced.

    Raises `Refused` without a text in the action's own language, `Conflict` before it was open or once it is stopped.
    """
    action = _action(session, slug)
    said = _said(action, words, Sentence("Describe the outcome in a few words."))
    if action.status not in (ActionStatus.OPEN, ActionStatus.CLOSED) and not _put_away(action):
        raise Conflict("An action that is %(status)s cannot have an outcome.", status=called(action.status))
    closing: dict[str, Any] = (
        {"status": ActionStatus.CLOSED, "ended_at": now} if action.status is ActionStatus.OPEN else {}
    )
    values = {"outcome": said, "outcome_kind": kind, "outcome_on": clock.local_day(now, action.case.time_zone)}
    before = {"outcome": action.outcome_kind, "words": action.outcome, "status": action.status}
    _guarded(session, action, revision=Action.revision + 1, **values, **closing)
    after = {"outcome": kind, "words": said, "status": closing.get("status", action.status)}
    _record(session, vault, actor, "outcome added", action, now, *audit.changed(before, after), None)


def archive(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> None:
    """Put a closed or stopped action away: its page stays, the board forgets it. Raises `Conflict` for any other."""
    action = _action(session, slug)
    before = action.status
    put_away(session, action)
    after = {"status": ActionStatus.ARCHIVED}
    _record(session, vault, actor, "action archived", action, now, {"status": before}, after, None)


def put_away(session: Session, action: Action) -> None:
    """The same, recorded by who does it to several. Raises as `archive` does."""
    if action.status not in may_precede(ActionStatus.ARCHIVED):
        raise Conflict(
            "Only a closed or a stopped action can be archived. This one is %(status)s.", status=called(action.status)
        )
    # A stop stays a stop, also for who gave no reason.
    stopped = action.status is ActionStatus.STOPPED
    reason = action.stop_reason or ({ORIGINAL: STOPPED} if stopped else None)
    _guarded(session, action, status=ActionStatus.ARCHIVED, revision=Action.revision + 1, stop_reason=reason)


STOPPED = "Writing about this case could do harm."


def original_locale(session: Session, slug: str) -> str:
    """The language in which an action's readers are told first."""
    return _action(session, slug).original_locale


def extensions(session: Session, action_id: int) -> tuple[Extension, ...]:
    """How often its deadline was moved, the latest first."""
    found = session.scalars(select(Extension).where(Extension.action_id == action_id).order_by(Extension.id.desc()))
    return tuple(found)


def _put_away(action: Action) -> bool:
    return action.status is ActionStatus.ARCHIVED and not action.stop_reason


def _action(session: Session, slug: str) -> Action:
    found = session.scalars(select(Action).where(Action.slug == slug).options(joinedload(Action.case))).one_or_none()
    return known_action(found, slug)


def _clean(action: Action, words: Words) -> dict[str, str]:
    spoken = {it.locale for it in action.texts} | {action.original_locale}
    said = {tag: it.strip() for tag, it in words.items() if tag in spoken and it.strip()}
    if any(len(it) > LONGEST for it in said.values()):
        raise Refused("This is too long. Use %(most)s characters at most.", most=LONGEST)
    return said


def _said(action: Action, words: Words, ask: Sentence) -> dict[str, str]:
    said = _clean(action, words)
    if action.original_locale not in said:
        name = joined([partial(language_name, action.original_locale)])
        raise Refused("%(ask)s Write it at least in %(language)s, the original language.", ask=ask, language=name)
    return said


def _guarded(session: Session, action: Action, **values: Any) -> None:
    done = guarded.change(
        session,
        Action,
        Action.id == action.id,
        Action.status == action.status,
        Action.deadline == action.deadline,
        **values,
    )
    if not done:
        raise Conflict(opening_and_closing.MOVED_ON)


def _record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    action: Action,
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
    said: Words | None,
) -> None:
    about = About("action", action.id, action_id=action.id, case_id=action.case_id)
    reason = (said.get(action.original_locale) or next(iter(said.values()), "")) if said else None
    audit.record(session, vault, actor, what, about, now, before=before, after=after, reason=reason)
