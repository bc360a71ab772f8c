"""What one action's signatures and letters come to: by day, by country, language and channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.appeals.counting import letter_reports, tallies
from campaign.appeals.paper import sheets
from campaign.appeals.signature_admin import table
from campaign.appeals.signature_admin.table import Standing
from campaign.office.spreadsheets import line
from campaign.storage.tables import Tally
from campaign.vocabulary import ChannelKind, SignatureStatus


@dataclass(frozen=True)
class Day:
    """Signatures that began to count on a day, and all up to it."""

    on: date
    count: int
    total: int


@dataclass(frozen=True)
class Expected:
    """How many will have signed on the last day, if the present pace lasts."""

    count: int
    deadline: date


@dataclass(frozen=True)
class Statistics:
    """Everything the page of statistics shows of one action."""

    days: tuple[Day, ...]
    countries: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    channels: tuple[tuple[ChannelKind, int], ...]
    statuses: Mapping[SignatureStatus, int]
    on_paper: tuple[tuple[str, int], ...] = ()  # by country, counted apart

    @property
    def total(self) -> int:
        """Exactly, while the public count waits for some to leave it together."""
        return self.days[-1].total if self.days else 0

    @property
    def share_confirmed(self) -> float | None:
        """Of all who signed and whose time to confirm is over or used; None while there are none."""
        decided = sum(self.statuses.values()) - self.statuses.get(SignatureStatus.PENDING, 0)
        never = self.statuses.get(SignatureStatus.EXPIRED, 0) + self.statuses.get(SignatureStatus.REJECTED, 0)
        return (decided - never) / decided if decided else None


def gathered(session: Session, action_id: int, today: date) -> Statistics:
    """The statistics of one action; `today` in the case's zone."""
    return Statistics(
        days=by_day(session, action_id, today),
        countries=tallies.by_country(session, action_id),
        languages=by_language(session, action_id),
        channels=letter_reports.by_channel(session, action_id),
        statuses=table.totals(session, action_id),
        on_paper=sheets.by_country(session, action_id),
    )


def by_day(session: Session, action_id: int, today: date) -> tuple[Day, ...]:
    """Each day from the first signature's to the last or today, those without any included."""
    count = func.sum(Tally.count)
    found = session.execute(
        select(Tally.day, count).where(Tally.action_id == action_id).group_by(Tally.day).having(count > 0)
    ).all()
    return filled({day: int(n) for day, n in found}, today)


def filled(counts: Mapping[date, int], until: date) -> tuple[Day, ...]:
    """The days in order, without a gap."""
    if not counts:
        return ()
    total, days = 0, []
    first, last = min(counts), max(until, *counts)
    for n in range((last - first).days + 1):
        on = first + timedelta(days=n)
        total += counts.get(on, 0)
        days.append(Day(on, counts.get(on, 0), total))
    return tuple(days)


def by_language(session: Session, action_id: int) -> tuple[tuple[str, int], ...]:
    """(language of the page that was signed, signatures), the most first."""
    return _languages(table.standing(session, action_id))


def _languages(standing: Iterable[Standing]) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    for it in standing:
        if it.counts:
            found[it.locale] += it.signatures
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def as_csv(statistics: Statistics, expected: Expected | None) -> Iterator[str]:
    """All of it as lines of a file: what is counted, of what, how many. No person is in it."""
    yield line(("what", "of", "count"))
    for day in statistics.days:
        yield line(("signatures by day", day.on.isoformat(), day.count))
    if expected is not None:
        yield line(("signatures expected by the deadline", expected.deadline.isoformat(), expected.count))
    for what, counts in (
        ("signatures by country", statistics.countries),
        ("signatures on paper by country", statistics.on_paper),
        ("signatures by language", statistics.languages),
        ("letters by channel", statistics.channels),
        ("signatures by status", tuple(statistics.statuses.items())),
    ):
        for of, n in counts:
            yield line((what, of, n))
