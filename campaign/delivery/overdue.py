"""What of a dossier's way needs a person: not dispatched, no receipt after its posting days, a reply unanswered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from campaign import clock
from campaign.language import ORIGINAL
from campaign.publication.figures import said
from campaign.sentences import Sentence
from campaign.storage.tables import Action, Case, Delivery, Dossier, Official
from campaign.vocabulary import ActionStatus, DeliveryStatus, DossierStatus

# How long a reply may lie before the board says so.
ANSWER_WITHIN = timedelta(days=14)


class Lacks(StrEnum):
    """What a dossier on its way lacks."""

    DISPATCH = "dispatch"
    RECEIPT = "receipt"
    ANSWER = "answer"


@dataclass(frozen=True)
class Concern:
    """One thing that needs a person, in words, and the day by which it should have been done."""

    lacks: Lacks
    words: Sentence
    on: date


class Step(NamedTuple):
    """A delivery of a dossier, as far as the rule looks at it."""

    status: DeliveryStatus
    dispatched_on: date | None
    reply_on: date | None
    answered_on: date | None


@dataclass(frozen=True)
class Way:
    """What the rule must know of one dossier: its action's deadline, whom it is for, and the deliveries it has."""

    deadline: date | None
    official: str
    deliveries: tuple[Step, ...]
    replaced: bool = False  # by a later one for the same official


def flags(session: Session, now: datetime, posting: Callable[[str | None], int]) -> dict[int, list[Concern]]:
    """{action's id: what of its dossiers needs a person}. One query, which finds no more than may need someone.

    `posting` says how many days a letter takes to a country.
    """
    found: dict[int, list[Concern]] = {}
    rows = session.execute(_standing(now)).all()
    deliveries: dict[int, list[Step]] = defaultdict(list)
    for row in rows:
        if row.status is not None:
            step = Step(row.status, row.dispatched_on, row.reply_on, row.reply_answered_on)
            deliveries[row.dossier_id].append(step)
    for row in {it.dossier_id: it for it in rows}.values():
        official = row.name or said(row.office, ORIGINAL)
        way = Way(row.deadline, official, tuple(deliveries[row.dossier_id]), row.replaced)
        days = posting(row.country)
        told = concerns(way, clock.local_day(now, row.time_zone), days)
        if told:
            found.setdefault(row.action_id, []).extend(told)
    return found


def concerns(way: Way, today: date, posting_days: int) -> list[Concern]:
    """What of a dossier needs a person today; `posting_days` are those to the official's country."""
    found: list[Concern] = []
    gone = any(it.dispatched_on is not None for it in way.deliveries)
    if not gone and not way.replaced and way.deadline is not None and today >= way.deadline:
        words = Sentence("The signature book for %(official)s has not been sent", official=way.official)
        found.append(Concern(Lacks.DISPATCH, words, way.deadline))
    for it in way.deliveries:
        if it.status is DeliveryStatus.DISPATCHED and it.dispatched_on is not None:
            there = it.dispatched_on + timedelta(days=posting_days)
            if today > there:
                words = Sentence("No receipt for the signature book to %(official)s", official=way.official)
                found.append(Concern(Lacks.RECEIPT, words, there))
        if it.reply_on is not None and it.answered_on is None and today > it.reply_on + ANSWER_WITHIN:
            words = Sentence("The reply from %(official)s is not answered", official=way.official)
            found.append(Concern(Lacks.ANSWER, words, it.reply_on + ANSWER_WITHIN))
    return found


def _standing(now: datetime) -> Any:
    """Each delivery of each dossier that may lack something, and the dossier by itself if it has none.

    What was frozen is never read here: a dossier holds much.
    """
    later = aliased(Dossier)
    replaced = exists().where(
        later.action_id == Dossier.action_id,
        later.official_id == Dossier.official_id,
        later.status == DossierStatus.READY,
        later.id > Dossier.id,
    )
    return (
        select(
            Dossier.id.label("dossier_id"),
            Dossier.action_id,
            Action.deadline,
            Case.time_zone,
            Official.name,
            Official.office,
            Official.country,
            replaced.label("replaced"),
            Delivery.status,
            Delivery.dispatched_on,
            Delivery.reply_on,
            Delivery.reply_answered_on,
        )
        .join(Action, Action.id == Dossier.action_id)
        .join(Case, Case.id == Action.case_id)
        .join(Official, Official.id == Dossier.official_id)
        .outerjoin(Delivery, Delivery.dossier_id == Dossier.id)
        .where(
            Dossier.status == DossierStatus.READY,
            Action.status.in_((ActionStatus.OPEN, ActionStatus.CLOSED)),
            or_(_not_gone(now), _waiting()),
        )
        .order_by(Dossier.id, Delivery.id)
    )


def _not_gone(now: datetime) -> ColumnElement[bool]:
    gone = exists().where(Delivery.dossier_id == Dossier.id, Delivery.dispatched_on.is_not(None))
    # A day ahead of UTC: somewhere it is tomorrow already.
    return and_(Action.deadline <= clock.local_day(now, "UTC") + timedelta(days=1), ~gone.correlate(Dossier))


def _waiting() -> ColumnElement[bool]:
    each = aliased(Delivery)
    unanswered = and_(each.reply_on.is_not(None), each.reply_answered_on.is_(None))
    return exists().where(
        each.dossier_id == Dossier.id, or_(each.status == DeliveryStatus.DISPATCHED, unanswered)
    ).correlate(Dossier)  # fmt: skip
