"""Reading the board: a light pass over all actions that sorts them, and a full one over the rows that are shown.

The number of queries does not grow with the actions; what is drawn grows with what is due, and with nothing else.
Signatures are never touched: the tallies say how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.cases.board import details, pace
from campaign.cases.board.rules import (
    DUE,
    MOST,
    WEEK,
    Board,
    BoardFilter,
    Group,
    Row,
    Section,
    group_of,
    harm,
    missing,
    overdue_since,
    shares,
)
from campaign.cases.evidence import figure_conflicts
from campaign.language import ORIGINAL, countries, day, language_name
from campaign.office import due_dates
from campaign.office.due_dates import Due, Duty, Today
from campaign.office.next_steps import UNDERWAY, Facts, Flag, Need, Step, next_step
from campaign.storage.tables import (
    Action,
    ActionText,
    AuditEvent,
    Case,
    Organisation,
)
from campaign.strip import Strip
from campaign.vocabulary import ActionNumber, ActionStatus, Outcome, Shield


def read(session: Session, asked: BoardFilter, now: datetime, told: Mapping[int, Sequence[Flag]]) -> Board:
    """The board as somebody asked for it. The number of queries is the same for one action and for a thousand.

    `told` says of an action what is not ours to know: how it is signed, where its dossiers and letters are.
    """
    today = Today(now)
    reviewed, languages = due_dates.second_person(session), session.scalars(select(Organisation.languages)).one()
    by_group: dict[Group, list[_Light]] = defaultdict(list)
    for it in _light(session, asked, now, today, told):
        by_group[it.group].append(it)
    by_group[Group.OVERDUE].sort(key=lambda it: (harm(it.status, it.duty), it.order, it.id))
    shown = _shown(by_group, asked)
    rows = _rows(
        session,
        now,
        [it for found in shown.values() for it in found],
        _Office(reviewed, languages, asked.me, told),
        today,
    )
    threats = _threat_rows(session, asked, now)
    sections = tuple(
        Section(group, tuple(rows[it.id] for it in shown[group]), tuple(threats[group]), len(by_group[group]))
        for group in Group
        if by_group[group] or threats[group]
    )
    urgent = sum(len(by_group[it]) + len(threats[it]) for it in DUE)
    return Board(sections, urgent, tuple(session.scalars(select(Case.country).distinct().order_by(Case.country))))


def step_of(
    session: Session, action_id: int, me: int, now: datetime, told: Mapping[int, Sequence[Flag]]
) -> Step | None:
    """The next step of one action, as its row on the board has it; None for a draft that was thrown away."""
    today = Today(now)
    rows = session.connection().execute(due_dates.standing(now).where(Action.id == action_id)).all()
    light = [_sorted(row, today, told) for row in rows]
    languages = session.scalars(select(Organisation.languages)).one()
    found = _rows(session, now, light, _Office(due_dates.second_person(session), languages, me, told), today)
    return found[action_id].step if action_id in found else None


class _Light(NamedTuple):
    """What sorts a row. There may be many: no more is made of each than that."""

    order: date
    id: int
    group: Group
    status: ActionStatus
    deadline: date | None
    left: int | None  # days until the deadline
    dossier: bool
    outcome: Outcome | None
    duty: Duty | None
    on: date | None
    days: int | None


@dataclass(frozen=True)
class _Office:
    """What the organisation asks for, and who looks."""

    reviewed: bool
    languages: Sequence[str]
    me: int
    told: Mapping[int, Sequence[Flag]]


def _light(
    session: Session, asked: BoardFilter, now: datetime, today: Today, told: Mapping[int, Sequence[Flag]]
) -> list[_Light]:
    """All actions that were asked for, the most urgent first."""
    statement = due_dates.standing(now)
    if asked.status is not None:
        statement = statement.where(Action.status == asked.status)
    elif not asked.words:
        statement = statement.where(Action.status != ActionStatus.ARCHIVED)
    if asked.country:
        statement = statement.where(Case.country == asked.country)
    if asked.mine:
        touched = exists().where(AuditEvent.action_id == Action.id, AuditEvent.organiser_id == asked.me)
        statement = statement.where(or_(touched, Action.submitted_by_id == asked.me))
    if asked.words:
        statement = statement.where(_named(asked.words))
    # Past the session's own work, which costs more than the rows do.
    return sorted([_sorted(row, today, told) for row in session.connection().execute(statement).all()])


def _sorted(row: Any, today: Today, told: Mapping[int, Sequence[Flag]]) -> _Light:
    action_id, status, deadline, zone, dossier, outcome = row
    here = today(zone)
    left = (deadline - here).days if deadline is not None else None
    asks = due_dates.duty(status, deadline, left is not None and left < 0, dossier, outcome)
    late = overdue_since(told.get(action_id, ()), deadline) if status is ActionStatus.CLOSED else None
    if asks is None and late is not None:
        # Its outcome is told; its dossier still lies about.
        found = (status, deadline, left, dossier, outcome, None, late, (late - here).days)
        return _Light(late, action_id, Group.OVERDUE, *found)
    if asks is None:
        group = group_of(status, None, None)
        return _Light(date.max, action_id, group, status, deadline, left, dossier, outcome, None, None, None)
    duty, on = asks
    days = (on - here).days
    group = group_of(status, days, duty)
    return _Light(on, action_id, group, status, deadline, left, dossier, outcome, duty, on, days)


def _shown(by_group: Mapping[Group, list[_Light]], asked: BoardFilter) -> dict[Group, list[_Light]]:
    """The rows that are drawn. What is finished waits for being asked for."""
    narrowed = asked.status is not None or bool(asked.words)
    counted = {group: len(found) for group, found in by_group.items() if narrowed or group is not Group.FINISHED}
    drawn = shares(counted)
    return {group: by_group[group][: None if group is asked.whole else drawn.get(group, 0)] for group in Group}


def _threat_rows(session: Session, asked: BoardFilter, now: datetime) -> Mapping[Group, list[Due]]:
    """Threats have rows of their own, unless something else was asked for."""
    found: dict[Group, list[Due]] = defaultdict(list)
    if not (asked.status or asked.words or asked.mine):
        week = clock.local_day(now, "UTC") + timedelta(days=WEEK + 1)
        near = due_dates.threats(session, now, last=week)  # every one: none that is near is folded away
        for it in (*near, *due_dates.threats(session, now, week + timedelta(days=1), most=MOST)):
            if asked.country in (None, it.country):
                found[Group.TODAY if it.days <= 0 else Group.WEEK if it.days <= WEEK else Group.LATER].append(it)
    return found


def _named(words: str) -> ColumnElement[bool]:
    number = ActionNumber.parse(words)
    wanted = words.casefold()
    codes = [code for code, name in countries(ORIGINAL) if wanted in name.casefold()]
    titled = select(ActionText.action_id).where(ActionText.title.icontains(words, autoescape=True))
    numbered = and_(Action.serial == number.serial, Action.year == number.year) if number else false()
    return or_(Action.id.in_(titled), Case.country.in_(codes), numbered, Action.slug.icontains(words, autoescape=True))


def _rows(session: Session, now: datetime, shown: Sequence[_Light], office: _Office, today: Today) -> dict[int, Row]:
    ids = [it.id for it in shown]
    known = {it.id: it for it in session.execute(details.particulars().where(Action.id.in_(ids)))}
    texts, letters = details.texts(session, ids), details.letters(session, ids)
    asked, unreached = details.officials(session, ids)
    threats = details.threats(session, {it.case_id for it in known.values()})
    evidence = figure_conflicts.flags(session, {it.case_id for it in known.values()}, now)
    daily = details.daily(session, [it.id for it in shown if it.status not in due_dates.UNSEEN])
    return {
        it.id: _row(
            it,
            known[it.id],
            texts[it.id],
            _flags(
                it,
                known[it.id],
                missing([known[it.id].original_locale, *office.languages], list(texts[it.id])),
                missing(known[it.id].languages, letters[it.id]),
                unreached[it.id],
                [flag.words for flag in evidence.get(known[it.id].case_id, ()) if not flag.decided],
                office.told.get(it.id, ()),
                threats[known[it.id].case_id],
                today,
            ),
            bool(asked[it.id] and letters[it.id]),
            threats[known[it.id].case_id],
            daily[it.id],
            office,
            today,
        )
        for it in shown
    }


def _row(
    light: _Light,
    known: Any,
    texts: Mapping[str, str],
    flags: tuple[Flag, ...],
    complete: bool,
    threats: Sequence[tuple[date, str]],
    daily: Mapping[date, int],
    office: _Office,
    today: Today,
) -> Row:
    here, issued_on, deadline = today(known.time_zone), known.issued_on, light.deadline
    title = texts.get(known.original_locale) or next(iter(texts.values()), "")
    facts = Facts(
        status=light.status,
        deadline=deadline,
        days=light.left,
        dossier=light.dossier,
        outcome=light.outcome,
        approved=known.approved_at is not None,
        opens_at=known.opens_at,
        mine=known.submitted_by_id == office.me,
        reviewed=office.reviewed,
        whole=bool(title) and complete,
    )
    expected, strip, plot = None, None, None
    if issued_on is not None and deadline is not None:
        if facts.status is ActionStatus.OPEN and here <= deadline:
            expected = pace.projected(daily, here, deadline)
        strip = Strip.of(issued_on, deadline, here, threats)
        plot = pace.plot(daily, issued_on, here, deadline, known.goal, expected)
    return Row(
        id=light.id,
        slug=known.slug,
        case_slug=known.case_slug,
        number=due_dates.number_of(known.serial, known.year),
        title=title or known.slug,
        locale=known.original_locale,
        country=known.country,
        status=facts.status,
        deadline=deadline,
        duty=light.duty,
        on=light.on,
        days=light.days,
        step=next_step(facts, flags),
        flags=flags,
        strip=strip,
        count=sum(daily.values()),
        goal=known.goal,
        expected=pace.about(expected) if expected is not None else None,
        plot=plot,
        waiting_since=known.submitted_at if light.group is Group.WAITING else None,
        opens_at=facts.opens_at,
        closed_on=_closed_on(light.status, known),
    )


def _closed_on(status: ActionStatus, known: Any) -> date | None:
    """On which day it ended, where the case is; None while it has not."""
    if status in due_dates.AHEAD or known.ended_at is None:
        return None
    # The instant of an end is the first after its last day: that day is meant.
    return clock.local_day(known.ended_at - timedelta(microseconds=1), known.time_zone)


def _flags(
    light: _Light,
    known: Any,
    untold: Sequence[str],
    unwritten: Sequence[str],
    unreached: Sequence[str],
    doubts: Sequence[str],
    told: Sequence[Flag],
    threats: Sequence[tuple[date, str]],
    today: Today,
) -> tuple[Flag, ...]:
    underway = [it for it in told if it.need in UNDERWAY]
    if light.status not in due_dates.AHEAD:
        return tuple(underway) if light.status is ActionStatus.CLOSED else ()
    found: list[Flag] = []
    if known.shield is Shield.PAUSE:
        found.append(Flag(Need.PAUSED, "Signing is paused"))
    found += [it for it in told if it.need is Need.SIGNING]
    found += [Flag(Need.OFFICIAL, f"{who}: e-mail bounces") for who in unreached]
    found += underway
    found += [Flag(Need.FIGURES, words) for words in doubts]
    if untold:
        found.append(Flag(Need.TEXT, f"No text in {_names(untold)}"))
    if unwritten:
        found.append(Flag(Need.LETTER, f"No letter in {_names(unwritten)}"))
    here, deadline = today(known.time_zone), light.deadline
    found += [
        Flag(Need.THREAT, f"{caption or 'threat'} on {day(on, ORIGINAL, _form(on, here))}, before the deadline")
        for on, caption in sorted(threats)
        if deadline is not None and here <= on <= deadline
    ][:1]
    return tuple(found)


def _form(on: date, here: date) -> str:
    """A day carries its year unless it is this year."""
    return "short" if on.year == here.year else "long"


def _names(tags: Sequence[str]) -> str:
    return " and ".join(language_name(it, ORIGINAL) for it in tags)
