"""What webhooks are owed: written with what happened, gathered to one message a minute, tried again, given up on."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from campaign.office.webhooks.registry import BETWEEN, HEARD
from campaign.office.webhooks.sending import Sent
from campaign.sentences import Sentence, counted
from campaign.storage import guarded
from campaign.storage.tables import Case, Webhook, WebhookNotice
from campaign.vocabulary import OfficeEvent, WebhookOutcome

# Longer than a message takes; a dead worker's is taken up after it.
LEASE = timedelta(minutes=5)
# Pauses after the 1st, 2nd, … failed attempt; the last one is repeated until a day has passed since the first.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480))
GIVEN_UP_AFTER = timedelta(days=1)
# Of what waits, so much goes into one message.
AT_ONCE = 500

_REACHED = (WebhookOutcome.DELIVERED, WebhookOutcome.NOT_SENT)


@dataclass(frozen=True)
class Leased:
    """What a webhook is to be told, by this worker and no other until the lease runs out."""

    id: int
    reference: bytes
    address: bytes  # encrypted
    locale: str
    events: Mapping[OfficeEvent, int]
    notices: tuple[int, ...]
    attempts: int
    failing_since: datetime | None
    lease: bytes


def tell(session: Session, event: OfficeEvent, case_id: int | None, now: datetime) -> int:
    """Owe every webhook that hears of such events a word, in the transaction of what happened; returns to how many.

    Of a sensitive case nothing is told.
    """
    if case_id is not None and session.scalar(select(Case.id).where(Case.id == case_id, _open())) is None:
        return 0
    hearing = [it for it, hears in session.execute(select(Webhook.id, Webhook.hears)) if event in hears]
    session.add_all(WebhookNotice(webhook_id=it, event=event, case_id=case_id, created_at=now) for it in hearing)
    session.flush()
    return len(hearing)


def owed(now: datetime) -> ColumnElement[bool]:
    """Whether there is anything that a webhook may be told now."""
    return exists(select(WebhookNotice.id).join(Webhook, Webhook.id == WebhookNotice.webhook_id).where(_free(now)))


def claim(session: Session, now: datetime) -> Leased | None:
    """Take what one webhook waits for; None if none may be told anything now.

    What is of a case that became sensitive meanwhile is dropped.
    """
    sensitive = select(Case.id).where(~_open())
    guarded.remove(session, WebhookNotice, WebhookNotice.case_id.in_(sensitive))
    # A weak lock: who writes a notice at this moment points at the row, and need not wait.
    waits = exists(select(WebhookNotice.id).where(WebhookNotice.webhook_id == Webhook.id))
    webhook = session.scalars(
        select(Webhook).where(waits, _free(now)).order_by(Webhook.due_at, Webhook.id).limit(1).with_for_update(
            skip_locked=True, key_share=True
        )
    ).one_or_none()  # fmt: skip
    if webhook is None:
        return None
    rows = session.execute(
        select(WebhookNotice.id, WebhookNotice.event)
        .where(WebhookNotice.webhook_id == webhook.id)
        .order_by(WebhookNotice.id)
        .limit(AT_ONCE)
    ).all()
    mine, attempts = secrets.token_bytes(16), webhook.attempts + 1
    taken = guarded.change(
        session,
        Webhook,
        Webhook.id == webhook.id,
        _free(now),
        lease=mine,
        leased_until=now + LEASE,
        attempts=attempts,
    )
    if not taken:
        return None
    return Leased(
        id=webhook.id,
        reference=webhook.reference,
        address=webhook.address,
        locale=webhook.locale,
        events=Counter(event for _, event in rows),
        notices=tuple(number for number, _ in rows),
        attempts=attempts,
        failing_since=webhook.failing_since,
        lease=mine,
    )


def settle(session: Session, leased: Leased, sent: Sent, now: datetime) -> bool:
    """Record what became of a message: told, due again after a growing pause, or given up after a day.

    False if the lease had passed to another worker, or the webhook was removed.
    """
    values: dict[str, object] = {"tried_at": now, "outcome": sent.outcome, "status_code": sent.status_code}
    done = sent.outcome in _REACHED
    if done:
        values |= {"due_at": now + BETWEEN, "attempts": 0, "failing_since": None, "gave_up_at": None}
    else:
        since = leased.failing_since or now
        again = now + PAUSES[min(leased.attempts, len(PAUSES)) - 1]
        if again > since + GIVEN_UP_AFTER:
            done = True
            values |= {"due_at": now + BETWEEN, "attempts": 0, "failing_since": None, "gave_up_at": now}
        else:
            values |= {"due_at": again, "failing_since": since}
    mine = (Webhook.id == leased.id, Webhook.lease == leased.lease)
    if not guarded.change(session, Webhook, *mine, lease=None, leased_until=None, **values):
        return False
    if done:
        guarded.remove(session, WebhookNotice, WebhookNotice.id.in_(leased.notices))
    return True


def message(events: Mapping[OfficeEvent, int], locale: str, base_url: str) -> str:
    """What a webhook is told: that something of a kind needs somebody, and where to sign in. Nothing else."""
    real = {event: events[event] for event in HEARD if events.get(event)}
    number = sum(real.values())
    if not real:
        lines = [Sentence("This is a test. Nobody has to do anything.")]
    elif number == 1:
        lines = [HEARD[event] for event in real]
    else:
        lines = [
            counted("%(n)s thing needs somebody:", "%(n)s things need somebody:", number),
            *(HEARD[event] for event in real),
        ]
    # The address stands alone: a sentence would isolate it by marks that belong to no address.
    return "\n".join([*(it.inside(locale) for it in lines), f"{base_url}/organise/"])


def _open() -> ColumnElement[bool]:
    return Case.sensitive_since.is_(None)


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(Webhook.due_at <= now, or_(Webhook.leased_until.is_(None), Webhook.leased_until < now))
