"""Following: Atom feeds of open actions and of one case, and the last day as an entry for a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from itertools import groupby
from urllib.parse import urlsplit

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response
from icalendar import Alarm, Calendar, Event

from campaign import clock, fence, language
from campaign.printing.engine import text
from campaign.publication.best_way import Way
from campaign.publication.changes import Change, ChangeKind, changes, news, opened, start_of
from campaign.publication.listing import open_actions
from campaign.publication.stopping import stopped
from campaign.publication.values import ListedAction, PublicAction
from campaign.vocabulary import ActionStatus, EventKind
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.public.pages import cached
from campaign.web.public.prints import FRESH
from campaign.web.public.sharing import advice, shared_address, shown_in_one_language
from campaign.web.rendering import office, url

blueprint = Blueprint("feeds", __name__)

ATOM = "application/atom+xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
# Nine in the morning of the second day before: an alarm for a whole day counts from its midnight, when people sleep.
ALARM = timedelta(hours=9) - timedelta(days=2)


def _line(words: str) -> str:
    """Words as a line that XML and a calendar take, inside the fence that pages have."""
    return fence.one_line(text.one_line(words))


@blueprint.get("/<locale:locale>/feed.atom")
def actions(locale: str) -> Response:
    """Open actions, and what became of others: stopped, closed, with a later deadline. The newest first."""

    def render() -> str:
        with door().storage.reading() as session:
            listed, since = open_actions(session, locale), opened(session)
            ended = news(session, locale, clock.now())
        feed = _feed(_("Urgent actions"), url("index", locale=locale), url("feed", locale=locale), locale)
        issued = [(it, start_of(it.issued_on, it.time_zone)) for it in listed]
        updates: list[tuple[datetime, datetime, ListedAction | Change]] = [
            (max(at, since.get(it.slug, at)), at, it) for it, at in issued
        ]
        updates += [(change.updated, change.at, change) for change in ended]
        for updated, at, it in sorted(updates, key=_newest, reverse=True):
            there = url("action", locale=locale, slug=it.slug)
            if isinstance(it, Change):
                _tell(_entry(feed, there, _said(it, locale), at, updated, f"{there}#{it.key}"), it)
                continue
            entry = _entry(feed, there, _titled(it.number, it.title), at, updated)
            until = language.day(it.deadline, locale)
            country = language.country_name(it.country, locale)
            entry.summary(_("%(country)s. Deadline: %(day)s.", country=country, day=until))
        return _written(feed, [updated for updated, _at, _it in updates])

    return cached(("feed", locale), render, ATOM, FRESH)


@blueprint.get("/<locale:locale>/actions/<slug>/feed.atom")
def action(locale: str, slug: str) -> Response:
    """What happens in the case of one action: its actions, their ends, events."""

    def render() -> str:
        # Who follows a stopped action must hear of it: its feed goes on, without its words.
        shown = shown_in_one_language(slug, locale)
        with door().storage.reading() as session:
            happened = changes(session, shown, clock.now())
        if stopped(shown):  # of the case, nothing more is told under its name
            happened = tuple(change for change in happened if change.kind is not ChangeKind.EVENT)
        here = url("action", locale=locale, slug=slug)
        title = (shown.number or _("Urgent actions")) if stopped(shown) else _titled(shown.number, shown.title)
        feed = _feed(title, here, url("action_feed", locale=locale, slug=slug), locale)
        feed.language(shown.locale)
        for it in happened:
            there = url("action", locale=locale, slug=it.slug)
            _tell(_entry(feed, there, _said(it, shown.locale), it.at, it.updated, f"{here}#{it.key}"), it)
        return _written(feed, [it.updated for it in happened])

    return cached(("feed", locale, slug), render, ATOM, FRESH)


@blueprint.get("/<locale:locale>/actions/<slug>/deadline.ics")
def deadline(locale: str, slug: str) -> Response:
    """The last day to write, and the dates of harm, for a calendar."""

    def render() -> str:
        written: bytes = calendar(shown_in_one_language(slug, locale), locale, clock.now()).to_ical()
        return written.decode()

    response = cached(("calendar", locale, slug), render, CALENDAR, FRESH)
    response.headers["Content-Disposition"] = f'inline; filename="{slug}.ics"'
    return response


def calendar(action: PublicAction, locale: str, now: datetime) -> Calendar:
    """The calendar of an action: whole days, as they are where the case is."""
    made = Calendar()
    made.add("PRODID", f"-//{_line(office(locale).name)}//Campaign//EN")
    made.add("VERSION", "2.0")
    made.add("METHOD", "PUBLISH")
    state = standing(action)
    if action.deadline is not None and action.issued_on is not None:
        title = _("Deadline: %(title)s", title=action.title)
        last = _day(action, "deadline", action.deadline, _ended(action, state) or title, now)
        last.add("SEQUENCE", sequence(action.issued_on, action.deadline, state))
        last.add("DESCRIPTION", _describe(action, state, locale))
        if state is Standing.CANCELLED or state is Standing.CLOSED_EARLY:
            last.add("STATUS", "CANCELLED")
        elif state is Standing.OPEN:
            last.add("STATUS", "CONFIRMED")
            alarm = Alarm()
            alarm.add("ACTION", "DISPLAY")
            alarm.add("DESCRIPTION", _("Two days left: %(title)s", title=action.title))
            alarm.add("TRIGGER", ALARM)
            last.add_component(alarm)
        made.add_component(last)
    since = action.issued_on or date.min
    threats = [it for it in action.events if it.kind is EventKind.THREAT and it.on >= since]
    for on, same_day in groupby(threats, key=lambda it: it.on):
        for n, it in enumerate(same_day, 1):
            caption = f"{it.caption} ({_titled(action.number, action.title)})"
            gone = state is Standing.CANCELLED
            harm = _day(action, f"{on:%Y%m%d}-{n}", on, _ended(action, state) if gone else caption, now)
            harm.add("SEQUENCE", int(gone))
            harm.add("DESCRIPTION", shared_address(action.slug))
            if gone:
                harm.add("STATUS", "CANCELLED")
            made.add_component(harm)
    return made


class Standing(IntEnum):
    """What a calendar must know of an action, in the order in which the one may follow the other on one deadline."""

    OPEN = 0
    CLOSED = 1
    CLOSED_EARLY = 2
    CANCELLED = 3


def standing(action: PublicAction) -> Standing:
    """Whether its last day still holds."""
    if stopped(action):
        return Standing.CANCELLED
    if action.status is ActionStatus.OPEN or action.deadline is None or action.ended_at is None:
        return Standing.OPEN if action.status is ActionStatus.OPEN else Standing.CLOSED
    early = clock.signing_open(action.ended_at, action.deadline, action.time_zone)
    return Standing.CLOSED_EARLY if early else Standing.CLOSED


def sequence(issued_on: date, deadline: date, state: Standing) -> int:
    """The version of a calendar's entry (RFC 5545, 3.8.7.4): it only ever grows.

    A deadline only ever moves to a later day, and on one day an action only ever goes on towards its end.
    """
    return max(0, (deadline - issued_on).days) * len(Standing) + state


def _ended(action: PublicAction, state: Standing) -> str:
    """What an entry that no longer holds is called; nothing while it does. A stopped action's title is not repeated."""
    if state is Standing.CANCELLED:
        return _titled(action.number, _("This action was stopped. Please do not write any more. It could do harm."))
    if state is Standing.OPEN:
        return ""
    return _("%(title)s (closed)", title=_titled(action.number, action.title))


