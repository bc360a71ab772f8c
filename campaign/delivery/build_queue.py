"""Builds: which dossiers are to be printed, and how far that is. One process at a time has one, on lease.

The table is the truth: a build whose process died is taken up by another when its lease runs out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.delivery import holders
from campaign.errors import CampaignError, Conflict, Unknown
from campaign.sentences import Sentence
from campaign.storage import guarded
from campaign.storage.tables import Dossier, DossierBuild
from campaign.transitions import may_precede
from campaign.vocabulary import BuildPhase, BuildStatus

# Longer than the longest step between two signs of life, the binding of one volume on a busy machine.
LEASE = timedelta(minutes=2)
# A build whose process dies this often dies of what it prints.
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Lease:
    """A build that this process, and no other, may do until its lease runs out."""

    dossier_id: int
    code: str
    lease: bytes


@dataclass(frozen=True)
class Progress:
    """How far a build is: `done` of `total` in its phase, `pace` in names a second."""

    status: BuildStatus
    phase: BuildPhase | None
    done: int
    total: int
    pace: int | None
    problem: str | None

    @property
    def left(self) -> int | None:
        """Seconds until all names are set, at the present pace; None if that cannot be told."""
        if self.phase is not BuildPhase.SETTING or not self.pace:
            return None
        return -(-(self.total - self.done) // self.pace)


class Stopped(CampaignError):
    """The build was cancelled, or is another process's by now, or this process is to stop."""


@dataclass(frozen=True)
class Abandoned:
    """A build whose process is gone: the lease that it had until then, which nobody needs to wait for."""

    code: str
    leased_until: datetime


def abandoned(session: Session, code: str | None = None) -> list[Abandoned]:
    """The builds whose process no longer runs on this computer, though their lease has not run out."""
    asked = (
        select(Dossier.code, DossierBuild.leased_until, DossierBuild.holder)
        .join(Dossier, Dossier.id == DossierBuild.dossier_id)
        .where(DossierBuild.status == BuildStatus.BUILDING, DossierBuild.leased_until.is_not(None))
    )
    if code is not None:
        asked = asked.where(Dossier.code == code)
    return [
        Abandoned(found, until) for found, until, holder in session.execute(asked) if until and holders.is_gone(holder)
    ]


def _take_back(session: Session, gone: Abandoned, now: datetime) -> None:
    """Let the lease of a process that is gone run out now; nothing if another has the build by now."""
    mine = select(Dossier.id).where(Dossier.code == gone.code).scalar_subquery()
    guarded.change(
        session,
        DossierBuild,
        DossierBuild.dossier_id == mine,
        DossierBuild.leased_until == gone.leased_until,
        leased_until=now - timedelta(seconds=1),
    )


def owed() -> ColumnElement[bool]:
    """Whether a build waits or is at work: of one at work `waiting` says whether its process has given it up."""
    return exists(
        select(DossierBuild.dossier_id).where(DossierBuild.status.in_((BuildStatus.WAITING, BuildStatus.BUILDING)))
    )


def waiting(session: Session, now: datetime) -> bool:
    """Whether there is a build to be had: asked before `lease`, which all other writers wait for."""
    due = or_(
        DossierBuild.status == BuildStatus.WAITING,
        and_(DossierBuild.status == BuildStatus.BUILDING, DossierBuild.leased_until < now),
    )
    return session.scalar(select(DossierBuild.dossier_id).where(due).limit(1)) is not None or bool(abandoned(session))


