"""Counting what was done in a period. Whatever is counted is read here, and nowhere else.

Everything is read from what the office keeps for good: actions, tallies, letters without their words, deliveries,
updates. Of people there are numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import clock, language
from campaign.office import due_dates, organisation
from campaign.office.report.period import Period
from campaign.publication.figures import said
from campaign.publication.risk import risk_countries
from campaign.publication.small_numbers import LEAST, least_shown, office_least, pooled
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Delivery,
    Dossier,
    IncomingMail,
    Letter,
    LetterTally,
    PaperSheet,
    PostRun,
    Tally,
    Update,
)
from campaign.vocabulary import (
    ActionKind,
    ActionStatus,
    DeliveryChannel,
    DeliveryStatus,
    Outcome,
    UpdateStatus,
)

_NOT_ARRIVED = frozenset({DeliveryStatus.RETURNED, DeliveryStatus.REFUSED, DeliveryStatus.FAILED})


@dataclass(frozen=True)
class Moved:
    """How many actions of a group were issued, and how many ended by closing and by a stop."""

    issued: int = 0
    closed: int = 0
    stopped: int = 0


@dataclass(frozen=True)
class Named:
    """An action as a report calls it. One that was stopped has no title: its words may do harm."""

    number: str | None
    title: str | None
    country: str


@dataclass(frozen=True)
class Ended:
    """What became of an action, as the office recorded it on a day."""

    action: Named
    kind: Outcome
    on: date


@dataclass(frozen=True)
class Handed:
    """Signature books that left the office by one channel, and how many of them arrived and did not."""

    channel: DeliveryChannel
    sent: int
    arrived: int
    not_arrived: int


@dataclass(frozen=True)
class Replied:
    """An official's reply to a signature book: when that left, when the reply came."""

    action: Named
    sent_on: date | None
    on: date

    @property
    def days(self) -> int | None:
        """How long it took; None where nobody recorded when the book left."""
        return (self.on - self.sent_on).days if self.sent_on is not None else None


