"""Lists of public actions: those open and those over, in one language, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import UnaryExpression, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from campaign.publication import small_numbers
from campaign.publication.figures import said, spoken
from campaign.publication.reading import PUBLIC, text_in, themes_of
from campaign.publication.risk import risk_countries
from campaign.publication.small_numbers import Counts
from campaign.publication.values import ListedAction
from campaign.storage.tables import Action, Case, Event
from campaign.vocabulary import ActionStatus, EventKind

PAST = (ActionStatus.CLOSED, ActionStatus.ARCHIVED)


def open_actions(session: Session, locale: str) -> tuple[ListedAction, ...]:
    """Open actions, the nearest deadline first."""
    return _list(session, locale, (ActionStatus.OPEN,), Action.deadline.asc())


def past_actions(session: Session, locale: str, most: int | None = None) -> tuple[ListedAction, ...]:
    """Actions that are over, the latest first. A stopped one is not listed: its page exists, its name is not spread."""
    return _list(session, locale, PAST, Action.deadline.desc(), most)


def count_past(session: Session) -> int:
    """How many actions are over, as `past_actions` lists them."""
    listed = select(func.count()).where(Action.status.in_(PAST), Action.stop_reason.is_(None))
    return session.scalar(listed) or 0


def _list(
    session: Session,
    locale: str,
    statuses: Collection[ActionStatus],
    order: UnaryExpression[Any],
    most: int | None = None,
) -> tuple[ListedAction, ...]:
    listed = (
        select(Action.id)
        .where(Action.status.in_(statuses), Action.stop_reason.is_(None))
        .order_by(order, Action.id)
        .limit(most)
        .scalar_subquery()
    )
    counts = small_numbers.counts(session, listed)
    other = aliased(Action)
    position = (
        select(func.count())
        .where(other.case_id == Action.case_id, other.issued_on <= Action.issued_on, other.status.in_(PUBLIC))
        .correlate(Action)
        .scalar_subquery()
    )
    found = session.execute(
        select(Action, position)
        .where(Action.id.in_(listed))
        .order_by(order, Action.id)
        .options(joinedload(Action.case).selectinload(Case.events), selectinload(Action.texts))
    ).all()
    return tuple(_listed(action, counts.get(action.id, Counts()), int(n), locale) for action, n in found)


def _listed(action: Action, counts: Counts, position: int, locale: str) -> ListedAction:
    text = text_in(action.texts, locale, action.original_locale)
    if action.issued_on is None or action.deadline is None:  # the schema's CHECKs say that this cannot be
        raise AssertionError("a public action without dates")
    return ListedAction(
        slug=action.slug,
        number=str(action.number) if action.number else None,
        kind=action.kind,
        position=position,
        title=text.title if text else "",
        locale=text.locale if text else locale,
        country=action.case.country,
        time_zone=action.case.time_zone,
        place=said(action.case.place, locale) or None,
        issued_on=action.issued_on,
        deadline=action.deadline,
        status=action.status,
        threats=threats(action.case.events, locale),
        count=counts.count,
        countries=counts.countries(risk_countries(action.case.country, action.case.at_risk_countries)),
        goal=action.goal,
        locales=tuple(it.locale for it in action.texts),
        themes=themes_of(action.case.themes),
        outcome=spoken(action.outcome, locale),
        outcome_kind=action.outcome_kind,
    )


def threats(events: Iterable[Event], locale: str) -> tuple[tuple[date, str], ...]:
    """The dates by which harm falls, with their captions."""
    return tuple((it.on, said(it.caption, locale)) for it in events if it.kind is EventKind.THREAT)
