"""What readers are told of deliveries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.errors import Unknown
from campaign.publication.stopping import stopped
from campaign.storage.tables import Delivery, Dossier
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, ReplyShown


@dataclass(frozen=True)
class PublicDelivery:
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


def public(session: Session, action_id: int) -> tuple[PublicDelivery, ...]:
    """What happened to the dossiers of an action, the newest first; what is only planned is nobody's business."""
    rows = session.execute(
        select(Delivery, Dossier)
        .join(Dossier, Dossier.id == Delivery.dossier_id)
        .where(Dossier.action_id == action_id, Delivery.dispatched_on.is_not(None))
        .order_by(Delivery.dispatched_on.desc(), Delivery.id.desc())
    ).all()
    return tuple(_told(delivery, dossier) for delivery, dossier in rows)


def replies(session: Session, action_id: int) -> dict[str, tuple[str, str]]:
    """{code of the dossier: (text, scan)} of every reply that the public may see."""
    found = session.execute(
        select(Dossier.code, Delivery.reply_shown, Delivery.reply_text, Delivery.reply_scan)
        .join(Delivery, Delivery.dossier_id == Dossier.id)
        .where(Dossier.action_id == action_id, Delivery.reply_on.is_not(None))
        .order_by(Delivery.id)
    ).all()
    return {
        it.code: (
            it.reply_text or "" if it.reply_shown in {ReplyShown.TEXT, ReplyShown.TEXT_AND_SCAN} else "",
            it.reply_scan or "" if it.reply_shown is ReplyShown.TEXT_AND_SCAN else "",
        )
        for it in found
        if it.reply_shown is not ReplyShown.NOTHING
    }


def public_scan(session: Session, delivery_id: int) -> str:
    """Where the scan of a reply lies. Raises `Unknown` if there is none that the public may see."""
    found = session.get(Delivery, delivery_id)
    shown = found is not None and found.reply_shown is ReplyShown.TEXT_AND_SCAN and not stopped(found.dossier.action)
    if found is None or found.reply_scan is None or not shown:
        raise Unknown("There is no such reply.")
    return found.reply_scan


def _told(delivery: Delivery, dossier: Dossier) -> PublicDelivery:
    official = json.loads(dossier.appeal)["official"]
    shown = delivery.reply_shown
    return PublicDelivery(
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
