""" "I sent it": a letter that a supporter reports, counted by channel, with nothing of who they are.

A report is a row of its own, so that reporting waits for nobody; the counting job takes rows out as it adds them to
the tallies. What is counted is what people say: the page calls it reported.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse.rate_limits import Limit, _
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction
from campaign.storage import guarded
from campaign.storage.tables import LetterReport, LetterTally
from campaign.storage.upsert import add_to
from campaign.vocabulary import ChannelKind

# An evening of letter writing in one room reports by the dozen.
REPORTING = Limit(
    "report",
    hits=60,
    window=timedelta(minutes=10),
    said=_(
        "Too many letters were reported from your network in the last few minutes. Please try again a little later."
    ),
)
# One roll-up takes at most this many, so that it never holds SQLite's one writer for long.
MOST = 5_000


def report(session: Session, action: PublicAction, channel: ChannelKind, now: datetime) -> None:
    """Record that someone wrote. Raises `Gone` where writing would do harm."""
    refuse_if_stopped(action)
    session.add(LetterReport(action_id=action.id, channel=channel, day=clock.local_day(now, action.time_zone)))


def owed() -> ColumnElement[bool]:
    """Whether a roll-up would find anything."""
    return exists(select(LetterReport.id))


def roll_up(session: Session, most: int = MOST) -> int:
    """Bring the tallies up to date; returns how many reports were counted.

    One DELETE both finds the reports and takes them out, so two roll-ups never count the same one.
    """
    uncounted = select(LetterReport.id).order_by(LetterReport.id).limit(most).with_for_update(skip_locked=True)
    taken = guarded.rows(
        session,
        delete(LetterReport)
        .where(LetterReport.id.in_(uncounted.scalar_subquery()))
        .returning(LetterReport.action_id, LetterReport.day, LetterReport.channel),
    ).all()
    sums: Counter[tuple[int, date, ChannelKind]] = Counter((action_id, day, it) for action_id, day, it in taken)
    add_to(session, LetterTally, "count", dict(sums))
    return len(taken)


def by_channel(session: Session, action_id: int) -> tuple[tuple[ChannelKind, int], ...]:
    """(channel, letters), the most first."""
    total = func.sum(LetterTally.count)
    found = session.execute(
        select(LetterTally.channel, total)
        .where(LetterTally.action_id == action_id)
        .group_by(LetterTally.channel)
        .having(total > 0)
        .order_by(total.desc(), LetterTally.channel)
    ).all()
    return tuple((channel, int(n)) for channel, n in found)
