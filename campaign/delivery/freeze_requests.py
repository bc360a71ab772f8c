"""Dossiers that organisers ask for: the press of a button is a row, and the worker freezes what the rows ask for.

Freezing a large action takes seconds, which no browser should wait for. The row is the truth: whoever is killed while
freezing has changed nothing, and the next sweep begins anew. A row is locked while its dossier is frozen, so two
workers make one; the dossier and the end of its request are one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from campaign.delivery import freezing
from campaign.errors import CampaignError, Conflict, Gone, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication.reading import described
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Dossier, DossierRequest
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import Paper

# A freeze whose process dies this often dies of what it freezes.
MOST_ATTEMPTS = 5
# How long the page says why there is no dossier.
TOLD_FOR = timedelta(days=1)
KEPT_FOR = timedelta(days=30)
# What a person can put right: the page says it. Anything else is tried again.
FORESEEN = (Refused, Unknown, Conflict, Gone)


class Stage(StrEnum):
    """How far a request is."""

    WAITING = "waiting"
    FREEZING = "freezing"
    MADE = "made"
    REFUSED = "refused"


@dataclass(frozen=True)
class Asked:
    """A request as the page shows it. `code` is that of the dossier once it is made."""

    id: int
    stage: Stage
    official: str
    problem: str | None
    code: str | None


def ask(
    session: Session,
    actor: Actor,
    action: PublicAction,
    official: int | None,
    press: str,
    now: datetime,
    paper: Paper = Paper.A4,
) -> bool:
    """Ask for a dossier in the language of `action`; False if this press, or somebody else, has asked for it already.

    Raises as `freezing.freeze` does where that can be told at once.
    """
    refuse_if_stopped(action)
    recipient = freezing.recipient_of(action, official)
    made = insert_or_leave(
        session,
        DossierRequest,
        press=press,
        action_id=action.id,
        official_id=recipient.official_id,
        locale=action.locale,
        paper_size=paper,
        organiser_id=actor.id,
        who=actor.name[:120],
        asked_at=now,
        attempts=0,
    )
    return made is not None


def owed(tried: Collection[int] = ()) -> ColumnElement[bool]:
    """Whether a dossier is asked for, besides those `tried`."""
    return exists(select(DossierRequest.id).where(*_open(tried)))


def waiting(session: Session, tried: Collection[int] = ()) -> bool:
    """The same, asked now: looked at before `begin`, which other writers wait for."""
    return bool(session.scalar(select(owed(tried))))


def begin(session: Session, now: datetime, tried: Collection[int] = ()) -> int | None:
    """Note that the eldest request is worked at, and give its id; None if there is none to be had.

    One of those `tried` is left for the next time: it must not keep others waiting.
    """
    _end(
        session,
        and_(DossierRequest.ended_at.is_(None), DossierRequest.attempts >= MOST_ATTEMPTS),
        now,
        problem="Making this signature book failed too many times. Try again, or ask who runs this installation.",
    )
    # One that another process is freezing is locked, and passed over.
    eldest = (
        select(DossierRequest.id)
        .where(*_open(tried))
        .order_by(DossierRequest.asked_at, DossierRequest.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    chosen = session.scalar(eldest)
    if chosen is not None:
        guarded.change(
            session,
            DossierRequest,
            DossierRequest.id == chosen,
            attempts=DossierRequest.attempts + 1,
            started_at=now,
        )
    return chosen


def make(session: Session, vault: Vault, request_id: int, now: datetime) -> str | None:
    """Freeze what was asked for; the dossier's code, or None if another process has it.

    Raises what `freezing.freeze` raises: then nothing has changed, and `refuse` says so to whoever asked.
    """
    mine = session.scalars(
        select(DossierRequest)
        .where(DossierRequest.id == request_id, DossierRequest.ended_at.is_(None))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if mine is None:
        return None
    slug = session.scalars(select(Action.slug).where(Action.id == mine.action_id)).one()
    action = described(session, slug, mine.locale)
    # Officials may have been added or moved since: the person meant, not the place in the list.
    official = next((it.n for it in action.asked if it.official_id == mine.official_id), None)
    if official is None:
        raise Unknown("This action is not addressed to this official.")
    code = freezing.freeze(session, action, official, now, mine.paper_size)
    dossier_id = session.scalars(select(Dossier.id).where(Dossier.code == code)).one()
    _end(session, DossierRequest.id == request_id, now, dossier_id=dossier_id)
    about = About("dossier", dossier_id, action_id=action.id)
    who = Actor(mine.organiser_id, mine.who)
    audit.record(session, vault, who, "signature book created", about, now, after={"code": code})
    return code


def refuse(session: Session, request_id: int, error: CampaignError, now: datetime) -> None:
    """Say why there is no dossier; it is not tried again by itself."""
    _end(
        session,
        and_(DossierRequest.id == request_id, DossierRequest.ended_at.is_(None)),
        now,
        problem=str(error)[:300],
    )


def shown(session: Session, action_id: int, now: datetime) -> Sequence[Asked]:
    """What the page of an action shows: what is asked for, and why the last one was not made, for a day."""
    last = select(func.max(DossierRequest.id)).where(DossierRequest.action_id == action_id).scalar_subquery()
    refused = and_(
        DossierRequest.id == last, DossierRequest.problem.is_not(None), DossierRequest.ended_at > now - TOLD_FOR
    )
    return _asked(session, DossierRequest.action_id == action_id, or_(DossierRequest.ended_at.is_(None), refused))


def asked(session: Session, request_id: int) -> Asked:
    """How far a request is. Raises `Unknown` if there is none of that number."""
    found = _asked(session, DossierRequest.id == request_id)
    if not found:
        raise Unknown("There is no such request.")
    return found[0]


def forget(session: Session, now: datetime) -> None:
    """Let go of requests that are long over."""
    guarded.remove(session, DossierRequest, DossierRequest.ended_at < now - KEPT_FOR)


def _open(tried: Collection[int]) -> list[ColumnElement[bool]]:
    return [DossierRequest.ended_at.is_(None), *([DossierRequest.id.not_in(tried)] if tried else [])]


def _asked(session: Session, *which: ColumnElement[bool]) -> list[Asked]:
    rows = session.execute(
        select(DossierRequest, Dossier.code)
        .outerjoin(Dossier, Dossier.id == DossierRequest.dossier_id)
        .where(*which)
        .order_by(DossierRequest.id.desc())
    )
    return [Asked(it.id, _stage(it), _called(it), it.problem, code) for it, code in rows]


def _stage(request: DossierRequest) -> Stage:
    if request.ended_at is not None:
        return Stage.REFUSED if request.problem else Stage.MADE
    return Stage.FREEZING if request.started_at else Stage.WAITING


def _called(request: DossierRequest) -> str:
    official = request.official
    return official.name or official.office.get("en", "")


def _end(session: Session, which: ColumnElement[bool], now: datetime, **values: object) -> None:
    guarded.change(session, DossierRequest, which, ended_at=now, **values)
