"""What is due, and on which day: one rule for the board, the calendars and the daily digest.

A deadline is not all that falls due. After it the signatures go to the official, and the action ends with what became
of it; both are promised to those who signed. A threat event is due too: it is why the deadline exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from campaign import clock
from campaign.action_number import ActionNumber
from campaign.language import ORIGINAL
from campaign.office import second_person, tasks
from campaign.office.next_steps import Facts, Step, next_step
from campaign.publication.figures import said
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Dossier,
    DossierStamp,
    Event,
    HarmStatement,
    ModelLetter,
    Organisation,
    Organiser,
    Recipient,
    Tally,
    Task,
)
from campaign.vocabulary import ActionStatus, EventKind, Outcome

# From the deadline on: until the dossier is built, and until its readers are told what became of it.
DOSSIER_WITHIN = timedelta(days=7)
OUTCOME_WITHIN = timedelta(days=30)
# So long before the last time stamp of a signature book can no longer be checked.
STAMP_BEFORE = timedelta(days=30)

# While an action stands here, its deadline and its case's threats are somebody's business.
AHEAD = (ActionStatus.DRAFT, ActionStatus.IN_REVIEW, ActionStatus.OPEN)
UNSEEN = (ActionStatus.DRAFT, ActionStatus.IN_REVIEW)


class Duty(StrEnum):
    """What is to be done by the day."""

    OPEN = "open"  # finish it and open it, or move its deadline
    APPEALS = "appeals"  # the last day to write
    DOSSIER = "dossier"
    OUTCOME = "outcome"
    THREAT = "threat"  # harm falls
    TASK = "task"  # what an organiser wrote down, with its day at the office
    OPENING = "opening"  # it opens by itself
    UPDATE = "update"  # news goes out by itself
    STAMP = "stamp"  # have a signature book stamped anew, before its time stamps can no longer be checked


# What nobody does: once its day has passed it is not late.
BY_ITSELF = (Duty.THREAT, Duty.UPDATE)


@dataclass(frozen=True)
class Due:
    """Something due on a day; `days` from today, where the case is, negative when it is late.

    `public`: the action can be read by everyone, so that its name gives nothing away.
    """

    action_id: int
    slug: str
    number: str | None
    title: str
    country: str
    public: bool
    duty: Duty
    on: date
    days: int
    caption: str = ""  # of a threat, or of a task
    facts: Facts | None = None  # what the next step of its action depends on; none of a threat
    submitted_by: int | None = None
    task_id: int | None = None
    update_id: int | None = None
    holder: int | None = None  # who has the task or planned the update, an organiser's id
    who: str | None = None  # who has the task, owns the action or planned the update, by name
    at: datetime | None = None  # of what happens by itself: the instant

    def next_for(self, organiser_id: int) -> Step | None:
        """The next step of its action, as this organiser's board has it; None of a threat or a task."""
        if self.facts is None:
            return None
        return next_step(replace(self.facts, mine=self.submitted_by == organiser_id))


def duty(
    status: ActionStatus, deadline: date | None, over: bool, dossier: bool, outcome: Outcome | None
) -> tuple[Duty, date] | None:
    """What an action asks of the office next, and by when; None if nothing.

    `over`: its deadline has passed where the case is. `dossier`: one was built, or there is nothing to put in one.
    """
    if deadline is None:
        return None
    if status in UNSEEN:
        return Duty.OPEN, deadline
    if status is ActionStatus.OPEN and not over:
        return Duty.APPEALS, deadline
    if status not in (ActionStatus.OPEN, ActionStatus.CLOSED):
        return None
    if not dossier:
        return Duty.DOSSIER, deadline + DOSSIER_WITHIN
    return (Duty.OUTCOME, deadline + OUTCOME_WITHIN) if outcome is None else None


def standing(now: datetime) -> Select[int, ActionStatus, date | None, str, bool, Outcome | None]:
    """Of each action: id, status, deadline, zone, whether a dossier was built (or nobody signed), outcome."""
    # Looked up only where it matters; no zone is so far from UTC that a deadline two days ahead has passed there.
    matters = and_(Action.status.in_((ActionStatus.OPEN, ActionStatus.CLOSED)), Action.deadline < ahead(now))
    built = exists().where(Dossier.action_id == Action.id)
    signed = exists().where(Tally.action_id == Action.id, Tally.count > 0)
    done = case((matters, or_(built, not_(signed))), else_=true())
    return (
        select(Action.id, Action.status, Action.deadline, Case.time_zone, done, Action.outcome_kind)
        .join(Case, Case.id == Action.case_id)
        .where(Action.discarded_at.is_(None))
    )


