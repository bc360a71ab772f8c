"""The daily digest: what is due soon and what is late, to every organiser who wants it, once a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.language import ORIGINAL
from campaign.mail import outbox
from campaign.office import notes, ownership, second_person
from campaign.office.due_dates import BY_ITSELF, Due, Duty
from campaign.office.everything_due import everything
from campaign.office.notes import Mentioned
from campaign.office.permissions import Permission, holders
from campaign.storage import sight
from campaign.storage.tables import Message, Organisation, Organiser
from campaign.vocabulary import MessageKind

# So many days before, people are told. Every day would be read by nobody.
DAYS = (14, 7, 3, 1, 0)


@dataclass(frozen=True)
class Digest:
    """What one day's mail tells one organiser: who mentioned them, what is theirs, the rest; the most urgent first."""

    mine: tuple[Due, ...]
    late: tuple[Due, ...]
    soon: tuple[Due, ...]
    mentions: tuple[Mentioned, ...] = ()

    @property
    def all(self) -> tuple[Due, ...]:
        """Everything that it tells."""
        return (*self.mine, *self.late, *self.soon)

    @property
    def overdue(self) -> int:
        """How much of it is late."""
        return sum(due.days < 0 for due in self.all)

    @property
    def coming(self) -> int:
        """How much of it is due soon."""
        return len(self.all) - self.overdue

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.all and not self.mentions


def owe(session: Session, now: datetime) -> int:
    """Owe today's digest to everyone who wants it and has none yet; returns to how many. Run it as often as you like.

    Before the office's hour, and on a day on which there is nothing to tell them, nobody is owed one.
    """
    to_whom = wanting(session, now)
    items = everything(session, now) if to_whom else []
    return sum(
        outbox.enqueue_for_organiser(session, MessageKind.DIGEST, organiser_id, key, now)
        for organiser_id, key in to_whom
        for hidden in (sight.hidden_from(session, organiser_id),)
        if not chosen([due for due in items if due.action_id not in hidden.actions], organiser_id).empty
        or notes.for_digest(session, organiser_id, now)
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
            select(Organiser.id).where(
                Organiser.active,
                Organiser.digest,
                second_person.has_accepted(),
                Organiser.role.in_(holders(Permission.READ)),
            )
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


def digest(session: Session, now: datetime, organiser_id: int, locale: str = ORIGINAL) -> Digest:
    """What there is to tell an organiser at this moment."""
    items = everything(session, now, locale)
    told = chosen(items, organiser_id, ownership.mine_among(session, organiser_id, {due.action_id for due in items}))
    return replace(told, mentions=notes.for_digest(session, organiser_id, now))


def chosen(items: Sequence[Due], organiser_id: int, own: Collection[int] = ()) -> Digest:
    """What of all that is due belongs into one's mail of a day. `own`: the numbers of their actions.

    A task is told to who has it, and to nobody else.
    """
    told = [due for due in items if due.duty is not Duty.TASK or due.holder == organiser_id]
    late = [due for due in told if due.days < 0 and due.duty not in BY_ITSELF]
    soon = [due for due in told if due.days in DAYS]
    mine = [due for due in (*late, *soon) if due.holder == organiser_id or due.action_id in own]
    return Digest(
        mine=tuple(mine),
        late=tuple(due for due in late if due not in mine),
        soon=tuple(due for due in soon if due not in mine),
    )
