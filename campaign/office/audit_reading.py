"""Reading the audit trail: narrowed down, newest first, in sentences, and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from campaign.language import ORIGINAL
from campaign.office import audit_sentences
from campaign.office.audit import MEMBERS, SEVERAL, SEVERAL_CASES
from campaign.office.audit_sentences import Told
from campaign.office.spreadsheets import Cells
from campaign.publication.figures import said
from campaign.publication.slugs import case_named
from campaign.storage.tables import Action, ActionText, AuditEvent, Case, Official, Organiser

BATCH = 500
COLUMNS = ("number", "when (UTC)", "who", "what", "changes", "reason", "kind of object", "object")


@dataclass(frozen=True)
class Narrowed:
    """What somebody looks for; None and "" are anything. Days are those of `zone`, both included."""

    who: str = ""
    kind: str = ""
    object_id: int | None = None
    action_id: int | None = None
    case_id: int | None = None
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"


@dataclass(frozen=True)
class Line:
    """One event as a page shows it."""

    id: int
    at: datetime
    who: str
    told: Told


def page(session: Session, wanted: Narrowed, before: int | None, most: int) -> tuple[list[Line], int | None]:
    """Events older than `before`, newest first, at most so many; and where the next page begins, if there is one."""
    statement = _narrowed(select(AuditEvent), wanted).order_by(AuditEvent.id.desc()).limit(most + 1)
    if before is not None:
        statement = statement.where(AuditEvent.id < before)
    found = session.scalars(statement).all()
    return lines(session, found[:most]), found[most - 1].id if len(found) > most else None


def lines(session: Session, events: Sequence[AuditEvent]) -> list[Line]:
    """Events in words."""
    names = _names(session, events)
    return [Line(it.id, it.at, it.who, audit_sentences.told(it, names)) for it in events]


def as_file(session: Session, wanted: Narrowed) -> Iterator[Cells]:
    """Every event that fits, oldest first, as rows of a spreadsheet.

    Of one about a sensitive case that its reader is not named for there is the number alone, and that only where all
    events were asked for: a filter would tell whose it is, or of which day.
    """
    yield COLUMNS
    last, whole = 0, wanted == Narrowed(zone=wanted.zone)
    while True:
        statement = _narrowed(select(AuditEvent), wanted).where(AuditEvent.id > last).order_by(AuditEvent.id)
        found = session.scalars(statement.limit(BATCH)).all()
        names = _names(session, found)
        for it in found:
            for number in range(last + 1, it.id) if whole else ():
                yield number, None, "", audit_sentences.LEFT_OUT, "", None, "", None
            last = it.id
            told = audit_sentences.told(it, names)
            changes = "; ".join(told.changes)
            yield it.id, it.at, it.who, told.sentence, changes, it.reason, it.object_kind, it.object_id
        if len(found) < BATCH:
            return
        session.expunge_all()


def people(session: Session) -> list[str]:
    """Everyone the trail names."""
    return list(session.scalars(select(AuditEvent.who).group_by(AuditEvent.who).order_by(func.lower(AuditEvent.who))))


def kinds(session: Session) -> list[str]:
    """Every kind of thing that something was done to."""
    return list(session.scalars(select(AuditEvent.object_kind).distinct().order_by(AuditEvent.object_kind)))


def _narrowed(statement: Select[AuditEvent], wanted: Narrowed) -> Select[AuditEvent]:
    for column, sought in (
        (AuditEvent.who, wanted.who or None),
        (AuditEvent.object_kind, wanted.kind or None),
        (AuditEvent.object_id, wanted.object_id),
    ):
        if sought is not None:
            statement = statement.where(column == sought)
    if wanted.action_id is not None:
        statement = statement.where(of_action(wanted.action_id))
    if wanted.case_id is not None:
        statement = statement.where(of_case(wanted.case_id))
    zone = ZoneInfo(wanted.zone)
    if wanted.since is not None:
        statement = statement.where(AuditEvent.at >= datetime.combine(wanted.since, time(), zone))
    if wanted.until is not None:
        statement = statement.where(AuditEvent.at < datetime.combine(wanted.until + timedelta(days=1), time(), zone))
    return statement


def of_action(action_id: int) -> ColumnElement[bool]:
    """Whether an event was about an action: by itself, or as one of several."""
    return or_(AuditEvent.action_id == action_id, _among(SEVERAL, action_id))


def of_case(case_id: int) -> ColumnElement[bool]:
    """Whether an event was about a case or something in it: by itself, or as one of several cases."""
    return or_(AuditEvent.case_id == case_id, _among(SEVERAL_CASES, case_id))


def _among(kind: str, number: int) -> ColumnElement[bool]:
    # The ids stand in JSON, as its only list of numbers.
    begun = f'"{MEMBERS}": ['
    written = (f"{begun}{number}]", f"{begun}{number}, ", f", {number}, ", f", {number}]")
    among = or_(*(AuditEvent.after.contains(it, autoescape=True) for it in written))
    return and_(AuditEvent.object_kind == kind, among)


def _names(session: Session, events: Iterable[AuditEvent]) -> dict[tuple[str, int], str]:
    """What the actions, cases, officials and organisers of these events are called today."""
    ids: dict[str, set[int]] = {"action": set(), "case": set(), "official": set(), "organiser": set()}
    for it in events:
        for kind, number in (("action", it.action_id), ("case", it.case_id), (it.object_kind, it.object_id)):
            if number is not None and kind in ids:
                ids[kind].add(number)
        if it.object_kind == SEVERAL and it.after:
            ids["action"].update(json.loads(it.after)[MEMBERS])
        if it.object_kind == SEVERAL_CASES and it.after:
            ids["case"].update(json.loads(it.after)[MEMBERS])
    found: dict[tuple[str, int], str] = {}
    titled = (
        select(Action.id, Action.slug, ActionText.title)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .where(Action.id.in_(ids["action"]))
    )
    for number, slug, title in session.execute(titled):
        found["action", number] = title or slug
    for number, slug, country in session.execute(
        select(Case.id, Case.slug, Case.country).where(Case.id.in_(ids["case"]))
    ):
        found["case", number] = case_named(slug, country)
    for official in session.scalars(select(Official).where(Official.id.in_(ids["official"]))):
        name = official.name or said(official.office, ORIGINAL) or said(official.title, ORIGINAL)
        if name:
            found["official", official.id] = name
    for number, name in session.execute(select(Organiser.id, Organiser.name).where(Organiser.id.in_(ids["organiser"]))):
        found["organiser", number] = name
    return found
