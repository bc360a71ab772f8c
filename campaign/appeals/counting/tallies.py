"""Counting, outside of signing: a roll-up every few seconds, and a nightly proof that the sum is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.counting import taken_back
from campaign.publication.risk import risk_countries
from campaign.publication.small_numbers import WHOLE, least_shown, office_least
from campaign.storage import guarded
from campaign.storage.tables import Action, Case, Signature, Tally
from campaign.storage.upsert import add_to

# One roll-up touches at most this many signatures, so that it never holds SQLite's one writer for long.
MOST = 5_000

Counts = Mapping[tuple[int, date, str], int]  # (action id, day in the case's zone, country) -> signatures


@dataclass(frozen=True)
class Count:
    """What pages and `count.json` say: everyone's count, in which what was taken back may still wait to leave."""

    count: int
    countries: int
    goal: int | None
    as_of: datetime


def owed() -> ColumnElement[bool]:
    """Whether a roll-up would find anything."""
    return exists(select(Signature.id).where(Signature.uncounted.is_not(None)))


def roll_up(session: Session, most: int = MOST) -> int:
    """Bring the tallies up to date; returns how many signatures were newly counted or taken out.

    One UPDATE both finds the signatures and marks them, so two roll-ups never count the same one.
    """
    uncounted = (
        select(Signature.id)
        .where(Signature.uncounted.is_not(None))
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
        .cte("uncounted")  # named by WITH it is chosen once: PostgreSQL may choose a plain subquery anew for each row
    )
    changed = guarded.rows(
        session,
        update(Signature)
        .where(Signature.id.in_(select(uncounted.c.id)), Signature.uncounted.is_not(None))
        .values(tallied=Signature.counts)
        .returning(Signature.action_id, Signature.confirmed_on, Signature.country, Signature.tallied),
    ).all()
    difference: Counter[tuple[int, date, str]] = Counter()
    gone: Counter[tuple[int, str]] = Counter()
    for action_id, day, country, counts in changed:
        if day is not None:  # a CHECK says that what counts has a day
            difference[action_id, day, country] += 1 if counts else -1
            gone[action_id, country] += not counts
    add_to(session, Tally, "count", {key: n for key, n in difference.items() if n})
    taken_back.record(session, +gone)
    return len(changed)


def counted(session: Session, action_id: int, goal: int | None, now: datetime) -> Count:
    """The public count of one action."""
    total = session.scalar(select(func.coalesce(func.sum(Tally.count), 0)).where(Tally.action_id == action_id))
    count = int(total or 0) + taken_back.waiting(session, action_id).get(WHOLE, 0)
    return Count(count, len(public_countries(session, action_id)), goal, now)


def take_out(session: Session, action_id: int, day: date, country: str) -> None:
    """Take a signature out of the tallies whose row is gone, so that no roll-up will find it."""
    add_to(session, Tally, "count", {(action_id, day, country): -1})
    taken_back.record(session, {(action_id, country): 1})


def move(session: Session, action_id: int, day: date, country: str, to: str) -> None:
    """Count a signature in another country than before."""
    add_to(session, Tally, "count", {(action_id, day, country): -1, (action_id, day, to): 1})
    taken_back.record(session, {(action_id, country): 1}, moved=True)


def number_of(session: Session, signature_id: int) -> int | None:
    """Which number a signature is that was confirmed just now; None once it stands in the tallies.

    Then others stand there too that came later, and nobody kept who was which.
    """
    own = session.execute(
        select(Signature.action_id, Signature.confirmed_at).where(
            Signature.id == signature_id, Signature.counts, Signature.tallied.is_(False)
        )
    ).one_or_none()
    if own is None:
        return None
    before = session.scalar(
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.action_id == own.action_id,
            Signature.counts != Signature.tallied,
            Signature.counts,
            Signature.confirmed_at < own.confirmed_at,
        )
    )
    return counted(session, own.action_id, None, clock.now()).count + int(before or 0) + 1


def public_countries(session: Session, action_id: int, most: int | None = None) -> tuple[tuple[str, int], ...]:
    """(country, signatures) as everyone may see them, the most first: each from its least number on."""
    least, waiting = office_least(session), taken_back.waiting(session, action_id)
    case = select(Case.country, Case.at_risk_countries).join(Action, Action.case_id == Case.id)
    risky = risk_countries(*session.execute(case.where(Action.id == action_id)).one())
    counts = [(country, n + waiting.get(country, 0)) for country, n in by_country(session, action_id)]
    shown = [(country, n) for country, n in counts if n >= least_shown(country, risky, least)]
    return tuple(sorted(shown, key=lambda pair: (-pair[1], pair[0])))[:most]


def by_country(session: Session, action_id: int, most: int | None = None) -> tuple[tuple[str, int], ...]:
    """(country, signatures), the most first, exact: for the office."""
    total = func.sum(Tally.count)
    found = session.execute(
        select(Tally.country, total)
        .where(Tally.action_id == action_id)
        .group_by(Tally.country)
        .having(total > 0)
        .order_by(total.desc(), Tally.country)
        .limit(most)
    ).all()
    return tuple((country, int(n)) for country, n in found)


def reconcile(session: Session) -> int:
    """Prove the tallies against the signatures, and mend them where they differ; returns how many rows did.

    What was erased under retention still counts: its row stays, with nothing of the person in it.
    """
    truth: Counts = {
        (action_id, day, country): int(n)
        for action_id, day, country, n in session.execute(
            select(Signature.action_id, Signature.confirmed_on, Signature.country, func.count())
            .where(Signature.tallied)
            .group_by(Signature.action_id, Signature.confirmed_on, Signature.country)
        ).all()
        if day is not None
    }
    told: Counts = {
        (row.action_id, row.day, row.country): row.count for row in session.scalars(select(Tally)).all() if row.count
    }
    wrong = differences(truth, told)
    for action_id, day, country in wrong:
        session.execute(delete(Tally).where(Tally.action_id == action_id, Tally.day == day, Tally.country == country))
        n = truth.get((action_id, day, country), 0)
        if n:
            session.add(Tally(action_id=action_id, day=day, country=country, count=n))
    return len(wrong)


def differences(truth: Counts, told: Counts) -> set[tuple[int, date, str]]:
    """The keys under which two counts differ; a missing one is none."""
    return {key for key in truth.keys() | told.keys() if truth.get(key, 0) != told.get(key, 0)}
