"""The daily digest: what is due soon and what is late, to every organiser who wants it, once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.mail import outbox
from campaign.office import due_dates, second_person
from campaign.office.due_dates import Due
from campaign.storage.tables import Message, Organisation, Organiser
from campaign.vocabulary import MessageKind

# So many days before, people are told. Every day would be read by nobody.
DAYS = (14, 7, 3, 1, 0)


@dataclass(frozen=True)
class Digest:
    """What one day's mail tells, the most urgent first."""

    late: tuple[Due, ...]
    soon: tuple[Due, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.late or self.soon)


def owe(session: Session, now: datetime) -> int:
    """Owe today's digest to everyone who wants it and has none yet; returns to how many. Run it as often as you like.

    Before the office's hour, and on a day on which there is nothing to tell, nobody is owed one.
    """
    found = wanting(session, now)
    if not found or digest(session, now).empty:
        return 0
    return sum(
        outbox.enqueue_for_organiser(session, MessageKind.DIGEST, organiser_id, key, now) for organiser_id, key in found
    )


def wanting(session: Session, now: datetime) -> list[tuple[int, str]]:
    """(organiser's id, key of today's message) of those who want it, and to whom it is not owed yet."""
    organisation = session.scalars(select(Organisation)).one_or_none()
    if organisation is None or not in_time(now, organisation.time_zone, organisation.digest_hour):
        return []
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    keys = {
        key_of(it, today): it
        for it in session.scalars(
            select(Organiser.id).where(Organiser.active, Organiser.digest, second_person.has_accepted())
        )
    }
    owed = set(session.scalars(select(Message.idempotency_key).where(Message.idempotency_key.in_(keys))))
    return [(organiser_id, key) for key, organiser_id in keys.items() if key not in owed]


def in_time(now: datetime, zone: str, hour: int) -> bool:
    """Whether the office's hour has come today: a worker that was down at seven sends it when it is up again."""
    return now.astimezone(ZoneInfo(zone)).hour >= hour


def key_of(organiser_id: int, day: date) -> str:
    """What makes it one a day."""
    return f"digest:{organiser_id}:{day.isoformat()}"


def digest(session: Session, now: datetime) -> Digest:
    """What there is to tell at this moment."""
    return chosen(due_dates.all_due(session, now))


def chosen(items: Sequence[Due]) -> Digest:
    """What of all that is due belongs into a day's mail."""
    return Digest(
        late=tuple(it for it in items if it.days < 0 and it.duty is not due_dates.Duty.THREAT),
        soon=tuple(it for it in items if it.days in DAYS),
    )