@dataclass(frozen=True)
class Report:
    """What was done in a period; `up_to` is the last day that is counted, `zone` the office's, IANA.

    Counts of people are None where there are some, and fewer than a group must have; the country or channel "" stands
    for all that are too few.
    """

    period: Period
    up_to: date
    zone: str
    actions: Moved
    open_at_the_end: int
    by_country: tuple[tuple[str, Moved], ...]
    by_kind: tuple[tuple[ActionKind, Moved], ...]
    outcomes: tuple[Ended, ...]
    signatures: int | None
    signatures_by_country: tuple[tuple[str, int], ...]
    on_paper: int | None
    letters: int | None
    letters_by_channel: tuple[tuple[str, int], ...]
    e_mailed: int | None
    posted: int | None
    handed: tuple[Handed, ...]
    replies: tuple[Replied, ...]
    answers: int
    updates: tuple[tuple[Named, int], ...]

    @property
    def books(self) -> int:
        """Signature books that left the office."""
        return sum(it.sent for it in self.handed)

    @property
    def middle_days(self) -> int | None:
        """The median of how long replies took, the lower of two; None while there is none."""
        known = sorted(it.days for it in self.replies if it.days is not None)
        return known[(len(known) - 1) // 2] if known else None


def gathered(session: Session, period: Period, now: datetime, locale: str = language.ORIGINAL) -> Report:
    """The report of a period. `locale` is the language of titles."""
    zone = str(organisation.zone(session))
    span = _Span(period.first, period.up_to(clock.local_day(now, zone)), zone)
    public = _public(session)
    moved = [(it, it.moved(span)) for it in public]
    countries = {it.country for it, n in moved if n != Moved()}
    kinds = [kind for kind in ActionKind if any(it.kind is kind and n != Moved() for it, n in moved)]
    signed, channels, named = _signed(session, span), _channels(session, span), _Names(session, locale)
    return Report(
        period=period,
        up_to=span.last,
        zone=zone,
        actions=_sum(n for _it, n in moved),
        open_at_the_end=sum(it.open_after(span.last) for it in public),
        by_country=tuple((code, _sum(n for it, n in moved if it.country == code)) for code in sorted(countries)),
        by_kind=tuple((kind, _sum(n for it, n in moved if it.kind is kind)) for kind in kinds),
        outcomes=_outcomes(session, span, named),
        signatures=_told(sum(signed.values())),
        signatures_by_country=_pooled_countries(session, span, signed),
        on_paper=_told(_on_paper(session, span)),
        letters=_told(sum(channels.values())),
        letters_by_channel=pooled(channels),
        e_mailed=_told(_e_mailed(session, span)),
        posted=_told(_posted(session, span)),
        handed=_handed(session, span),
        replies=_replies(session, span, named),
        answers=_answers(session, span),
        updates=_updates(session, span, named),
    )


def first_day(session: Session) -> date | None:
    """The day of issue of the first action that was ever public."""
    return session.scalar(select(func.min(Action.issued_on)).where(Action.opened_at.is_not(None)))


@dataclass(frozen=True)
class _Span:
    """The days that are counted, both included; as instants they are days of the office."""

    first: date
    last: date
    zone: str

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    @property
    def since(self) -> datetime:
        return clock.end_of(self.first - timedelta(days=1), self.zone)

    @property
    def until(self) -> datetime:
        """The first instant that is not counted."""
        return clock.end_of(self.last, self.zone)


@dataclass(frozen=True)
class _Public:
    """An action that was ever public. Its days are days where its case is."""

    country: str
    kind: ActionKind
    issued_on: date | None
    ended_on: date | None
    stopped: bool

    def moved(self, span: _Span) -> Moved:
        ended = span.has(self.ended_on)
        return Moved(int(span.has(self.issued_on)), int(ended and not self.stopped), int(ended and self.stopped))

    def open_after(self, day: date) -> bool:
        issued = self.issued_on is not None and self.issued_on <= day
        return issued and (self.ended_on is None or self.ended_on > day)


class _Names:
    """Actions by their id, in a language, as a report may call them."""

    def __init__(self, session: Session, locale: str) -> None:
        self._session, self._locale = session, locale

    def of(self, ids: Iterable[int]) -> Mapping[int, Named]:
        wanted = set(ids)
        titles: dict[int, dict[str, str]] = {number: {} for number in wanted}
        texts = select(ActionText.action_id, ActionText.locale, ActionText.title)
        for number, tag, title in self._session.execute(texts.where(ActionText.action_id.in_(wanted))):
            titles[number][tag] = title
        rows = self._session.execute(
            select(
                Action.id, Action.serial, Action.year, Action.original_locale, *_STOPPED, Case.country
            )
            .join(Case, Case.id == Action.case_id)
            .where(Action.id.in_(wanted))
        )  # fmt: skip
        return {
            number: Named(
                due_dates.number_of(serial, year),
                None if _stopped(status, reason) else said(titles[number], self._locale, original),
                country,
            )
            for number, serial, year, original, status, reason, country in rows
        }


_STOPPED = (Action.status, Action.stop_reason)


def _stopped(status: ActionStatus, reason: Mapping[str, str] | None) -> bool:
    """Whether it was stopped: a stop that was put away keeps its reason."""
    return status is ActionStatus.STOPPED or (status is ActionStatus.ARCHIVED and bool(reason))


def _told(n: int) -> int | None:
    return n if not 0 < n < LEAST else None


def _sum(parts: Iterable[Moved]) -> Moved:
    known = list(parts)
    return Moved(sum(it.issued for it in known), sum(it.closed for it in known), sum(it.stopped for it in known))


def _public(session: Session) -> list[_Public]:
    rows = session.execute(
        select(Case.country, Case.time_zone, Action.kind, Action.issued_on, Action.ended_at, *_STOPPED)
        .join(Case, Case.id == Action.case_id)
        .where(Action.opened_at.is_not(None), Action.status.not_in(due_dates.UNSEEN))
        .order_by(Action.id)
    )
    return [
        _Public(
            country, kind, issued, clock.last_day(ended, zone) if ended is not None else None, _stopped(status, reason)
        )
        for country, zone, kind, issued, ended, status, reason in rows
    ]


def _outcomes(session: Session, span: _Span, named: _Names) -> tuple[Ended, ...]:
    rows = session.execute(
        select(Action.id, Action.outcome_kind, Action.outcome_on)
        .where(Action.outcome_kind.is_not(None), Action.outcome_on.between(span.first, span.last))
        .order_by(Action.outcome_on, Action.id)
    ).all()
    names = named.of(number for number, _kind, _on in rows)
    return tuple(Ended(names[number], kind, on) for number, kind, on in rows if kind is not None and on is not None)


def _signed(session: Session, span: _Span) -> dict[str, int]:
    """Confirmed signatures by the country of who signed."""
    rows = session.execute(
        select(Tally.country, func.sum(Tally.count))
        .where(Tally.day.between(span.first, span.last))
        .group_by(Tally.country)
    )
    return {country: int(n) for country, n in rows}


def _pooled_countries(session: Session, span: _Span, signed: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """As everyone may see them: where being named was dangerous under any of the actions, a country needs more."""
    cases = (
        select(Case.country, Case.at_risk_countries)
        .join(Action, Action.case_id == Case.id)
        .where(Action.id.in_(select(Tally.action_id).where(Tally.day.between(span.first, span.last)).distinct()))
    )
    risky = {code for row in session.execute(cases) for code in risk_countries(*row)}
    least = max(office_least(session), LEAST)
    return pooled(signed, least, lambda country: least_shown(country, risky, least))


def _on_paper(session: Session, span: _Span) -> int:
    names = select(func.coalesce(func.sum(PaperSheet.names), 0))
    return int(
        session.scalar(names.where(PaperSheet.created_at >= span.since, PaperSheet.created_at < span.until)) or 0
    )


def _channels(session: Session, span: _Span) -> dict[str, int]:
    rows = session.execute(
        select(LetterTally.channel, func.sum(LetterTally.count))
        .where(LetterTally.day.between(span.first, span.last))
        .group_by(LetterTally.channel)
    )
    return {channel: int(n) for channel, n in rows}


def _e_mailed(session: Session, span: _Span) -> int:
    sent = select(func.count()).select_from(Letter)
    return int(session.scalar(sent.where(Letter.sent_at >= span.since, Letter.sent_at < span.until)) or 0)


def _posted(session: Session, span: _Span) -> int:
    """What came back by e-mail and was posted then is counted as e-mail, as it is in the sum of all letters."""
    printed = select(func.count()).select_from(Letter).join(PostRun, PostRun.id == Letter.post_run_id)
    return int(
        session.scalar(printed.where(PostRun.posted_on.between(span.first, span.last), Letter.sent_at.is_(None))) or 0
    )


def _handed(session: Session, span: _Span) -> tuple[Handed, ...]:
    rows = session.execute(
        select(Delivery.channel, Delivery.status, func.count())
        .where(Delivery.dispatched_on.between(span.first, span.last))
        .group_by(Delivery.channel, Delivery.status)
    ).all()
    found = []
    for channel in DeliveryChannel:
        by_status = {status: n for of, status, n in rows if of is channel}
        arrived = by_status.get(DeliveryStatus.DELIVERED, 0)
        lost = sum(n for status, n in by_status.items() if status in _NOT_ARRIVED)
        if by_status:
            found.append(Handed(channel, sum(by_status.values()), arrived, lost))
    return tuple(found)


def _replies(session: Session, span: _Span, named: _Names) -> tuple[Replied, ...]:
    rows = session.execute(
        select(Dossier.action_id, Delivery.dispatched_on, Delivery.reply_on)
        .join(Dossier, Dossier.id == Delivery.dossier_id)
        .where(Delivery.reply_on.between(span.first, span.last))
        .order_by(Delivery.reply_on, Delivery.id)
    ).all()
    names = named.of(number for number, _sent, _on in rows)
    return tuple(Replied(names[number], sent, on) for number, sent, on in rows if on is not None)


def _answers(session: Session, span: _Span) -> int:
    """Answers to letters that came by mail or were handed in, and that a person recorded as an official's."""
    recorded = select(func.count()).select_from(IncomingMail).where(IncomingMail.recorded)
    came = (IncomingMail.received_at >= span.since, IncomingMail.received_at < span.until)
    return int(session.scalar(recorded.where(*came)) or 0)


def _updates(session: Session, span: _Span, named: _Names) -> tuple[tuple[Named, int], ...]:
    rows = session.execute(
        select(Update.action_id, func.count())
        .where(Update.status == UpdateStatus.SENT, Update.ended_at >= span.since, Update.ended_at < span.until)
        .group_by(Update.action_id)
        .order_by(Update.action_id)
    ).all()
    names = named.of(number for number, _n in rows)
    return tuple((names[number], n) for number, n in rows)
