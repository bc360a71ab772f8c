"""Which webhooks there are: added, tried out and removed by admins, and what they see of each.

The address opens the room to whoever has it: it is kept encrypted, and shown to nobody again.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.errors import Conflict, Refused, Unknown
from campaign.language import LANGUAGES
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.webhooks import addresses
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import WEBHOOK_ADDRESS
from campaign.storage.tables import Webhook, WebhookNotice
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import OfficeEvent, WebhookOutcome

LONGEST_NAME, MOST = 60, 20
# One message at most in so long.
BETWEEN = timedelta(minutes=1)
# What a webhook can hear, as it is told there.
HEARD = {
    OfficeEvent.REVIEW: Sentence("A second person is needed."),
    OfficeEvent.HELD: Sentence("Something planned did not happen."),
    OfficeEvent.LETTERS: Sentence("Letters wait, because mail servers refuse them."),
    OfficeEvent.INCOMING: Sentence("An e-mail waits to be read."),
}


@dataclass(frozen=True)
class Wanted:
    """What a form asks for."""

    name: str
    address: str
    hears: tuple[OfficeEvent, ...]
    locale: str


@dataclass(frozen=True)
class Shown:
    """A webhook as admins see it. `waiting`: how much it has not been told yet."""

    id: int
    name: str
    service: str
    hears: tuple[Sentence, ...]
    locale: str
    waiting: int
    tried_at: datetime | None
    outcome: WebhookOutcome | None
    status_code: int | None
    next_at: datetime
    failing_since: datetime | None
    gave_up_at: datetime | None


def faults(wanted: Wanted) -> dict[str, Sentence]:
    """What is wrong besides the address, by field; empty if it can be kept."""
    wrong = {}
    if not wanted.name or len(wanted.name) > LONGEST_NAME:
        wrong["name"] = Sentence("Enter a name, in 60 characters at most.")
    if not wanted.hears:
        wrong["hears"] = Sentence("Choose at least one event.")
    if wanted.locale not in LANGUAGES:
        wrong["locale"] = Sentence("Choose one of the languages in the list.")
    return wrong


def add(session: Session, vault: Vault, actor: Actor, wanted: Wanted, scheme: str, now: datetime) -> int:
    """A new webhook; returns its number. `scheme` is what `sending.scheme_of` says of its address.

    Raises `Refused` for what `faults` finds, `Conflict` if there is one of this name.
    """
    for sentence in faults(wanted).values():
        raise Refused(sentence)
    if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= MOST:
        raise Refused("There are 20 webhooks. Remove one first.")
    reference = secrets.token_bytes(16)
    number = insert_or_leave(
        session,
        Webhook,
        reference=reference,
        name=wanted.name,
        service=addresses.SERVICES[scheme],
        address=vault.encrypt(wanted.address, WEBHOOK_ADDRESS, reference),
        hears=[str(it) for it in wanted.hears],
        locale=wanted.locale,
        created_at=now,
        due_at=now,
        attempts=0,
    )
    if number is None:
        raise Conflict("There is a webhook with this name. Choose another name.")
    kept = {"name": wanted.name, "service": addresses.SERVICES[scheme], "events": [str(it) for it in wanted.hears]}
    audit.record(session, vault, actor, "webhook added", About("webhook", number), now, after=kept)
    return number


def try_out(session: Session, vault: Vault, actor: Actor, webhook_id: int, now: datetime) -> None:
    """Owe a webhook a test, also where the next try would be hours away. Raises `Unknown`."""
    found = _one(session, webhook_id)
    soon = max(now, found.tried_at + BETWEEN) if found.tried_at is not None else now
    guarded.change(session, Webhook, Webhook.id == webhook_id, Webhook.due_at > soon, due_at=soon)
    waits = select(WebhookNotice.id).where(
        WebhookNotice.webhook_id == webhook_id, WebhookNotice.event == OfficeEvent.TRIAL
    )
    if session.scalars(waits).first() is None:
        session.add(WebhookNotice(webhook_id=webhook_id, event=OfficeEvent.TRIAL, created_at=now))
        session.flush()
    audit.record(
        session, vault, actor, "webhook tried out", About("webhook", found.id), now, after={"name": found.name}
    )


def remove(session: Session, vault: Vault, actor: Actor, webhook_id: int, now: datetime) -> None:
    """Tell it nothing any more, and delete its address. Raises `Unknown`."""
    name = _one(session, webhook_id).name
    if guarded.remove(session, Webhook, Webhook.id == webhook_id):
        audit.record(session, vault, actor, "webhook removed", About("webhook", webhook_id), now, before={"name": name})


def listed(session: Session) -> Sequence[Shown]:
    """All webhooks, by name. Two queries."""
    rows = session.execute(select(WebhookNotice.webhook_id, func.count()).group_by(WebhookNotice.webhook_id))
    waiting = Counter({number: count for number, count in rows})  # noqa: C416 - rows are no pairs to the types
    return [
        Shown(
            id=it.id,
            name=it.name,
            service=it.service,
            hears=tuple(HEARD[event] for event in HEARD if event in it.hears),
            locale=it.locale,
            waiting=waiting[it.id],
            tried_at=it.tried_at,
            outcome=it.outcome,
            status_code=it.status_code,
            next_at=it.due_at,
            failing_since=it.failing_since,
            gave_up_at=it.gave_up_at,
        )
        for it in session.scalars(select(Webhook).order_by(Webhook.name))
    ]


def given_up(session: Session) -> Sequence[str]:
    """The names of those that could not be told anything for a day, and were told nothing since."""
    return session.scalars(select(Webhook.name).where(Webhook.gave_up_at.is_not(None)).order_by(Webhook.name)).all()


def _one(session: Session, webhook_id: int) -> Webhook:
    found = session.get(Webhook, webhook_id)
    if found is None:
        raise Unknown("There is no such webhook.")
    return found
