"""The board: what is due, most urgent first; the same as a calendar of one month."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, request
from sqlalchemy import select

from campaign import clock, language
from campaign.appeals.relay import incoming
from campaign.cases.board import queries
from campaign.cases.board.rules import BoardFilter, Group
from campaign.language import ORIGINAL
from campaign.office import due_dates, first_steps
from campaign.office.due_dates import Due
from campaign.office.permissions import Permission
from campaign.storage.tables import Organisation
from campaign.vocabulary import ActionStatus, IncomingKind
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import allowed, me, needs
from campaign.web.organise.action.steps import step_at, told
from campaign.web.rendering import page, url

blueprint = Blueprint("board", __name__)

HEADINGS = {
    Group.OVERDUE: "Overdue",
    Group.TODAY: "Today",
    Group.WEEK: "This week",
    Group.LATER: "Later",
    Group.WAITING: "Waiting for someone",
    Group.FINISHED: "Finished",
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
    """What is due, in groups; narrowed down by state, country, words, or to what one has worked on."""
    asked, now = _asked(), clock.now()
    with door().storage.reading() as session:
        board = queries.read(session, asked, now, told(session, now))
        zone = session.scalar(select(Organisation.time_zone)) or "UTC"
        mails = incoming.waiting(session)
        held = session.scalar(select(Organisation.letters_held_at)) is not None
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
        asked=asked,
        today=clock.local_day(now, zone),
        weekday=_weekday(now, zone),
        headings=HEADINGS,
        statuses=list(ActionStatus),
        step_of=lambda row: step_at(row.step, row.slug, row.case_slug),
        here=_here,
        in_words=in_words,
        dated=dated,
        countries=dict(language.countries(ORIGINAL)),
    )


@blueprint.get("/calendar")
@needs(Permission.READ)
def calendar() -> str:
    """A month of deadlines and threats as a table."""
    now = clock.now()
    with door().storage.reading() as session:
        zone = session.scalar(select(Organisation.time_zone)) or "UTC"
        today = clock.local_day(now, zone)
        first = _month(request.args.get("month", "")) or today.replace(day=1)
        weeks = months.Calendar().monthdatescalendar(first.year, first.month)
        items = [it for it in due_dates.all_due(session, now) if it.duty is not due_dates.Duty.THREAT]
        items += due_dates.threats(session, now, weeks[0][0], weeks[-1][-1])
    by_day: dict[date, list[Due]] = {}
    for it in sorted(items, key=lambda it: (it.duty is not due_dates.Duty.THREAT, it.slug)):
        by_day.setdefault(it.on, []).append(it)
    return page(
        "organise/office/calendar.html",
        first=first,
        weeks=[
            [Cell(it, it.month == first.month, it == today, tuple(by_day.get(it, ()))) for it in week] for week in weeks
        ],
        named=f"{months.month_name[first.month]} {first.year}",
        weekdays=list(months.day_name),
        before=_beside(first, -1),
        after=_beside(first, 1),
    )


def mails_said(waiting: Mapping[IncomingKind, int]) -> tuple[str, ...]:
    """What came in and waits for a person, each as a sentence."""
    return tuple(
        (one if waiting[kind] == 1 else many) % {"n": waiting[kind]}
        for kind, (one, many) in _WAITING.items()
        if waiting.get(kind)
    )


_WAITING = {
    IncomingKind.REFUSAL: ("1 server refuses mail from us.", "%(n)s servers refuse mail from us."),
    IncomingKind.COMPLAINT: ("1 complaint about a letter.", "%(n)s complaints about letters."),
    IncomingKind.REPLY: ("1 reply to read.", "%(n)s replies to read."),
    IncomingKind.HANDED_IN: ("1 reply handed in by a supporter.", "%(n)s replies handed in by supporters."),
    IncomingKind.REPORT: ("1 message nobody could read.", "%(n)s messages nobody could read."),
}


def dated(on: date) -> str:
    """A day in English. The board has many: the library's way of writing one takes longer than the rest of a row."""
    return f"{on.day} {on:%B %Y}"


def in_words(n: int) -> str:
    """A small number as a sentence begins with it."""
    return _WORDS[n] if n < len(_WORDS) else str(n)


_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def _asked() -> BoardFilter:
    args = request.args
    return BoardFilter(
        words=" ".join(args.get("words", "").split())[:100],
        status=next((it for it in ActionStatus if it == args.get("status")), None),
        country=args.get("country", "")[:2].upper() or None,
        mine=args.get("mine") == "yes",
        whole=next((it for it in Group if it == args.get("whole")), None),
        me=me().id,
    )


def _here(**changes: str) -> str:
    """The board as it was asked for, with a change."""
    return url("board.show", **{**{name: value for name, value in request.args.items() if value}, **changes})


def _weekday(now: datetime, zone: str) -> str:
    return f"{clock.local_day(now, zone):%A} {language.day(clock.local_day(now, zone), ORIGINAL, 'short')}"


def _month(written: str) -> date | None:
    try:
        return datetime.strptime(written, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None


def _beside(first: date, months_on: int) -> str:
    n = first.year * 12 + first.month - 1 + months_on
    return f"{n // 12:04}-{n % 12 + 1:02}"
