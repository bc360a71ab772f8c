"""The demonstration's case, loaded from `demonstration.toml`: real facts with their sources, an invented office."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.action_number import ActionNumber
from campaign.channels import KEYS
from campaign.errors import Conflict
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Event,
    Figure,
    ModelLetter,
    Official,
    Organisation,
    Recipient,
    Source,
    Subject,
)
from campaign.vocabulary import ActionKind, ActionStatus, EventKind, Outcome, RecipientRole

FACTS = Path(__file__).with_suffix(".toml")
# An open action that was over when someone first looks at it would show little.
OPEN_FOR = timedelta(days=30)


def load(session: Session, now: datetime) -> tuple[Organisation, Action]:
    """Store the organisation and the case; returns the organisation and the open action.

    Raises `Conflict` if the case is there already.
    """
    facts = tomllib.loads(FACTS.read_text("utf-8"))
    if session.scalar(select(Case.id).where(Case.slug == facts["case"]["slug"])) is not None:
        raise Conflict("The demonstration is loaded already.")
    organisation = session.get(Organisation, 1) or Organisation(id=1)
    for name, value in facts["organisation"].items():
        setattr(organisation, name, value)
    session.add(organisation)
    case = _case(facts, now)
    officials = {it["key"]: _official(it) for it in facts["officials"]}
    session.add_all([case, *officials.values()])
    session.flush()
    _say_where_from(case, facts)
    stored: dict[str, Action] = {}
    for written in facts["actions"]:
        action = _action(written, case, officials, stored, now)
        session.add(action)
        session.flush()
        stored[action.slug] = action
    opened = next(it for it in stored.values() if it.status is ActionStatus.OPEN)
    return organisation, opened


def _case(facts: Mapping[str, Any], now: datetime) -> Case:
    case = Case(**facts["case"], created_at=now)
    case.subjects = [Subject(position=n, **it) for n, it in enumerate(facts["subjects"], 1)]
    sources = {key: Source(key=key, **it) for key, it in facts["sources"].items()}
    case.sources = list(sources.values())
    case.figures = [Figure(**{"quoted": False, **it, "source": sources[it["source"]]}) for it in facts["figures"]]
    case.events = [Event(on=it["on"], kind=EventKind(it["kind"]), caption=it["caption"]) for it in facts["events"]]
    return case


def _say_where_from(case: Case, facts: Mapping[str, Any]) -> None:
    """Point events at their sources, which have ids by now."""
    sources = {it.key: it.id for it in case.sources}
    said = {(it["on"], it["caption"]["en"]): it["source"] for it in facts["events"]}
    for event in case.events:
        event.source_id = sources[said[event.on, event.caption["en"]]]


def _official(written: Mapping[str, Any]) -> Official:
    values = {key: value for key, value in written.items() if key != "key"}
    ways = {key: [values.pop(key)] for key in KEYS if values.get(key)}
    return Official(title={}, channels=ways, **values)


def _action(
    written: Mapping[str, Any],
    case: Case,
    officials: Mapping[str, Official],
    earlier: Mapping[str, Action],
    now: datetime,
) -> Action:
    number = ActionNumber.parse(written.get("number", ""))
    status = ActionStatus(written["status"])
    previous = earlier.get(written.get("previous", ""))
    action = Action(
        case=case,
        slug=written["slug"],
        serial=number.serial if number else None,
        year=number.year if number else None,
        index_reference=written.get("index_reference"),
        kind=ActionKind(written["kind"]),
        status=status,
        issued_on=written["issued_on"],
        deadline=written.get("deadline") or clock.local_day(now, case.time_zone) + OPEN_FOR,
        previous_id=previous.id if previous else None,
        goal=written.get("goal"),
        seats=1,
        original_locale="en",
        languages=written["languages"],
        created_at=now,
        opened_at=now,
        outcome=written.get("outcome"),
        outcome_kind=Outcome(written["outcome_kind"]) if "outcome_kind" in written else None,
        outcome_on=written.get("outcome_on"),
        ended_at=None if status is ActionStatus.OPEN else clock.end_of(written["deadline"], case.time_zone),
        unplaced=[],
    )
    action.texts = [ActionText(locale=locale, **text) for locale, text in written["texts"].items()]
    action.recipients = [
        Recipient(official=officials[key], role=RecipientRole.TO, position=n)
        for n, key in enumerate(written["recipients"], 1)
    ]
    action.letters = [
        ModelLetter(locale=locale, version=1, created_at=now, **letter)
        for locale, letter in written.get("letters", {}).items()
    ]
    return action
