"""The board: what is due, most urgent first; the same as a calendar of one month."""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from flask import Blueprint, Response, request
from sqlalchemy import select

from campaign import clock, language
from campaign.appeals.relay import incoming
from campaign.cases import tags
from campaign.cases.board import queries
from campaign.cases.board.rules import BoardFilter, Group, Row
from campaign.language import ORIGINAL
from campaign.office import agenda, due_dates, everything_due, first_steps, notes, saved_filters
from campaign.office.due_dates import Due, Duty
from campaign.office.permissions import Permission
from campaign.office.saved_filters import KNOWN, Listing
from campaign.sentences import Sentence, counted, joined
from campaign.storage.tables import Organisation
from campaign.vocabulary import ActionStatus, IncomingKind
from campaign.web.app_state import door
from campaign.web.locales import current
from campaign.web.organise.account.authorisation import allowed, me, needs
from campaign.web.organise.action.steps import step_at, told
from campaign.web.organise.downloads import download
from campaign.web.organise.office import board_file
from campaign.web.rendering import page, url

blueprint = Blueprint("board", __name__)

HEADINGS = {
    Group.OVERDUE: Sentence("Overdue"),
    Group.TODAY: Sentence("Today"),
    Group.WEEK: Sentence("This week"),
    Group.LATER: Sentence("Later"),
    Group.WAITING: Sentence("Waiting for someone"),
    Group.FINISHED: Sentence("Finished"),
}


@dataclass(frozen=True)
class Cell:
    """One day of the month: `this` says whether it belongs to it."""

    day: date
    this: bool
    today: bool
    items: tuple[Due, ...]


@blueprint.get("/")
@needs(Permission.READ)
def show() -> str:
    """What is due, in groups; narrowed down by state, country, tag, words, or to what one has worked on."""
    wanted, now = asked(), clock.now()
    with door().storage.reading() as session:
        board = queries.read(session, wanted, now, told(session, now))
        zone = session.scalar(select(Organisation.time_zone)) or "UTC"
        mails = incoming.waiting(session)
        held = session.scalar(select(Organisation.letters_held_at)) is not None
        saved = saved_filters.of_page(session, me().id, Listing.BOARD)
        mentions = notes.lately(session, me().id, now) if wanted.mine else ()
        known, led = (
            first_steps.known(session, me().id),
            allowed(Permission.STAFF) and not first_steps.published(session),
        )
    return page(
        "organise/office/board.html",
        steps=first_steps.done(known) if led else None,
        anything=known.actions > 0,
        mails=mails_said(mails),
        held=held,
        board=board,
        asked=wanted,
        today=clock.local_day(now, zone),
        weekday=language.day_of_week(clock.local_day(now, zone), current()),
        headings=HEADINGS,
        statuses=list(ActionStatus),
        tags=sorted(board.tags, key=language.sort_key(current())),
        chosen_tag=next((it for it in board.tags if tags.key(it) == tags.key(wanted.tag)), None),
        step_of=lambda row: step_at(row.step, row.slug, row.case_slug),
        here=_here,
        narrowed=narrowed(),
        saved=saved,
        mentions=mentions,
        kept_narrowed=saved_filters.narrowed(Listing.BOARD, request.args),
        lead=lead(board.urgent, board.waiting),
        dated=dated,
        about=about,
        countries=dict(language.countries(current())),
    )


@blueprint.get("/board.<form>")
@needs(Permission.READ)
def as_file(form: str) -> Response:
    """Every action that the board's filter leaves, also those that it folds away, for a spreadsheet."""
    wanted, now = replace(asked(), unfolded=True), clock.now()
    with door().storage.reading() as session:
        board = queries.read(session, wanted, now, told(session, now))
    return download(board_file.rows(board, HEADINGS, current()), "board", form)


@blueprint.get("/calendar")
@needs(Permission.READ)
def calendar() -> str:
    """A month of deadlines, threats and tasks as a table."""
    now = clock.now()
    with door().storage.reading() as session:
        zone = session.scalar(select(Organisation.time_zone)) or "UTC"
        today = clock.local_day(now, zone)
        first = _month(request.args.get("month", "")) or today.replace(day=1)
        weeks = months.Calendar().monthdatescalendar(first.year, first.month)
        items = [it for it in due_dates.all_due(session, now, current()) if it.duty is not Duty.THREAT]
        items += due_dates.threats(session, now, weeks[0][0], weeks[-1][-1], locale=current())
        items += due_dates.task_days(session, now, weeks[0][0], weeks[-1][-1])
        items += everything_due.planned_updates(session, now)
    by_day: dict[date, list[Due]] = {}
    for it in sorted(items, key=lambda it: (it.duty is not Duty.THREAT, it.slug)):
        by_day.setdefault(it.on, []).append(it)
    return page(
        "organise/office/calendar.html",
        first=first,
        weeks=[
            [Cell(it, it.month == first.month, it == today, tuple(by_day.get(it, ()))) for it in week] for week in weeks
        ],
        named=language.month(first, current()),
        weekdays=[(language.weekday(n, current()), language.weekday(n, current(), "EEE")) for n in range(7)],
        month_of=lambda on: language.month(on, current(), "MMMM"),
        before=_beside(first, -1),
        after=_beside(first, 1),
    )


