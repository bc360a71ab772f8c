"""Sensitive cases: closed to all organisers but those who are named. What is hidden is one rule, in `storage/sight.py`.

Whoever sees a case and may edit can close it, and name others; who is named may be of any role. Somebody is always
named. An admin who is not can let themselves in, with a reason that everyone who is named is told of: so a case is not
lost when its people leave, and nobody comes in unseen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from campaign.action_number import ActionNumber
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.mail import outbox
from campaign.office import audit, ownership
from campaign.office.audit import About, Actor
from campaign.office.permissions import Permission, may
from campaign.office.second_person import has_accepted
from campaign.publication.slugs import known_case
from campaign.storage import Vault, guarded, sight
from campaign.storage.tables import Action, Case, CaseReader, Organiser
from campaign.vocabulary import MessageKind

# How long a mail that is late still tells that somebody let themselves in.
TOLD_FOR = timedelta(days=3)
LONGEST_REASON = 500


@dataclass(frozen=True)
class Reader:
    """Somebody who is named. `active`: whether they work here; `uninvited`: they let themselves in."""

    id: int
    name: str
    active: bool
    since: datetime
    uninvited: bool


@dataclass(frozen=True)
class Someone:
    """An organiser who could be named."""

    id: int
    name: str


@dataclass(frozen=True)
class Closed:
    """Who sees a case. `since`: None while every organiser does; `second`: whether two who are named may review."""

    since: datetime | None
    readers: tuple[Reader, ...]
    others: tuple[Someone, ...]
    second: bool


@dataclass(frozen=True)
class Left:
    """A sensitive case that nobody who works here is named for: its number, since when it is one. No more is told."""

    case_id: int
    since: datetime


@dataclass(frozen=True)
class LetIn:
    """Somebody let themselves into a case that one is named for."""

    who: str
    at: datetime


def read(session: Session, case_id: int) -> Closed:
    """Who sees a case, and whom one could name, in the order of names."""
    since = session.scalar(select(Case.sensitive_since).where(Case.id == case_id))
    named = session.execute(
        select(Organiser, CaseReader)
        .join(CaseReader, CaseReader.organiser_id == Organiser.id)
        .where(CaseReader.case_id == case_id)
        .order_by(Organiser.name)
    ).all()
    readers = tuple(Reader(it.id, it.name, it.active, row.added_at, row.uninvited) for it, row in named)
    ids = {it.id for it in readers}
    everyone = session.scalars(select(Organiser).where(Organiser.active).order_by(Organiser.name)).all()
    return Closed(
        since=since,
        readers=readers,
        others=tuple(Someone(it.id, it.name) for it in everyone if it.id not in ids),
        second=sum(it.active and may(it.role, Permission.REVIEW) for it, _ in named) > 1,
    )


def close(session: Session, vault: Vault, actor: Actor, slug: str, named: Collection[int], now: datetime) -> None:
    """Close a case to everyone but those who are `named`, and who closes it.

    Raises `Conflict` if it is closed already, `Refused` for somebody who does not work here.
    """
    case = _case(session, slug)
    if actor.id is None:
        raise AssertionError("a case is closed by somebody who stays named for it")
    people = [_working(session, it) for it in sorted({*named, actor.id})]
    if not guarded.change(session, Case, Case.id == case.id, Case.sensitive_since.is_(None), sensitive_since=now):
        raise Conflict("Someone else has just made this case sensitive. Reload the page.")
    guarded.remove(session, CaseReader, CaseReader.case_id == case.id)
    session.add_all(_reader(case, it, actor, now) for it in people)
    session.flush()
    after = {"readers": [it.name for it in people]}
    audit.record(session, vault, actor, "case made sensitive", _about(case), now, after=after)
    ownership.end_in_case(session, vault, actor, case.id, now)


def name(session: Session, vault: Vault, actor: Actor, slug: str, organiser_id: int, now: datetime) -> None:
    """Have one more see a sensitive case. Raises `Conflict` if every organiser sees it."""
    case, who = _closed(session, slug), _working(session, organiser_id)
    if session.get(CaseReader, (case.id, who.id)) is None:
        session.add(_reader(case, who, actor, now))
        session.flush()
        audit.record(session, vault, actor, "reader added", _of_reader(case, who.id), now)


def strike(session: Session, vault: Vault, actor: Actor, slug: str, organiser_id: int, now: datetime) -> None:
    """Have somebody see it no more, oneself too. Raises `Refused` if nobody who works here and may edit would stay."""
    case = _closed(session, slug)
    # Locked: of two who strike each other one comes second, and is refused.
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    if not guarded.remove(session, CaseReader, CaseReader.case_id == case.id, CaseReader.organiser_id == organiser_id):
        return
    staying = session.scalars(
        select(Organiser.role)
        .join(CaseReader, CaseReader.organiser_id == Organiser.id)
        .where(CaseReader.case_id == case.id, Organiser.active)
    )
    if not any(may(role, Permission.EDIT) for role in staying):
        raise Refused("Somebody who works here and can edit must stay named. Name someone else first.")
    audit.record(session, vault, actor, "reader removed", _of_reader(case, organiser_id), now)
    ownership.end_in_case(session, vault, actor, case.id, now)


def reopen(session: Session, vault: Vault, actor: Actor, slug: str, reason: str, now: datetime) -> None:
    """Show a case to every organiser again; its history says why. Raises `Refused` without a reason."""
    case = _closed(session, slug)
    reason = _reason(reason)
    if not guarded.change(session, Case, Case.id == case.id, Case.sensitive_since.is_not(None), sensitive_since=None):
        raise _open_to_all()
    guarded.remove(session, CaseReader, CaseReader.case_id == case.id)
    audit.record(session, vault, actor, "case opened to every organiser", _about(case), now, reason=reason)


def left(session: Session) -> tuple[Left, ...]:
    """Sensitive cases that nobody who works here is named for: nobody could come in but an admin."""
    here = exists().where(
        CaseReader.case_id == Case.id, CaseReader.organiser_id == Organiser.id, Organiser.active
    )  # fmt: skip
    with sight.everything(session):
        rows = session.execute(
            select(Case.id, Case.sensitive_since)
            .where(Case.sensitive_since.is_not(None), ~here.correlate(Case))
            .order_by(Case.sensitive_since)
        ).all()
    return tuple(Left(number, since) for number, since in rows if since is not None)


def let_in(session: Session, vault: Vault, actor: Actor, which: str | int, reason: str, now: datetime) -> str:
    """Let an admin into a sensitive case that they are not named for; returns its slug.

    `which` is its number among those that are `left`, else its name in addresses, that of one of its actions, or an
    action's number. Everyone who is named gets a mail. Raises `Refused` without a reason, `Unknown` if there is no such
    case to be let into, also where somebody is named already: who looks for a case learns nothing by that.
    """
    who = session.get(Organiser, actor.id) if actor.id is not None else None
    if who is None or not may(who.role, Permission.SETTINGS):
        raise Forbidden("Your role does not allow this. Ask an admin if you need it.")
    reason = _reason(reason)
    among = {it.case_id for it in left(session)}
    with sight.everything(session):
        case = _sought(session, which, among)
        if case is None or case.sensitive_since is None or session.get(CaseReader, (case.id, who.id)) is not None:
            raise Unknown("There is no sensitive case of this name that is closed to you.")
        named = session.scalars(
            select(Organiser.id)
            .join(CaseReader, CaseReader.organiser_id == Organiser.id)
            .where(CaseReader.case_id == case.id, Organiser.active, has_accepted())
        ).all()
        session.add(_reader(case, who, actor, now, uninvited=True))
        session.flush()
        audit.record(session, vault, actor, "sensitive case entered", _about(case), now, reason=reason)
        for organiser_id in named:
            key = f"review:entered:{case.id}:{who.id}:{organiser_id}:{now:%Y%m%d%H%M}"
            outbox.enqueue_for_organiser(session, MessageKind.REVIEW, organiser_id, key, now)
        return case.slug


def entered(session: Session, organiser_id: int, now: datetime) -> tuple[LetIn, ...]:
    """Who let themselves lately into cases that somebody is named for, the newest first."""
    mine = select(CaseReader.case_id).where(CaseReader.organiser_id == organiser_id)
    rows = session.execute(
        select(Organiser.name, CaseReader.added_at)
        .join(CaseReader, CaseReader.organiser_id == Organiser.id)
        .where(
            CaseReader.uninvited,
            CaseReader.added_at >= now - TOLD_FOR,
            CaseReader.organiser_id != organiser_id,
            CaseReader.case_id.in_(mine),
        )
        .order_by(CaseReader.added_at.desc())
    )
    return tuple(LetIn(who, at) for who, at in rows)


def _sought(session: Session, which: str | int, among: Collection[int]) -> Case | None:
    if isinstance(which, int):
        return session.get(Case, which) if which in among else None
    words = which.strip()
    number = ActionNumber.parse(words)
    by_action = select(Action.case_id).where(Action.slug == words)
    if number is not None:
        by_action = select(Action.case_id).where(Action.serial == number.serial, Action.year == number.year)
    return session.scalars(
        select(Case)
        .where((Case.slug == words) | Case.id.in_(by_action), Case.sensitive_since.is_not(None))
        .order_by(Case.id)
        .limit(1)
    ).one_or_none()


def _reason(written: str) -> str:
    if not written.strip():
        raise Refused("Give a reason. It is kept in the audit trail.")
    if len(written) > LONGEST_REASON:
        raise Refused("Give a shorter reason.")
    return written.strip()


def _case(session: Session, slug: str) -> Case:
    return known_case(session.scalars(select(Case).where(Case.slug == slug)).one_or_none(), slug)


def _closed(session: Session, slug: str) -> Case:
    case = _case(session, slug)
    if case.sensitive_since is None:
        raise _open_to_all()
    return case


def _open_to_all() -> Conflict:
    return Conflict("Every organiser sees this case already. Reload the page.")


def _working(session: Session, organiser_id: int) -> Organiser:
    who = session.get(Organiser, organiser_id, with_for_update=True)
    if who is None or not who.active:
        raise Refused("Choose someone who works here.")
    return who


def _reader(case: Case, who: Organiser, actor: Actor, now: datetime, *, uninvited: bool = False) -> CaseReader:
    return CaseReader(
        case_id=case.id, organiser_id=who.id, added_by_id=actor.id, added_at=now, uninvited=uninvited
    )  # fmt: skip


def _about(case: Case) -> About:
    return About("case", case.id, case_id=case.id)


def _of_reader(case: Case, organiser_id: int) -> About:
    return About("organiser", organiser_id, case_id=case.id)
