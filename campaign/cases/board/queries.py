"""Reading the board: a light pass over all actions that sorts them, and a full one over the rows that are shown.

The number of queries does not grow with the actions; what is drawn grows with what is due, and with nothing else.
Signatures are never touched: the tallies say how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.action_number import ActionNumber
from campaign.cases import tags
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
from campaign.language import LANGUAGES, countries, day, language_name
from campaign.office import due_dates, ownership, second_person, tasks
from campaign.office.due_dates import Due, Duty, Today
from campaign.office.next_steps import UNDERWAY, Facts, Flag, Need, Step, next_step
from campaign.office.tasks import Pressing
from campaign.sentences import Sentence, listed
from campaign.storage import sight
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Organisation,
)
from campaign.strip import Strip
from campaign.vocabulary import ActionStatus, Outcome, Shield


def read(session: Session, asked: BoardFilter, now: datetime, told: Mapping[int, Sequence[Flag]]) -> Board:
    """The board as somebody asked for it. The number of queries is the same for one action and for a thousand.

    `told` says of an action what is not ours to know: how it is signed, where its dossiers and letters are.
    """
    today = Today(now)
    office = _office(session, asked.me, told, today)
    in_use = tags.in_use(session)
    tagged = {tags.key(it.tag): it.action_ids for it in in_use}.get(tags.key(asked.tag), ()) if asked.tag else None
    by_group: dict[Group, list[_Light]] = defaultdict(list)
    for it in _light(session, asked, tagged, now, today, told):
        by_group[it.group].append(it)
    by_group[Group.OVERDUE].sort(key=lambda it: (harm(it.status, it.duty), it.order, it.id))
    shown = _shown(by_group, asked, office.tasks)
    rows = _rows(session, now, [it for found in shown.values() for it in found], office, today)
    threats = _threat_rows(session, asked, now)
    sections = tuple(
        Section(group, tuple(rows[it.id] for it in shown[group]), tuple(threats[group]), len(by_group[group]))
        for group in Group
        if by_group[group] or threats[group]
    )
    urgent = sum(len(by_group[it]) + len(threats[it]) for it in DUE)
    urgent += sum(len(office.tasks.get(it.id, ())) for found in by_group.values() for it in found)
    countries_there = tuple(session.scalars(select(Case.country).distinct().order_by(Case.country)))
    return Board(sections, urgent, countries_there, tuple(it.tag for it in in_use))


def step_of(
    session: Session, action_id: int, me: int, now: datetime, told: Mapping[int, Sequence[Flag]]
) -> Step | None:
    """The next step of one action, as its row on the board has it; None for a draft that was thrown away."""
    today = Today(now)
    rows = sight.rows(session, due_dates.standing(now).where(Action.id == action_id))
    light = [_sorted(row, today, told) for row in rows]
    found = _rows(session, now, light, _office(session, me, told, today, action_id), today)
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
    tasks: Mapping[int, Sequence[Pressing]]
    day: date  # where the office is


def _office(
    session: Session, me: int, told: Mapping[int, Sequence[Flag]], today: Today, action_id: int | None = None
) -> _Office:
    """What the organisation asks for, with the tasks that are due in all actions or in one."""
    languages, zone = session.execute(select(Organisation.languages, Organisation.time_zone)).one()
    day_there = today(zone)
    due = tasks.pressing(session, day_there, action_id)
    return _Office(second_person.needed(session), languages, me, told, due, day_there)


def _light(
    session: Session,
    asked: BoardFilter,
    tagged: Sequence[int] | None,
    now: datetime,
    today: Today,
    told: Mapping[int, Sequence[Flag]],
) -> list[_Light]:
    """All actions that were asked for, of `tagged` alone unless it is None; the most urgent first."""
    statement = due_dates.standing(now)
    if asked.status is not None:
        statement = statement.where(Action.status == asked.status)
    elif not asked.words:
        statement = statement.where(Action.status != ActionStatus.ARCHIVED)
    if asked.country:
        statement = statement.where(Case.country == asked.country)
    if asked.mine:
        statement = statement.where(ownership.mine(asked.me))
    if tagged is not None:
        statement = statement.where(Action.id.in_(tagged))
    if asked.words:
        statement = statement.where(_named(asked.words))
    return sorted([_sorted(row, today, told) for row in sight.rows(session, statement)])


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


def _shown(
    by_group: Mapping[Group, list[_Light]], asked: BoardFilter, due: Container[int]
) -> dict[Group, list[_Light]]:
    """The rows that are drawn, also each of which a task is `due`. What is finished waits for being asked for."""
    if asked.unfolded:
        return {group: by_group[group] for group in Group}
    narrowed = asked.status is not None or bool(asked.words) or bool(asked.tag)
    counted = {group: len(found) for group, found in by_group.items() if narrowed or group is not Group.FINISHED}
    drawn = shares(counted)
    return {
        group: [
            it
            for place, it in enumerate(by_group[group])
            if group is asked.whole or place < drawn.get(group, 0) or it.id in due
        ]
        for group in Group
    }


def _threat_rows(session: Session, asked: BoardFilter, now: datetime) -> Mapping[Group, list[Due]]:
    """Threats have rows of their own, unless something else was asked for."""
    found: dict[Group, list[Due]] = defaultdict(list)
    if not (asked.status or asked.words or asked.mine or asked.tag):
        week = clock.local_day(now, "UTC") + timedelta(days=WEEK + 1)
        near = due_dates.threats(session, now, last=week)  # every one: none that is near is folded away
        for it in (*near, *due_dates.threats(session, now, week + timedelta(days=1), most=MOST)):
            if asked.country in (None, it.country):
                found[Group.TODAY if it.days <= 0 else Group.WEEK if it.days <= WEEK else Group.LATER].append(it)
    return found


def _named(words: str) -> ColumnElement[bool]:
    number = ActionNumber.parse(words)
    wanted = words.casefold()
    codes = {code for tag in LANGUAGES for code, name in countries(tag) if wanted in name.casefold()}
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
            _of_tasks(office.tasks.get(it.id, ()), office.day)
            + _flags(
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
        weighed=known.weighed,
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
        tags=tuple(known.tags),
        owner=known.owner,
    )


def _closed_on(status: ActionStatus, known: Any) -> date | None:
    """On which day it ended, where the case is; None while it has not."""
    if status in due_dates.AHEAD or known.ended_at is None:
        return None
    return clock.last_day(known.ended_at, known.time_zone)


def _of_tasks(due: Sequence[Pressing], here: date) -> tuple[Flag, ...]:
    """A flag for each task that is due today or late, whatever the action waits for besides."""
    return tuple(
        Flag(
            Need.TASK,
            Sentence("Task for today: %(what)s", what=it.what)
            if it.on == here
            else Sentence(
                "Task overdue since %(day)s: %(what)s", what=it.what, day=partial(day, it.on, form=_form(it.on, here))
            ),
            it.on,
        )
        for it in due
    )


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
        found.append(Flag(Need.PAUSED, Sentence("Signing is paused")))
    found += [it for it in told if it.need is Need.SIGNING]
    found += [Flag(Need.OFFICIAL, Sentence("%(who)s: e-mail bounces", who=who)) for who in unreached]
    found += underway
    found += [Flag(Need.FIGURES, words) for words in doubts]
    if untold:
        found.append(Flag(Need.TEXT, Sentence("No text in %(languages)s", languages=_names(untold))))
    if unwritten:
        found.append(Flag(Need.LETTER, Sentence("No letter in %(languages)s", languages=_names(unwritten))))
    here, deadline = today(known.time_zone), light.deadline
    found += [
        Flag(
            Need.THREAT,
            Sentence(
                "%(what)s on %(day)s, before the deadline",
                what=caption or Sentence("threat"),
                day=partial(day, on, form=_form(on, here)),
            ),
        )
        for on, caption in sorted(threats)
        if deadline is not None and here <= on <= deadline
    ][:1]
    return tuple(found)


def _form(on: date, here: date) -> str:
    """A day carries its year unless it is this year."""
    return "short" if on.year == here.year else "long"


def _names(tags: Sequence[str]) -> Callable[[str], str]:
    return listed(partial(language_name, it) for it in tags)
