"""The board: what is due, most urgent first; the same as a calendar of one month."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from flask import Blueprint, current_app, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock, language
from campaign.appeals.relay import incoming, queue_status
from campaign.appeals.signature_admin import screening
from campaign.cases.board import queries
from campaign.cases.board.rules import BoardFilter, Flag, Group, Need, Row, Step
from campaign.delivery import overdue
from campaign.delivery.overdue import Lacks
from campaign.language import ORIGINAL
from campaign.office import due_dates
from campaign.office.due_dates import Due
from campaign.office.permissions import Permission
from campaign.publication import posting_days
from campaign.storage.tables import Organisation
from campaign.vocabulary import ActionStatus, IncomingKind
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import allowed, me, needs
from campaign.web.rendering import office, page, url

blueprint = Blueprint("board", __name__)

HEADINGS = {
    Group.OVERDUE: "Overdue",
    Group.TODAY: "Today",
    Group.WEEK: "This week",
    Group.LATER: "Later",
    Group.WAITING: "Waiting for someone",
    Group.FINISHED: "Finished",
}

# A step as a button: what it says, the page it opens, what that page needs. Who may not take the step looks instead.
STEPS: dict[Step, tuple[str, str, Permission]] = {
    Step.MOVE_DEADLINE: ("Set a new deadline", "actions.show", Permission.EDIT),
    Step.FINISH: ("Finish writing", "texts.show", Permission.EDIT),
    Step.SUBMIT: ("Submit for review", "review.show", Permission.EDIT),
    Step.REVIEW: ("Review", "review.show", Permission.REVIEW),
    Step.AWAIT: ("See the review", "review.show", Permission.READ),
    Step.PUBLISH: ("Publish", "review.show", Permission.PUBLISH),
    Step.OPENS: ("See when it opens", "review.show", Permission.READ),
    Step.EXTEND: ("Extend or close", "life.show", Permission.PUBLISH),
    Step.TRANSLATE: ("Add the language", "texts.show", Permission.EDIT),
    Step.FIGURES: ("Review figures", "cases.show", Permission.EDIT),
    Step.OFFICIALS: ("Fix the address", "recipients.show", Permission.EDIT),
    Step.SIGNATURES: ("Check signatures", "signatures.show", Permission.READ),
    Step.LOOK: ("Open", "actions.show", Permission.READ),
    Step.DISPATCH: ("Send the signature book", "dossiers.index", Permission.DELIVER),
    Step.RECEIPT: ("Record the receipt", "dossiers.index", Permission.DELIVER),
    Step.ANSWER: ("Answer the reply", "dossiers.index", Permission.DELIVER),
    Step.LETTERS: ("Manage letters", "letters.show", Permission.DELIVER),
    Step.DOSSIER: ("Create the signature book", "dossiers.index", Permission.DELIVER),
    Step.OUTCOME: ("Close with an outcome", "life.show", Permission.PUBLISH),
    Step.ARCHIVE: ("Archive", "life.show", Permission.PUBLISH),
}
LACKING = {Lacks.DISPATCH: Need.DISPATCH, Lacks.RECEIPT: Need.RECEIPT, Lacks.ANSWER: Need.ANSWER}
LOOK = "Open"
SCREENED, SCREENED_EVERY = "campaign-screened", timedelta(minutes=1)


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
        board = queries.read(session, asked, now, _told(session, now))
        zone = session.scalar(select(Organisation.time_zone)) or "UTC"
        mails = incoming.waiting(session)
        held = session.scalar(select(Organisation.letters_held_at)) is not None
    return page(
        "organise/office/board.html",
        mails=mails_said(mails),
        held=held,
        board=board,
        asked=asked,
        today=clock.local_day(now, zone),
        weekday=_weekday(now, zone),
        headings=HEADINGS,
        statuses=list(ActionStatus),
        step_of=step_of,
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


def step_of(row: Row) -> tuple[str, str]:
    """(what the button of a row says, where it leads): the action's own page where the step's page is not for them."""
    label, endpoint, permission = STEPS[row.step]
    if not allowed(permission):
        return LOOK, url("actions.show", slug=row.slug)
    return label, url(endpoint, slug=row.case_slug if row.step is Step.FIGURES else row.slug)


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
    IncomingKind.REPORT: ("1 message nobody could read.", "%(n)s messages nobody could read."),
}


def dated(on: date) -> str:
    """A day in English. The board has many: the library's way of writing one takes longer than the rest of a row."""
    return f"{on.day} {on:%B %Y}"


def in_words(n: int) -> str:
    """A small number as a sentence begins with it."""
    return _WORDS[n] if n < len(_WORDS) else str(n)


_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def _told(session: Session, now: datetime) -> Mapping[int, list[Flag]]:
    """What screening and delivery say of actions: rooms that the cases do not know."""
    told: dict[int, list[Flag]] = defaultdict(list)
    for action_id, words in _looks_false(session, now).items():
        told[action_id].append(Flag(Need.SIGNING, words.rstrip(".")))
    own = posting_days.own_days(door().settings.posting_days, office(ORIGINAL).posting_days)
    days = partial(posting_days.posting_days, settings=own)
    for action_id, lacking in overdue.flags(session, now, days).items():
        told[action_id] += [Flag(LACKING[it.lacks], it.words, it.on) for it in lacking]
    for action_id, sentences in queue_status.flags(session, now, live=not door().settings.demo).items():
        told[action_id] += [Flag(Need.QUEUE, it.rstrip(".")) for it in sentences]
    return told


def _looks_false(session: Session, now: datetime) -> Mapping[int, str]:
    """What screening says of each open action, worked out once a minute: it looks at signatures, and there are many."""
    kept: tuple[datetime, dict[int, str]] | None = current_app.extensions.get(SCREENED)
    if kept is None or not timedelta() <= now - kept[0] < SCREENED_EVERY:
        kept = current_app.extensions[SCREENED] = now, screening.suspicious(session, now)
    return kept[1]


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