def ahead(now: datetime) -> date:
    """A day that lies ahead wherever on earth a case is."""
    return clock.local_day(now, "UTC") + timedelta(days=2)


def live() -> ColumnElement[bool]:
    """Actions that may ask something of the office."""
    closed = and_(Action.status == ActionStatus.CLOSED, Action.outcome_kind.is_(None))
    return or_(Action.status.in_(AHEAD), closed)


def all_due(session: Session, now: datetime, locale: str = ORIGINAL) -> tuple[Due, ...]:
    """Everything due, also what is late, the nearest first; threats that lie behind us are not. Two queries."""
    today = Today(now)
    found: list[Due] = []
    rows = session.execute(
        standing(now)
        .add_columns(
            Action.slug,
            Action.serial,
            Action.year,
            original_title(),
            Case.country,
            Action.approved_at,
            Action.opens_at,
            Action.submitted_by_id,
            exists().where(ModelLetter.action_id == Action.id),
            exists().where(Recipient.action_id == Action.id),
            exists().where(HarmStatement.action_id == Action.id),
            Organiser.name,
        )
        .outerjoin(Organiser, Organiser.id == Action.owner_id)
        .where(live())
    ).all()
    reviewed = second_person.needed(session) if rows else False
    for action_id, status, deadline, zone, done, outcome, slug, serial, year, title, country, *more in rows:
        approved_at, opens_at, submitted_by, written, addressed, weighed, owner = more
        asked = duty(status, deadline, deadline is not None and deadline < today(zone), done, outcome)
        if asked is not None:
            found.append(
                Due(
                    action_id=action_id,
                    slug=slug,
                    number=number_of(serial, year),
                    title=title or slug,
                    country=country,
                    public=status not in UNSEEN,
                    duty=asked[0],
                    on=asked[1],
                    days=(asked[1] - today(zone)).days,
                    facts=Facts(
                        status=status,
                        deadline=deadline,
                        days=(deadline - today(zone)).days if deadline is not None else None,
                        dossier=done,
                        outcome=outcome,
                        approved=approved_at is not None,
                        opens_at=opens_at,
                        reviewed=reviewed,
                        whole=bool(title) and written and addressed,
                        weighed=weighed,
                    ),
                    submitted_by=submitted_by,
                    who=owner,
                )
            )
    found += threats(session, now, locale=locale)
    return tuple(sorted(found, key=lambda it: (it.on, it.slug, it.duty)))


def threats(
    session: Session,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    most: int | None = None,
    locale: str = ORIGINAL,
) -> list[Due]:
    """The threat events of cases with an action under way, from today or `first` on, the nearest first. One query.

    Each once, under the newest action of its case, and named in a language where it is named in that.
    """
    today = Today(now)
    each = aliased(Action)
    newest = (
        select(func.max(each.id))
        .where(each.case_id == Case.id, each.status.in_(AHEAD), each.discarded_at.is_(None))
        .correlate(Case)
        .scalar_subquery()
    )
    since = first or clock.local_day(now, "UTC") - timedelta(days=1)  # a day's grace for zones behind UTC
    wanted = (
        select(
            Event.on,
            Event.caption,
            Case.time_zone,
            Case.country,
            Action.id,
            Action.slug,
            Action.serial,
            Action.year,
            Action.status,
            original_title(),
        )
        .join(Case, Case.id == Event.case_id)
        .join(Action, Action.id == newest)
        .where(Event.id.in_(_coming(since, last, most)))
        .order_by(Event.on, Event.id)
    )
    return [
        Due(
            action_id=action_id,
            slug=slug,
            number=number_of(serial, year),
            title=title or slug,
            country=country,
            public=status not in UNSEEN,
            duty=Duty.THREAT,
            on=on,
            days=(on - today(zone)).days,
            caption=said(caption, locale),
        )
        for on, caption, zone, country, action_id, slug, serial, year, status, title in session.execute(wanted)
        if first is not None or on >= today(zone)
    ]


