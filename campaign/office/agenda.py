"""The agenda: what is due in the next seven days, day by day where the office is. One sheet for a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from campaign.language import ORIGINAL
from campaign.office import organisation
from campaign.office.due_dates import BY_ITSELF, Due, Duty
from campaign.office.everything_due import everything

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
    items = everything(session, now, locale)
    opening = [
        replace(due, duty=Duty.OPENING, on=due.facts.opens_at.astimezone(zone).date(), at=due.facts.opens_at)
        for due in items
        if due.facts is not None and due.facts.opens_at is not None
    ]
    by_day: dict[date, list[Due]] = {today + timedelta(days=n): [] for n in range(DAYS)}
    for due in sorted((*items, *opening), key=lambda due: (_ORDER.index(due.duty), due.slug)):
        if due.on in by_day:
            by_day[due.on].append(due)
    late = sum(due.days < 0 and due.duty not in BY_ITSELF for due in items)
    return Agenda(tuple(Day(on, tuple(found)) for on, found in by_day.items()), late, str(zone))