def _describe(action: PublicAction, state: Standing, locale: str) -> str:
    if state is Standing.CANCELLED:
        why = action.stop_reason.text if action.stop_reason else ""
        told = (_("This action was stopped. Please do not write any more. It could do harm."), why)
    elif state is Standing.OPEN:
        now_best = advice(action)
        post = now_best.by if now_best.way is Way.POST else None
        posted = _("Post letters by %(day)s.", day=language.day(post, locale)) if post else ""
        told = (" ".join(filter(None, (_until(action, locale), posted))), action.summary)
    else:
        told = (_("This action has ended."), action.outcome.text if action.outcome else "")
    return "\n\n".join(filter(None, (*told, shared_address(action.slug))))


def _day(action: PublicAction, key: str, on: date, summary: str, now: datetime) -> Event:
    event = Event()
    # The same in every language, and for as long as the place has its address: a second import replaces the first.
    event.add("UID", f"{action.slug}.{key}@{urlsplit(door().settings.base_url).hostname}")
    event.add("DTSTAMP", now.replace(microsecond=0))
    event.add("DTSTART", on)
    event.add("DTEND", on + timedelta(days=1))
    event.add("SUMMARY", _line(summary))
    event.add("URL", shared_address(action.slug))
    event.add("TRANSP", "TRANSPARENT")
    # In a calendar that colleagues can see, what someone cares about is theirs to tell.
    event.add("CLASS", "PRIVATE")
    return event