@blueprint.get("/agenda")
@needs(Permission.READ)
def week() -> str:
    """The next seven days on one sheet."""
    with door().storage.reading() as session:
        planned = agenda.week(session, clock.now(), current())
    return page(
        "organise/office/agenda.html",
        agenda=planned,
        weekday_of=lambda on: language.day_of_week(on, current()),
        at_office=lambda at: language.time_of_day(at, current(), planned.zone),
    )


def mails_said(waiting: Mapping[IncomingKind, int]) -> Sentence:
    """What came in and waits for a person, in sentences."""
    return joined(said(waiting[kind]) for kind, said in _WAITING.items() if waiting.get(kind))


_WAITING: dict[IncomingKind, Callable[[int], Sentence]] = {
    IncomingKind.REFUSAL: lambda n: counted(
        "%(n)s server refuses mail from us.", "%(n)s servers refuse mail from us.", n
    ),
    IncomingKind.COMPLAINT: lambda n: counted("%(n)s complaint about a letter.", "%(n)s complaints about letters.", n),
    IncomingKind.REPLY: lambda n: counted("%(n)s reply to read.", "%(n)s replies to read.", n),
    IncomingKind.HANDED_IN: lambda n: counted(
        "%(n)s reply handed in by a supporter.", "%(n)s replies handed in by supporters.", n
    ),
    IncomingKind.REPORT: lambda n: counted("%(n)s message nobody could read.", "%(n)s messages nobody could read.", n),
}


def lead(urgent: int, waiting: int) -> Sentence:
    """What the board says first: how much is due; where nothing is, how much waits for a second person."""
    if urgent:
        return counted("One task is due today.", "%(words)s tasks are due today.", urgent, words=in_words(urgent))
    nothing = Sentence("Nothing is due today.")
    if not waiting:
        return nothing
    return joined(
        [
            nothing,
            counted(
                "One action is waiting for a second person.",
                "%(words)s actions are waiting for a second person.",
                waiting,
                words=in_words(waiting),
            ),
        ]
    )


def about(row: Row) -> list[Sentence]:
    """Of a row, which days matter: since when it waits, its deadline, or when it ended and what is due then."""
    found = []
    if row.waiting_since is not None:
        found.append(Sentence("waiting since %(day)s", day=partial(dated, row.waiting_since)))
    if row.duty in (Duty.APPEALS, Duty.OPEN) and row.deadline is not None:
        found.append(Sentence("deadline %(day)s", day=partial(dated, row.deadline)))
    elif row.closed_on is not None and row.status is ActionStatus.STOPPED:
        found.append(Sentence("stopped %(day)s", day=partial(dated, row.closed_on)))
    elif row.closed_on is not None:
        found.append(_ended(row.closed_on, row, _CLOSED))
    elif row.deadline is not None:
        found.append(_ended(row.deadline, row, _WAS_DUE))
    return found


def _ended(day: date, row: Row, said: Mapping[Duty | None, Sentence]) -> Sentence:
    due = {} if row.on is None else {"due": partial(dated, row.on)}
    return said[row.duty].filled(day=partial(dated, day), **due)


_CLOSED: dict[Duty | None, Sentence] = {
    None: Sentence("closed %(day)s"),
    Duty.DOSSIER: Sentence("closed %(day)s, signature book due %(due)s"),
    Duty.OUTCOME: Sentence("closed %(day)s, outcome due %(due)s"),
}
_WAS_DUE: dict[Duty | None, Sentence] = {
    None: Sentence("deadline was %(day)s"),
    Duty.DOSSIER: Sentence("deadline was %(day)s, signature book due %(due)s"),
    Duty.OUTCOME: Sentence("deadline was %(day)s, outcome due %(due)s"),
}


def dated(on: date, locale: str | None = None) -> str:
    """A day. The board has many: in English the library's way of writing one takes longer than the rest of a row."""
    locale = locale or current()
    return f"{on.day} {on:%B %Y}" if locale == ORIGINAL else language.day(on, locale)


def in_words(n: int) -> Callable[[str], str]:
    """A number as a sentence begins with it: in English a small one is a word."""
    return lambda locale: _WORDS[n] if locale == ORIGINAL and n < len(_WORDS) else language.number(n, locale)


_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


_FILTERS = (*KNOWN[Listing.BOARD], "whole")


def asked() -> BoardFilter:
    """What the address of the page narrows the board down to."""
    args = request.args
    return BoardFilter(
        words=" ".join(args.get("words", "").split())[:100],
        status=next((it for it in ActionStatus if it == args.get("status")), None),
        country=args.get("country", "")[:2].upper() or None,
        mine=args.get("mine") == "yes",
        tag=args.get("tag", "")[: tags.LONGEST],
        whole=next((it for it in Group if it == args.get("whole")), None),
        me=me().id,
    )


def _here(**changes: str) -> str:
    """The board as it was asked for, with a change."""
    return url("board.show", **{**narrowed(), **changes})


def narrowed() -> dict[str, str]:
    """What the address of the page asks for: of what else stands in it nothing is carried into links."""
    return {name: request.args[name] for name in _FILTERS if request.args.get(name)}


def _month(written: str) -> date | None:
    try:
        return datetime.strptime(written, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None


def _beside(first: date, months_on: int) -> str:
    n = first.year * 12 + first.month - 1 + months_on
    return f"{n // 12:04}-{n % 12 + 1:02}"
