"""What the rows that are shown are made of: one query for each kind, however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from campaign.publication.figures import said
from campaign.sentences import content
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Event,
    HarmStatement,
    ModelLetter,
    Official,
    Organiser,
    Recipient,
    Tally,
)
from campaign.vocabulary import EventKind


def particulars() -> Any:
    """The statement for what is told of an action itself; the caller narrows it."""
    return (
        select(
            Action.id,
            Action.case_id,
            Action.slug,
            Action.serial,
            Action.year,
            Action.original_locale,
            Action.languages,
            Action.issued_on,
            Action.goal,
            Action.tags,
            Action.shield,
            Action.submitted_at,
            Action.submitted_by_id,
            Action.approved_at,
            Action.opens_at,
            Action.ended_at,
            Case.country,
            Case.time_zone,
            Case.slug.label("case_slug"),
            Organiser.name.label("owner"),
            exists().where(HarmStatement.action_id == Action.id).label("weighed"),
        )
        .join(Case, Case.id == Action.case_id)
        .outerjoin(Organiser, Organiser.id == Action.owner_id)
    )


def texts(session: Session, ids: Sequence[int]) -> Mapping[int, dict[str, str]]:
    """{action: {language: title}}."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for action_id, locale, title in session.execute(
        select(ActionText.action_id, ActionText.locale, ActionText.title).where(ActionText.action_id.in_(ids))
    ):
        found[action_id][locale] = title
    return found


def letters(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """{action: the languages of its letters}."""
    found: dict[int, list[str]] = defaultdict(list)
    for action_id, locale in session.execute(
        select(ModelLetter.action_id, ModelLetter.locale).where(ModelLetter.action_id.in_(ids)).distinct()
    ):
        found[action_id].append(locale)
    return found


def officials(session: Session, ids: Sequence[int]) -> tuple[Mapping[int, int], Mapping[int, list[str]]]:
    """How many officials each action has, and those whose mail or letters came back."""
    asked: dict[int, int] = defaultdict(int)
    unreached: dict[int, list[str]] = defaultdict(list)
    for action_id, name, office, bounced_at, returned_on in session.execute(
        select(
            Recipient.action_id,
            Official.name,
            Official.office,
            Official.email_bounced_at,
            Official.post_returned_on,
        )
        .join(Official, Official.id == Recipient.official_id)
        .where(Recipient.action_id.in_(ids))
        .order_by(Recipient.position)
    ):
        asked[action_id] += 1
        if bounced_at is not None or returned_on is not None:
            unreached[action_id].append(name or content(partial(said, office)))
    return asked, unreached


def threats(session: Session, case_ids: set[int]) -> Mapping[int, list[tuple[date, str]]]:
    """{case: (day, what falls on it) of each threat}."""
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for case_id, on, caption in session.execute(
        select(Event.case_id, Event.on, Event.caption).where(
            Event.case_id.in_(case_ids), Event.kind == EventKind.THREAT
        )
    ):
        found[case_id].append((on, content(partial(said, caption))))
    return found


def daily(session: Session, ids: Sequence[int]) -> Mapping[int, dict[date, int]]:
    """{action: {day: signatures}}, from the tallies."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for action_id, on, count in session.execute(
        select(Tally.action_id, Tally.day, func.sum(Tally.count))
        .where(Tally.action_id.in_(ids))
        .group_by(Tally.action_id, Tally.day)
    ):
        found[action_id][on] = int(count)
    return found