def lease(session: Session, now: datetime, code: str | None = None) -> Lease | None:
    """Take a build that waits, or whose process is gone or let its lease run out: that of `code`, or the eldest. None
    if none."""
    for gone in abandoned(session, code):
        _take_back(session, gone, now)
    given_up = and_(DossierBuild.status == BuildStatus.BUILDING, DossierBuild.leased_until < now)
    guarded.change(
        session,
        DossierBuild,
        given_up,
        DossierBuild.attempts >= MOST_ATTEMPTS,
        **ended(BuildStatus.FAILED, now),
        problem="Printing failed too many times.",
    )
    due = or_(DossierBuild.status == BuildStatus.WAITING, given_up)
    eldest = select(DossierBuild.dossier_id).where(due).order_by(DossierBuild.asked_at, DossierBuild.dossier_id)
    if code is not None:
        eldest = eldest.join(Dossier, Dossier.id == DossierBuild.dossier_id).where(Dossier.code == code)
    chosen = eldest.limit(1).with_for_update(skip_locked=True, of=DossierBuild).cte("chosen")
    mine = secrets.token_bytes(16)
    taken = guarded.rows(
        session,
        update(DossierBuild)
        .where(DossierBuild.dossier_id.in_(select(chosen.c.dossier_id)), due)
        .values(
            status=BuildStatus.BUILDING,
            lease=mine,
            leased_until=now + LEASE,
            holder=holders.myself(),
            started_at=now,
            beat_at=now,
            attempts=DossierBuild.attempts + 1,
            problem=None,
        )
        .returning(DossierBuild.dossier_id),
    ).scalar_one_or_none()
    if taken is None:
        return None
    return Lease(taken, session.scalars(select(Dossier.code).where(Dossier.id == taken)).one(), mine)


def cancel(session: Session, code: str, now: datetime) -> None:
    """Stop a build; it is not taken up again by itself. Raises `Conflict` if it is over already."""
    before = may_precede(BuildStatus.CANCELLED)
    _set(
        session, code, before, Sentence("This signature book is not being printed."), ended(BuildStatus.CANCELLED, now)
    )


def again(session: Session, code: str, now: datetime) -> None:
    """Have a cancelled or failed build done after all. Raises `Conflict` if it is neither: nothing is printed twice."""
    waiting = {"status": BuildStatus.WAITING, "asked_at": now, "ended_at": None, "attempts": 0, "problem": None}
    given_up = (BuildStatus.CANCELLED, BuildStatus.FAILED)
    _set(session, code, given_up, Sentence("This signature book is already printed, or is being printed."), waiting)


def progress(session: Session, code: str) -> Progress:
    """How far the build of a dossier is. Raises `Unknown` for no such code."""
    found = session.execute(
        select(DossierBuild).join(Dossier, Dossier.id == DossierBuild.dossier_id).where(Dossier.code == code)
    ).scalar_one_or_none()
    if found is None:
        raise Unknown("There is no signature book with the code %(code)s.", code=code)
    return Progress(found.status, found.phase, found.done, found.total, found.pace, found.problem)


def hold(session: Session, mine: Lease, **values: object) -> None:
    """Set values of a build and hold its lease for longer. Raises `Stopped` if the lease is no longer ours."""
    held = guarded.change(
        session,
        DossierBuild,
        DossierBuild.dossier_id == mine.dossier_id,
        DossierBuild.lease == mine.lease,
        **{"leased_until": clock.now() + LEASE, **values},
    )
    if not held:
        raise Stopped("Printing was cancelled, or another process has taken over.")


def ended(status: BuildStatus, now: datetime) -> dict[str, object]:
    """The values of a build that is over, for `hold`."""
    return {"status": status, "lease": None, "leased_until": None, "ended_at": now}


def _set(
    session: Session,
    code: str,
    before: tuple[StrEnum, ...],
    refusal: str,
    values: Mapping[str, object],
) -> None:
    dossier_id = session.scalar(select(Dossier.id).where(Dossier.code == code))
    if dossier_id is None:
        raise Unknown("There is no signature book with the code %(code)s.", code=code)
    changed = guarded.rows(
        session,
        update(DossierBuild)
        .where(DossierBuild.dossier_id == dossier_id, DossierBuild.status.in_(before))
        .values(dict(values))
        .returning(DossierBuild.dossier_id),
    ).one_or_none()
    if changed is None:
        raise Conflict(refusal)
