"""All that anybody has to do or that happens by itself: one list for the agenda, the calendars and the daily digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.language import ORIGINAL
from campaign.office import due_dates, organisation
from campaign.office.due_dates import Due, Duty
from campaign.storage.tables import Action, Case, Organiser, Update
from campaign.vocabulary import UpdateStatus


def everything(session: Session, now: datetime, locale: str = ORIGINAL) -> list[Due]:
    """What is due, tasks, books to be stamped anew, updates that go out by themselves. Five queries."""
    return [
        *due_dates.all_due(session, now, locale),
        *due_dates.task_days(session, now),
        *due_dates.stamps(session, now),
        *planned_updates(session, now),
    ]


def planned_updates(session: Session, now: datetime) -> list[Due]:
    """The updates that go out by themselves, as long as their actions were not stopped, on their day at the office."""
    zone = organisation.zone(session)
    today = now.astimezone(zone).date()
    statement = (
        select(
            Update.id,
            Update.send_at,
            Action.id,
            Action.slug,
            Action.serial,
            Action.year,
            Case.country,
            due_dates.original_title(),
            Organiser.id,
            Organiser.name,
        )
        .join(Action, Action.id == Update.action_id)
        .join(Case, Case.id == Action.case_id)
        .outerjoin(Organiser, Organiser.id == Update.planned_by_id)
        .where(Update.send_at.is_not(None), Update.status == UpdateStatus.DRAFT, Action.stop_reason.is_(None))
        .order_by(Update.send_at, Update.id)
    )
    found = []
    for update_id, at, action_id, slug, serial, year, country, title, holder, who in session.execute(statement):
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
                update_id=update_id,
                holder=holder,
                who=who,
                at=at,
            )
        )
    return found
