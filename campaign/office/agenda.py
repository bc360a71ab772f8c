"""The agenda: what is due in the next seven days, day by day where the office is. One sheet for a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from campaign.language import ORIGINAL
from campaign.office import due_dates, organisation
from campaign.office.due_dates import Due, Duty
from campaign.storage.tables import Action, Case, Organiser, Update
from campaign.vocabulary import UpdateStatus

DAYS = 7
# Within a day: what can harm first, then what is fixed, then what people do.
_ORDER = (
    Duty.THREAT,
    Duty.OPENING,
    Duty.UPDATE,
    Duty.APPEALS,
    Duty.OPEN,
    Duty.DOSSIER,
    Duty.OUTCOME,
    Duty.STAMP,
    Duty.TASK,
)


@dataclass(frozen=True)
class Day:
    """One day, and what is due on it."""

    on: date
    items: tuple[Due, ...]


@dataclass(frozen=True)
class Agenda:
    """Seven days from today on. `overdue`: how much is late already; `zone`: that of the office, IANA."""

    days: tuple[Day, ...]
    overdue: int
    zone: str


def week(session: Session, now: datetime, locale: str = ORIGINAL) -> Agenda:
    """What is due from today on, at the office."""
    zone = organisation.zone(session)
    today = now.astimezone(zone).date()
    items = due_dates.everything(session, now, locale)
    opening = [
        replace(due, duty=Duty.OPENING, on=due.facts.opens_at.astimezone(zone).date(), at=due.facts.opens_at)
        for due in items
        if due.facts is not None and due.facts.opens_at is not None
    ]
    going = _updates(session, now, zone)
    by_day: dict[date, list[Due]] = {today + timedelta(days=n): [] for n in range(DAYS)}
    for due in sorted((*items, *opening, *going), key=lambda due: (_ORDER.index(due.duty), due.slug)):
        if due.on in by_day:
            by_day[due.on].append(due)
    late = sum(due.days < 0 and due.duty is not Duty.THREAT for due in items)
    return Agenda(tuple(Day(on, tuple(found)) for on, found in by_day.items()), late, str(zone))


def _updates(session: Session, now: datetime, zone: ZoneInfo) -> list[Due]:
    """The updates that go out by themselves, as long as their actions were not stopped. One query."""
    today = now.astimezone(zone).date()
    statement = (
        select(
            Update.send_at,
            Action.id,
            Action.slug,
            Action.serial,
            Action.year,
            Case.country,
            due_dates.original_title(),
            Organiser.name,
        )
        .join(Action, Action.id == Update.action_id)
        .join(Case, Case.id == Action.case_id)
        .outerjoin(Organiser, Organiser.id == Update.planned_by_id)
        .where(and_(Update.send_at.is_not(None), Update.status == UpdateStatus.DRAFT, Action.stop_reason.is_(None)))
        .order_by(Update.send_at)
    )
    found = []
    for at, action_id, slug, serial, year, country, title, who in session.execute(statement):
        if at is None:
            continue
        on = at.astimezone(zone).date()
        found.append(
            Due(
                action_id=action_id,
                slug=slug,
                number=due_dates.number_of(serial, year),
                title=title or slug,
                country=country,
                public=True,
                duty=Duty.UPDATE,
                on=on,
                days=(on - today).days,
                who=who,
                at=at,
            )
        )
    return found
