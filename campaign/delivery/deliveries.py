"""A dossier on its way: planned, dispatched, received or sent back, replied to. Each step once, by a guarded UPDATE."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication.stopping import refuse_if_stopped, stopped
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.tables import Delivery, Dossier
from campaign.transitions import may_precede
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, DossierStatus, ReplyShown

# A link to volumes too large for a mail. Long enough for an office, short enough to be forgotten.
LINK_LIFE = timedelta(days=14)
LINK_OVER = Sentence("This link has expired or is wrong. Ask the organisation that sent it for a new one.")
# What a mail carries at most. It is a third more on its way, and servers still take that.
LARGEST_MAIL = 8 * 1024 * 1024
_ALREADY = {
    DeliveryStatus.PLANNED: Sentence("This delivery is already planned. Reload the page."),
    DeliveryStatus.DISPATCHED: Sentence("This delivery is already dispatched. Reload the page."),
    DeliveryStatus.DELIVERED: Sentence("This delivery is already delivered. Reload the page."),
    DeliveryStatus.RETURNED: Sentence("This delivery is already returned. Reload the page."),
    DeliveryStatus.REFUSED: Sentence("This delivery is already refused. Reload the page."),
    DeliveryStatus.FAILED: Sentence("This delivery is already failed. Reload the page."),
}


@dataclass(frozen=True)
class Plan:
    """Who hands a dossier over, when, where, by which channel."""

    channel: DeliveryChannel
    who: str
    place: str
    on: date


@dataclass(frozen=True)
class Reply:
    """What an official answered, and what of it is public."""

    on: date
    text: str
    shown: ReplyShown
    scan: str | None = None


@dataclass(frozen=True)
class End:
    """How a delivery ended: on which day, with what reason and next step if it did not arrive, and its receipt."""

    status: DeliveryStatus
    on: date
    reason: str = ""
    next_step: str = ""
    receipt: str | None = None


def plan(session: Session, vault: Vault, actor: Actor, code: str, wanted: Plan, now: datetime) -> int:
    """Plan a delivery; returns its id. Raises `Refused` if the dossier is not printed yet or something is missing."""
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
    if dossier is None:
        raise Unknown("There is no dossier with the code %(code)s.", code=code)
    refuse_if_stopped(dossier.action)
    if dossier.status is not DossierStatus.READY:
        raise Refused("This signature book is not printed yet. Plan the delivery when it is.")
    _refuse(plan_faults(wanted))
    made = Delivery(
        dossier_id=dossier.id,
        channel=wanted.channel,
        status=DeliveryStatus.PLANNED,
        who=wanted.who.strip()[:120],
        place=wanted.place.strip()[:300],
        planned_for=wanted.on,
        reply_shown=ReplyShown.NOTHING,
        organiser_id=actor.id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    after = {"dossier": code, "channel": wanted.channel, "place": made.place, "on": wanted.on}
    audit.record(session, vault, actor, "delivery planned", _about(made, dossier), now, after=after)
    return made.id


def dispatch(
    session: Session, vault: Vault, actor: Actor, delivery_id: int, on: date, tracking: str, now: datetime
) -> None:
    """Record that it left the office. Raises `Conflict` if it had left already."""
    _refuse(ahead_faults(on, now))
    refuse_if_stopped(found(session, delivery_id).dossier.action)
    values = {"dispatched_on": on, "tracking": tracking.strip()[:120] or None}
    _step(session, vault, actor, delivery_id, DeliveryStatus.DISPATCHED, values, now, "delivery sent")


def end(session: Session, vault: Vault, actor: Actor, delivery_id: int, how: End, now: datetime) -> None:
    """Record how it ended. What did not arrive needs a reason and what is done next; what did may have a receipt."""
    _refuse(end_faults(how, found(session, delivery_id).dispatched_on, now))
    arrived = how.status is DeliveryStatus.DELIVERED
    values = {
        "ended_on": how.on,
        "reason": how.reason.strip() or None if not arrived else None,
        "next_step": how.next_step.strip() or None if not arrived else None,
        "receipt": how.receipt,
    }
    _step(session, vault, actor, delivery_id, how.status, values, now, f"delivery {how.status}")


def replied(session: Session, vault: Vault, actor: Actor, delivery_id: int, reply: Reply, now: datetime) -> None:
    """Keep an official's reply, or change what of it is public. A scan once given stays."""
    _refuse(reply_faults(reply, now))
    delivery = found(session, delivery_id)
    before = {"on": delivery.reply_on, "shown": delivery.reply_shown}
    delivery.reply_on, delivery.reply_text, delivery.reply_shown = reply.on, reply.text.strip(), reply.shown
    delivery.reply_scan = reply.scan or delivery.reply_scan
    after = {"on": reply.on, "shown": reply.shown}
    about = _about(delivery, delivery.dossier)
    audit.record(session, vault, actor, "reply recorded", about, now, before=before, after=after)


