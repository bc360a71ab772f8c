"""What happened in a case, the latest first: what those who follow it are told, in one language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from campaign import clock, prose
from campaign.publication.figures import said
from campaign.publication.reading import PUBLIC, quoted_figures, text_in
from campaign.publication.stopping import stopped
from campaign.publication.values import PublicAction
from campaign.storage.tables import Action, Case, Event, Extension
from campaign.storage.types import Instant
from campaign.vocabulary import ActionStatus

# A feed reader may be opened once a year; a stop must be there when it is.
TOLD_FOR = timedelta(days=400)


class ChangeKind(StrEnum):
    """What happened."""

    ISSUED = "issued"
    EXTENDED = "extended"
    CLOSED = "closed"
    STOPPED = "stopped"
    EVENT = "event"


@dataclass(frozen=True)
class Change:
    """One thing that happened `at` an instant, and was last said anew at `updated`. `until`: the deadline since then.

    `slug` names the action it is about; `key` is unique among a case's changes and never changes. `title` and `words`
    are the action's title and summary, its outcome, why it was stopped, or an event's caption. A stopped action's
    title is not repeated.
    """

    kind: ChangeKind
    key: str
    slug: str
    number: str | None
    title: str
    words: str
    at: datetime
    updated: datetime
    until: date | None = None


def changes(session: Session, action: PublicAction, now: datetime) -> tuple[Change, ...]:
    """What happened in the case of a public action up to now: its actions, their ends, and events of the timeline."""
    case_id = select(Action.case_id).where(Action.id == action.id).scalar_subquery()
    found = session.scalars(
        select(Action)
        .where(Action.case_id == case_id, Action.status.in_(PUBLIC))
        .options(
            selectinload(Action.texts),
            joinedload(Action.case).options(selectinload(Case.events), selectinload(Case.figures)),
        )
    ).all()
    extended = _extended(session, [it.id for it in found])
    moved = _extensions(session, [it.id for it in found])
    happened = [
        change for it in found for change in _of_action(it, action.locale, extended.get(it.id), moved.get(it.id, ()))
    ]
    today = clock.local_day(now, action.time_zone)
    # What lies ahead stands on the page; a feed tells what has come.
    passed = sorted((it for it in found[0].case.events if it.on <= today), key=lambda it: (it.on, it.id))
    for _on, same_day in groupby(passed, key=lambda it: it.on):
        happened += (_event(n, it, action) for n, it in enumerate(same_day, 1))
    return tuple(sorted(happened, key=lambda it: (it.updated, it.key), reverse=True))


def news(session: Session, locale: str, now: datetime) -> tuple[Change, ...]:
    """Of all actions, what followers of the list must hear besides new ones: stops, ends and later deadlines, the
    latest first, for as long as `TOLD_FOR`."""
    since = now - TOLD_FOR
    extended_lately = select(Extension.action_id).where(Extension.created_at >= since)
    found = session.scalars(
        select(Action)
        .where(
            Action.status.in_(PUBLIC), or_(Action.ended_at >= since, Action.id.in_(extended_lately.scalar_subquery()))
        )
        .options(
            selectinload(Action.texts),
            joinedload(Action.case).options(selectinload(Case.events), selectinload(Case.figures)),
        )
    ).all()
    moved = _extensions(session, [action.id for action in found])
    happened = [
        change
        for action in found
        for change in _of_action(action, locale, None, moved.get(action.id, ()))
        if change.kind is not ChangeKind.ISSUED and change.updated >= since
    ]
    return tuple(sorted(happened, key=lambda change: (change.updated, change.key), reverse=True))


def opened(session: Session) -> dict[str, datetime]:
    """When each open action was opened, or got a later deadline, by its slug."""
    rows = session.execute(
        select(Action.id, Action.slug, Action.opened_at).where(Action.status == ActionStatus.OPEN)
    ).all()
    extended = _extended(session, [it.id for it in rows])
    return {it.slug: max(it.opened_at, extended.get(it.id, it.opened_at)) for it in rows if it.opened_at is not None}


def _extended(session: Session, action_ids: Sequence[int]) -> dict[int, datetime]:
    """When the deadline of each was last moved."""
    rows = session.execute(
        select(Extension.action_id, func.max(Extension.created_at, type_=Instant()).label("moved_at"))
        .where(Extension.action_id.in_(action_ids))
        .group_by(Extension.action_id)
    ).all()
    return {it.action_id: it.moved_at for it in rows}


def _extensions(session: Session, action_ids: Sequence[int]) -> dict[int, list[Extension]]:
    """Each time that the deadline of each was moved, the first first."""
    moved: dict[int, list[Extension]] = defaultdict(list)
    rows = session.scalars(select(Extension).where(Extension.action_id.in_(action_ids)).order_by(Extension.id))
    for extension in rows:
        moved[extension.action_id].append(extension)
    return moved


def start_of(day: date, zone: str) -> datetime:
    """The first instant of a day in a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def _of_action(action: Action, locale: str, extended: datetime | None, moved: Sequence[Extension]) -> Iterator[Change]:
    number = str(action.number) if action.number else None
    if stopped(action):
        if action.ended_at is not None:
            why = said(action.stop_reason, locale) if action.stop_reason else ""
            yield _change(ChangeKind.STOPPED, action, number, "", why, action.ended_at)
        return
    text = text_in(action.texts, locale, action.original_locale)
    title = text.title if text else ""
    if action.issued_on is not None:
        fields = quoted_figures(action.case.figures, text.locale if text else locale)
        summary = prose.to_text(text.summary, fields, missing="show") if text else ""
        issued = start_of(action.issued_on, action.case.time_zone)
        # With a later deadline, or opened again, it is news again.
        opened_at = max(action.opened_at or issued, extended or issued)
        again = max(issued, opened_at) if action.status is ActionStatus.OPEN else issued
        yield _change(ChangeKind.ISSUED, action, number, title, summary, issued, again)
    for n, extension in enumerate(moved, 1):
        reason = said(extension.reason, locale)
        at = extension.created_at
        yield replace(
            _change(ChangeKind.EXTENDED, action, number, title, reason, at),
            key=f"{action.slug}-{ChangeKind.EXTENDED}-{n}",
            until=extension.becomes,
        )
    if action.status is not ActionStatus.OPEN and action.ended_at is not None:
        outcome = said(action.outcome, locale) if action.outcome else ""
        told = start_of(action.outcome_on, action.case.time_zone) if action.outcome_on else action.ended_at
        yield _change(ChangeKind.CLOSED, action, number, title, outcome, action.ended_at, max(told, action.ended_at))


def _change(
    kind: ChangeKind,
    action: Action,
    number: str | None,
    title: str,
    words: str,
    at: datetime,
    updated: datetime | None = None,
) -> Change:
    return Change(kind, f"{action.slug}-{kind}", action.slug, number, title, words, at, updated or at)


def _event(n: int, event: Event, action: PublicAction) -> Change:
    at = start_of(event.on, action.time_zone)
    caption = said(event.caption, action.locale)
    key = f"{event.on.isoformat()}-{n}"
    return Change(ChangeKind.EVENT, key, action.slug, action.number, caption, caption, at, at)
