"""What goes out to the network: each new action once, and once a week what was new in it.

A round is written into the outbox in batches, in the order of the members, and remembers the last one it reached. A
worker that is killed between two batches goes on from there; one killed in the middle of a batch has written none of
it. The key of each message holds the round and the member, so that nobody is ever owed the same news twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from campaign import clock
from campaign.appeals.network.choices import Choices, News, at_once, fits
from campaign.appeals.network.membership import chosen
from campaign.mail import outbox
from campaign.publication.signing_time import may_be_signed
from campaign.storage import guarded
from campaign.storage.tables import Action, Member, NetworkRound
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import ActionStatus, MessageKind, Rhythm

# Members looked at in one transaction: on SQLite all other writers wait for it.
BATCH = 500
# Between opening and telling: a slip can be put right, or the action stopped, before it is in thousands of inboxes.
GRACE = timedelta(minutes=10)
# A week's news goes out on Monday, when most offices have begun.
WEEKLY_WEEKDAY, WEEKLY_HOUR = 0, 8


def begin(session: Session, now: datetime) -> int:
    """Begin the rounds that are due; returns how many. Each action has one round ever, and each week."""
    begun = 0
    due = select(Action.id).where(
        Action.status == ActionStatus.OPEN,
        Action.opened_at <= now - GRACE,
        Action.id.not_in(select(NetworkRound.action_id).where(NetworkRound.action_id.is_not(None)).scalar_subquery()),
    )
    for action_id in session.scalars(due).all():
        begun += insert_or_leave(session, NetworkRound, action_id=action_id, reached=0, created_at=now) is not None
    if now.weekday() == WEEKLY_WEEKDAY and now.hour >= WEEKLY_HOUR:
        before = session.scalar(select(func.max(NetworkRound.created_at)).where(NetworkRound.week.is_not(None)))
        since = max(before, now - timedelta(days=14)) if before else now - timedelta(days=7)
        year, week, _ = now.isocalendar()
        name = f"{year}-W{week:02}"
        known = session.scalar(select(NetworkRound.id).where(NetworkRound.week == name))
        if known is None:
            made = insert_or_leave(session, NetworkRound, week=name, since=since, reached=0, created_at=now)
            begun += made is not None
    return begun


def owed(now: datetime) -> ColumnElement[bool]:
    """Whether a round is on its way or to be begun."""
    told = select(NetworkRound.action_id).where(NetworkRound.action_id.is_not(None)).scalar_subquery()
    new = select(Action.id).where(
        Action.status == ActionStatus.OPEN, Action.opened_at <= now - GRACE, Action.id.not_in(told)
    )
    begun_or_new = or_(exists(select(NetworkRound.id).where(NetworkRound.ended_at.is_(None))), exists(new))
    if now.weekday() != WEEKLY_WEEKDAY or now.hour < WEEKLY_HOUR:
        return begun_or_new
    year, week, _ = now.isocalendar()
    return or_(begun_or_new, ~exists(select(NetworkRound.id).where(NetworkRound.week == f"{year}-W{week:02}")))


def due(session: Session, now: datetime) -> bool:
    """The same, asked now; a look, and no lock."""
    return bool(session.scalar(select(owed(now))))


def spread(session: Session, now: datetime, most: int = BATCH) -> int | None:
    """One batch of the eldest round that is on its way; how many messages it wrote, None if no round was on its way."""
    going = session.scalars(
        select(NetworkRound)
        .where(NetworkRound.ended_at.is_(None))
        .order_by(NetworkRound.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if going is None:
        return None
    written = 0
    kind, wanted = _wanted(session, going, now)
    members = session.scalars(select(Member).where(Member.id > going.reached).order_by(Member.id).limit(most)).all()
    for member in members:
        # Who joined later has read it on the page where they joined.
        there = member.confirmed_at is not None and member.confirmed_at <= going.created_at
        if there and wanted(chosen(member)):
            key = f"network:{going.id}:{member.id}"
            written += outbox.enqueue_for_member(session, kind, member.id, key, now, going.id)
    values = {"reached": members[-1].id} if members else {"ended_at": now}
    guarded.change(session, NetworkRound, NetworkRound.id == going.id, NetworkRound.ended_at.is_(None), **values)
    return written


def _wanted(session: Session, going: NetworkRound, now: datetime) -> tuple[MessageKind, Callable[[Choices], bool]]:
    actions = in_round(session, going, now)
    if going.action_id is None:
        news = [news_of(it) for it in actions]
        return (
            MessageKind.NETWORK_WEEKLY,
            lambda choices: choices.rhythm is Rhythm.WEEKLY and any(fits(choices, it) for it in news),
        )
    return MessageKind.NETWORK_ACTION, lambda choices: any(
        at_once(choices, news_of(it), clock.local_day(going.created_at, it.case.time_zone)) for it in actions
    )


def in_round(session: Session, going: NetworkRound, now: datetime) -> list[Action]:
    """The actions of a round that can still be signed, the nearest deadline first: what was stopped is told no more."""
    asked = select(Action).options(joinedload(Action.case), joinedload(Action.texts))
    if going.action_id is not None:
        asked = asked.where(Action.id == going.action_id)
    else:
        asked = asked.where(Action.opened_at > going.since, Action.opened_at <= going.created_at)
    found = session.scalars(asked.order_by(Action.deadline, Action.id)).unique().all()
    return [it for it in found if may_be_signed(it.status, it.deadline, it.case.time_zone, now)]


def news_of(action: Action) -> News:
    """An action as the rule of choices sees it."""
    return News(action.case.country, tuple(action.case.themes), action.deadline)