def answered(session: Session, vault: Vault, actor: Actor, delivery_id: int, on: date, now: datetime) -> None:
    """Record that the office answered the reply, or decided that it needs no answer."""
    delivery = found(session, delivery_id)
    if delivery.reply_on is None:
        raise Refused("There is no reply yet.")
    delivery.reply_answered_on = on
    audit.record(session, vault, actor, "reply answered", _about(delivery, delivery.dossier), now, after={"on": on})


def link(session: Session, vault: Vault, actor: Actor, delivery_id: int, now: datetime) -> str:
    """The token of a link by which the volumes can be fetched for a fortnight; a new one ends the one before."""
    delivery, token = found(session, delivery_id), secrets.token_urlsafe(24)
    refuse_if_stopped(delivery.dossier.action)
    delivery.link_hash, delivery.link_until = vault.keyed_hash("delivery-link", token), now + LINK_LIFE
    about = _about(delivery, delivery.dossier)
    audit.record(session, vault, actor, "link to the volumes created", about, now, after={"until": delivery.link_until})
    return token


def linked(session: Session, vault: Vault, token: str, now: datetime) -> Dossier:
    """The dossier behind a link. Raises `Unknown` if there is none, or it is over."""
    delivery = session.scalars(
        select(Delivery).where(
            Delivery.link_hash == vault.keyed_hash("delivery-link", token), Delivery.link_until > now
        )
    ).one_or_none()
    # Where writing would do harm, so would handing names over: a stop ends what was handed out.
    if delivery is None or stopped(delivery.dossier.action):
        raise Unknown(LINK_OVER)
    return delivery.dossier


def _step(
    session: Session,
    vault: Vault,
    actor: Actor,
    delivery_id: int,
    then: DeliveryStatus,
    values: dict[str, Any],
    now: datetime,
    what: str,
) -> None:
    delivery = found(session, delivery_id)
    before = delivery.status
    moved = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status.in_(may_precede(then)))
        .values(status=then, **values)
        .returning(Delivery.id)
    ).one_or_none()
    if moved is None:
        raise Conflict(_ALREADY[before])
    session.refresh(delivery)
    about = _about(delivery, delivery.dossier)
    reason = values.get("reason")
    after = {"status": then, **{name: value for name, value in values.items() if value and name != "reason"}}
    audit.record(session, vault, actor, what, about, now, before={"status": before}, after=after, reason=reason)


def found(session: Session, delivery_id: int) -> Delivery:
    """A delivery by its id. Raises `Unknown` if there is none."""
    found = session.get(Delivery, delivery_id)
    if found is None:
        raise Unknown("This delivery does not exist.")
    return found


def plan_faults(wanted: Plan) -> dict[str, str]:
    """What a plan lacks, by field, in sentences."""
    wrong: dict[str, str] = {}
    if not wanted.who.strip():
        wrong["who"] = Sentence("Enter who delivers it.")
    if not wanted.place.strip():
        wrong["place"] = Sentence("Enter where it is delivered.")
    return wrong


def ahead_faults(on: date, now: datetime) -> dict[str, str]:
    """What is wrong with a day on which something is said to have happened."""
    # A day of grace: the office may stand in a zone where tomorrow has begun.
    ahead = on > (now + timedelta(days=1)).date()
    return {"on": Sentence("This day is in the future. Record only what has happened.")} if ahead else {}


def end_faults(how: End, dispatched_on: date | None, now: datetime) -> dict[str, str]:
    """What is wrong with how a delivery is said to have ended, by field."""
    wrong = ahead_faults(how.on, now)
    if not wrong and dispatched_on is not None and how.on < dispatched_on:
        wrong["on"] = Sentence("This day is before it was sent. Check the day.")
    if how.status is not DeliveryStatus.DELIVERED:
        if not how.reason.strip():
            wrong["reason"] = Sentence("Enter why it did not arrive.")
        if not how.next_step.strip():
            wrong["next_step"] = Sentence("Enter your next step.")
    return wrong


def reply_faults(reply: Reply, now: datetime) -> dict[str, str]:
    """What is wrong with a reply as it was written down, by field."""
    wrong = ahead_faults(reply.on, now)
    if not reply.text.strip():
        wrong["text"] = Sentence("Enter the text of the reply, so that it can be searched and read by screen readers.")
    return wrong


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise Refused("%(faults)s", faults=joined(wrong.values()))


def _about(delivery: Delivery, dossier: Dossier) -> About:
    return About("delivery", delivery.id, action_id=dossier.action_id)