def task_days(session: Session, now: datetime, first: date | None = None, last: date | None = None) -> list[Due]:
    """Tasks of organisers that are not done: all, or those of some days; the nearest first. One query."""
    holder = tasks.holder()
    statement = (
        select(
            Task.id,
            Task.what,
            Task.on,
            Organisation.time_zone,
            holder,
            Organiser.name,
            Action.id,
            Action.slug,
            Action.serial,
            Action.year,
            Action.status,
            Case.country,
            original_title(),
        )
        .join(Action, Action.id == Task.action_id)
        .join(Case, Case.id == Action.case_id)
        .join(Organisation, true())
        .outerjoin(Organiser, Organiser.id == holder)
        .where(tasks.waiting())
        .order_by(Task.on, Task.id)
    )
    if first is not None:
        statement = statement.where(Task.on >= first)
    if last is not None:
        statement = statement.where(Task.on <= last)
    today = Today(now)
    return [
        Due(
            action_id=action_id,
            slug=slug,
            number=number_of(serial, year),
            title=title or slug,
            country=country,
            public=status not in UNSEEN,
            duty=Duty.TASK,
            on=on,
            days=(on - today(zone)).days,
            caption=what,
            task_id=number,
            holder=who_id,
            who=who,
        )
        for number, what, on, zone, who_id, who, action_id, slug, serial, year, status, country, title in (
            session.execute(statement).all()
        )
    ]


def stamps(session: Session, now: datetime) -> list[Due]:
    """When signature books must be stamped anew: for each action its first, by the last of its stamps. One query.

    They are years ahead, so the board has none of them: the calendars and the daily mail do.
    """
    ends = (
        select(Dossier.action_id, func.max(DossierStamp.holds_until).label("last"))
        .join(Dossier, Dossier.id == DossierStamp.dossier_id)
        .where(DossierStamp.holds_until.is_not(None), Dossier.volumes_ended_at.is_(None))
        .group_by(Dossier.id, Dossier.action_id)
        .subquery()
    )
    first = func.min(ends.c.last)
    today = clock.local_day(now, "UTC")
    return [
        Due(
            action_id=action_id,
            slug=slug,
            number=number_of(serial, year),
            title=title or slug,
            country=country,
            public=status not in UNSEEN,
            duty=Duty.STAMP,
            on=last - STAMP_BEFORE,
            days=(last - STAMP_BEFORE - today).days,
        )
        for action_id, slug, serial, year, status, country, title, last in session.execute(
            select(
                Action.id, Action.slug, Action.serial, Action.year, Action.status, Case.country, original_title(), first
            )
            .join(Case, Case.id == Action.case_id)
            .join(ends, ends.c.action_id == Action.id)
            .where(ends.c.last < date.max)
            .group_by(Action.id, Case.id)
        )
    ]


def _coming(since: date, last: date | None, most: int | None) -> Select[int]:
    """The nearest threats, chosen before anything is read of them: there may be many more."""
    underway = exists().where(Action.case_id == Event.case_id, Action.status.in_(AHEAD), Action.discarded_at.is_(None))
    chosen = (
        select(Event.id)
        .where(Event.kind == EventKind.THREAT, Event.on >= since, underway)
        .order_by(Event.on, Event.id)
        .limit(most)
        .correlate(None)
    )
    return chosen.where(Event.on <= last) if last is not None else chosen


class Today:
    """Which day it is in each time zone at one instant, worked out once a zone."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._days: dict[str, date] = {}

    def __call__(self, zone: str) -> date:
        if zone not in self._days:
            self._days[zone] = clock.local_day(self._now, zone)
        return self._days[zone]


def number_of(serial: int | None, year: int | None) -> str | None:
    """ "UA 56/25", once it has one."""
    return None if serial is None or year is None else str(ActionNumber(year=year, serial=serial))


def original_title() -> ColumnElement[str | None]:
    """Of actions: the title in the language that they were written in."""
    return (
        select(ActionText.title)
        .where(ActionText.action_id == Action.id, ActionText.locale == Action.original_locale)
        .correlate(Action)
        .scalar_subquery()
    )