def _until(action: PublicAction, locale: str) -> str:
    day = language.day(action.deadline, locale) if action.deadline else ""
    if action.place:
        return _("Write before the end of %(day)s, %(place)s time.", day=day, place=action.place)
    return _("Write before the end of %(day)s.", day=day)


def _feed(title: str, here: str, itself: str, locale: str) -> FeedGenerator:
    base, organisation = door().settings.base_url, office(locale)
    feed = FeedGenerator()
    feed.id(base + here)
    feed.title(_line(f"{title} · {organisation.name}"))
    feed.author(name=_line(organisation.name))
    feed.link(href=base + here, rel="alternate", type="text/html", hreflang=locale)
    feed.link(href=base + itself, rel="self", type="application/atom+xml")
    feed.icon(base + url("static", filename="icon.svg"))
    feed.language(locale)
    feed.generator("Campaign")
    return feed


def _entry(
    feed: FeedGenerator, there: str, title: str, at: datetime, updated: datetime, key: str | None = None
) -> FeedEntry:
    base = door().settings.base_url
    entry = feed.add_entry(order="append")
    entry.id(base + (key or there))
    entry.title(_line(title))
    entry.link(href=base + there)
    entry.published(_stamp(at))
    entry.updated(_stamp(updated))
    return entry


def _written(feed: FeedGenerator, updates: list[datetime]) -> str:
    feed.updated(_stamp(max(updates, default=clock.now())))
    written: bytes = feed.atom_str(pretty=True)
    return written.decode()


def _stamp(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _newest(row: tuple[datetime, datetime, ListedAction | Change]) -> tuple[datetime, str]:
    return row[0], row[2].slug


def _tell(entry: FeedEntry, change: Change) -> None:
    """Why, if it was said."""
    if change.words and change.words != change.title:
        entry.summary(_line(change.words))


def _said(change: Change, locale: str) -> str:
    """A change in a few words."""
    if change.kind is ChangeKind.EXTENDED and change.until is not None:
        title, day = _titled(change.number, change.title), language.day(change.until, locale)
        return _("%(title)s: more time, until %(day)s", title=title, day=day)
    if change.kind is ChangeKind.STOPPED:
        return _titled(change.number, _("This action was stopped. Please do not write any more. It could do harm."))
    if change.kind is ChangeKind.CLOSED:
        return _("%(title)s (closed)", title=_titled(change.number, change.title))
    return change.title if change.kind is ChangeKind.EVENT else _titled(change.number, change.title)


def _titled(number: str | None, title: str) -> str:
    return f"{number}: {title}" if number else title
