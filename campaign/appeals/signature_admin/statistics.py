"""What one action's signatures and letters come to: by day, by country, language and channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.counting import letter_reports, tallies, visits
from campaign.appeals.counting.visits import Source
from campaign.appeals.paper import sheets
from campaign.appeals.signature_admin import table
from campaign.appeals.signature_admin.table import Standing
from campaign.office.spreadsheets import Cells
from campaign.publication.small_numbers import LEAST
from campaign.storage.tables import Action, ActionText, Case, Tally, Update
from campaign.vocabulary import ChannelKind, SignatureStatus, UpdateStatus


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


# Before and after an update, and how many earlier actions are compared.
WEEK = 7
MOST_EARLIER = 5


@dataclass(frozen=True)
class Around:
    """Signatures in the seven days before the day on which an update went, and in the seven from that day on. `over`:
    whether all of those have passed."""

    on: date
    before: int
    after: int
    over: bool


@dataclass(frozen=True)
class Earlier:
    """An earlier action by its slug and title, and how many had signed it as many days after its issue."""

    slug: str
    title: str
    issued_on: date
    count: int


@dataclass(frozen=True)
class Compared:
    """An action `days` after its issue beside earlier ones on that day of theirs, the latest first."""

    days: int
    count: int
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True)
class Statistics:
    """Everything the page of statistics shows of one action."""

    days: tuple[Day, ...]
    countries: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    channels: tuple[tuple[ChannelKind, int], ...]
    statuses: Mapping[SignatureStatus, int]
    on_paper: tuple[tuple[str, int], ...] = ()  # by country, counted apart
    sources: tuple[Source, ...] = ()
    updates: tuple[Around, ...] = ()
    compared: Compared | None = None

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
    days = by_day(session, action_id, today)
    return Statistics(
        days=days,
        countries=tallies.by_country(session, action_id),
        languages=by_language(session, action_id),
        channels=letter_reports.by_channel(session, action_id),
        statuses=table.totals(session, action_id),
        on_paper=sheets.by_country(session, action_id),
        sources=visits.by_tag(session, action_id),
        updates=around_updates(session, action_id, {it.on: it.count for it in days}, today),
        compared=compared(session, action_id, today),
    )


def around_updates(session: Session, action_id: int, daily: Mapping[date, int], today: date) -> tuple[Around, ...]:
    """Each update that was sent, the latest first."""
    sent = session.execute(
        select(Update.queued_at, Case.time_zone)
        .join(Action, Action.id == Update.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(Update.action_id == action_id, Update.status == UpdateStatus.SENT, Update.queued_at.is_not(None))
        .order_by(Update.queued_at.desc())
    )
    return tuple(around(clock.local_day(at, zone), daily, today) for at, zone in sent if at is not None)


def around(on: date, daily: Mapping[date, int], today: date) -> Around:
    """The rule: a week before the day, and a week that begins with it."""
    before = sum(daily.get(on - timedelta(days=n), 0) for n in range(1, WEEK + 1))
    after = sum(daily.get(on + timedelta(days=n), 0) for n in range(WEEK))
    return Around(on, before, after, on + timedelta(days=WEEK) <= today)


def compared(session: Session, action_id: int, today: date) -> Compared | None:
    """An action beside the ones issued before it, each on the same day after its issue; None without a day of issue or
    an earlier action."""
    own = session.get_one(Action, action_id)
    if own.issued_on is None or own.opened_at is None or own.issued_on > today:
        return None
    days = (today - own.issued_on).days
    if own.ended_at is not None:
        days = min(days, max(0, (clock.last_day(own.ended_at, own.case.time_zone) - own.issued_on).days))
    others = session.execute(
        select(Action.id, Action.slug, Action.issued_on, ActionText.title)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .where(Action.issued_on < own.issued_on, Action.opened_at.is_not(None))
        .order_by(Action.issued_on.desc(), Action.id.desc())
        .limit(MOST_EARLIER)
    ).all()
    earlier = tuple(
        Earlier(slug, title or slug, issued, _up_to(session, number, issued + timedelta(days=days)))
        for number, slug, issued, title in others
        if issued is not None
    )
    if not earlier:
        return None
    return Compared(days, _up_to(session, action_id, own.issued_on + timedelta(days=days)), earlier)


def _up_to(session: Session, action_id: int, day: date) -> int:
    total = select(func.coalesce(func.sum(Tally.count), 0))
    return int(session.scalar(total.where(Tally.action_id == action_id, Tally.day <= day)) or 0)


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


def as_rows(statistics: Statistics, expected: Expected | None) -> Iterator[Cells]:
    """All of it as rows of a file: what is counted, of what, how many. No person is in it."""
    yield "what", "of", "count"
    for day in statistics.days:
        yield "signatures by day", day.on, day.count
    if expected is not None:
        yield "signatures expected by the deadline", expected.deadline, expected.count
    for what, counts in (
        ("signatures by country", statistics.countries),
        ("signatures on paper by country", statistics.on_paper),
        ("signatures by language", statistics.languages),
        ("letters by channel", statistics.channels),
        ("signatures by status", tuple(statistics.statuses.items())),
    ):
        for of, n in counts:
            yield what, of, n
    for source in statistics.sources:
        yield "signatures by tag of the link", source.tag or "other", _told(source.count)
        for locale, n in source.languages:
            yield f"signatures by tag of the link, {source.tag or 'other'}, by language", locale or "others", n
        for on, count in source.days:
            yield f"signatures by tag of the link, {source.tag or 'other'}, by day", on, _told(count)
    for it in statistics.updates:
        yield "signatures in the 7 days before an update", it.on, it.before
        yield "signatures in the 7 days after an update", it.on, it.after
    if statistics.compared is not None:
        yield "days since the day of issue", None, statistics.compared.days
        for earlier in statistics.compared.earlier:
            yield "signatures of an earlier action on the same day", earlier.title, earlier.count


def _told(count: int | None) -> object:
    return count if count is not None else f"fewer than {LEAST}"
