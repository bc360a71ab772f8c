"""What is told of deliveries: to readers, and to the office when one of them needs a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.errors import Unknown
from campaign.publication.stopping import stopped
from campaign.storage.tables import Action, Case, Delivery, Dossier
from campaign.vocabulary import ActionStatus, DeliveryChannel, DeliveryStatus, DossierStatus, ReplyShown

# How long a reply may lie before the board says so.
ANSWER_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Told:
    """One delivery as readers see it. `reply` is its text if that may be shown; `scan` the delivery to ask for it."""

    code: str
    official: str
    names: int
    channel: DeliveryChannel
    status: DeliveryStatus
    on: date
    has_receipt: bool
    reply_on: date | None
    reply: str | None
    scan: int | None


def public(session: Session, action_id: int) -> tuple[Told, ...]:
    """What happened to the dossiers of an action, the newest first; what is only planned is nobody's business."""
    rows = session.execute(
        select(Delivery, Dossier)
        .join(Dossier, Dossier.id == Delivery.dossier_id)
        .where(Dossier.action_id == action_id, Delivery.dispatched_on.is_not(None))
        .order_by(Delivery.dispatched_on.desc(), Delivery.id.desc())
    ).all()
    return tuple(_told(delivery, dossier) for delivery, dossier in rows)


def public_scan(session: Session, delivery_id: int) -> str:
    """Where the scan of a reply lies. Raises `Unknown` if there is none that the public may see."""
    found = session.get(Delivery, delivery_id)
    shown = found is not None and found.reply_shown is ReplyShown.TEXT_AND_SCAN and not stopped(found.dossier.action)
    if found is None or found.reply_scan is None or not shown:
        raise Unknown("There is no such reply.")
    return found.reply_scan


def _told(delivery: Delivery, dossier: Dossier) -> Told:
    official = json.loads(dossier.appeal)["official"]
    shown = delivery.reply_shown
    return Told(
        code=dossier.code,
        official=official["name"] or official["office"] or official["title"],
        names=dossier.named + dossier.withheld,
        channel=delivery.channel,
        status=delivery.status,
        on=delivery.ended_on or delivery.dispatched_on or delivery.planned_for,
        has_receipt=delivery.receipt is not None,
        reply_on=delivery.reply_on if shown is not ReplyShown.NOTHING else None,
        reply=delivery.reply_text if shown in {ReplyShown.TEXT, ReplyShown.TEXT_AND_SCAN} else None,
        scan=delivery.id if delivery.reply_scan and shown is ReplyShown.TEXT_AND_SCAN else None,
    )


@dataclass(frozen=True)
class Way:
    """What a rule must know of one dossier: its action's deadline, and the deliveries it has."""

    deadline: date | None
    official: str
    deliveries: tuple[tuple[DeliveryStatus, date | None, date | None, date | None], ...]
    """(status, dispatched on, replied on, answered on) each."""


def concerns(way: Way, today: date, posting_days: int) -> list[str]:
    """What of a dossier needs a person today, in sentences; `posting_days` are those to the official's country."""
    found: list[str] = []
    gone = [it for it in way.deliveries if it[1] is not None]
    if not gone and way.deadline is not None and today >= way.deadline:
        found.append(f"the dossier for {way.official} is not dispatched")
    for status, dispatched, replied, answered in way.deliveries:
        late = dispatched is not None and today > dispatched + timedelta(days=posting_days)
        if status is DeliveryStatus.DISPATCHED and late:
            found.append(f"no receipt for the dossier to {way.official}")
        if replied is not None and answered is None and today > replied + ANSWER_WITHIN:
            found.append(f"the reply of {way.official} is unanswered")
    return found


def flags(session: Session, now: datetime, posting: Mapping[str, int], elsewhere: int = 21) -> dict[int, list[str]]:
    """{action's id: what of its dossiers needs a person}; two queries, whatever there is."""
    dossiers = session.execute(
        select(Dossier.id, Dossier.action_id, Dossier.appeal, Action.deadline, Case.time_zone)
        .join(Action, Action.id == Dossier.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(Dossier.status == DossierStatus.READY, Action.status.in_([ActionStatus.OPEN, ActionStatus.CLOSED]))
    ).all()
    ways = session.execute(
        select(
            Delivery.dossier_id,
            Delivery.status,
            Delivery.dispatched_on,
            Delivery.reply_on,
            Delivery.reply_answered_on,
        )
    ).all()
    found: dict[int, list[str]] = {}
    for dossier_id, action_id, appeal, deadline, zone in dossiers:
        official = json.loads(appeal)["official"]
        way = Way(deadline, official["name"] or official["office"], _of(dossier_id, ways))
        days = posting.get(official.get("country") or "", elsewhere)
        told = concerns(way, clock.local_day(now, zone), days)
        if told:
            found.setdefault(action_id, []).extend(told)
    return found


def _of(
    dossier_id: int, ways: Iterable[tuple[int, DeliveryStatus, date | None, date | None, date | None]]
) -> tuple[tuple[DeliveryStatus, date | None, date | None, date | None], ...]:
    return tuple((it[1], it[2], it[3], it[4]) for it in ways if it[0] == dossier_id)
