"""Following: Atom feeds of open actions and of one case, and the last day as an entry for a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlsplit

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response
from icalendar import Alarm, Calendar, Event

from campaign import clock, language
from campaign.printing.engine.text import one_line
from campaign.publication.changes import Change, ChangeKind, changes, opened, start_of
from campaign.publication.reading import open_actions
from campaign.publication.values import ListedAction, PublicAction
from campaign.vocabulary import EventKind
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.public.pages import cached
from campaign.web.public.prints import FRESH
from campaign.web.public.sharing import in_one_language, shared_address
from campaign.web.rendering import office, url

blueprint = Blueprint("feeds", __name__)

ATOM = "application/atom+xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
# Nine in the morning of the second day before: an alarm for a whole day counts from its midnight, when people sleep.
ALARM = timedelta(hours=9) - timedelta(days=2)


@blueprint.get("/<locale:locale>/feed.atom")
def actions(locale: str) -> Response:
    """Open actions, the newest first."""

    def render() -> str:
        with door().storage.reading() as session:
            listed, since = open_actions(session, locale), opened(session)
        feed = _feed(_("Urgent actions"), url("index", locale=locale), url("feed", locale=locale), locale)
        issued = [(it, start_of(it.issued_on, it.time_zone)) for it in listed]
        updates = sorted(((max(at, since.get(it.slug, at)), at, it) for it, at in issued), key=_newest, reverse=True)
        for updated, at, it in updates:
            entry = _entry(feed, url("action", locale=locale, slug=it.slug), _titled(it.number, it.title), at, updated)
            until = language.day(it.deadline, locale)
            country = language.country_name(it.country, locale)
            entry.summary(_("%(country)s. Deadline: %(day)s.", country=country, day=until))
        return _written(feed, [updated for updated, _at, _it in updates])

    return cached(("feed", locale), render, ATOM, FRESH)


@blueprint.get("/<locale:locale>/actions/<slug>/feed.atom")
def action(locale: str, slug: str) -> Response:
    """What happens in the case of one action: its actions, their ends, events."""

    def render() -> str:
        shown = in_one_language(slug, locale)
        with door().storage.reading() as session:
            happened = changes(session, shown, clock.now())
        here = url("action", locale=locale, slug=slug)
        feed = _feed(_titled(shown.number, shown.title), here, url("action_feed", locale=locale, slug=slug), locale)
        feed.language(shown.locale)
        for it in happened:
            there = url("action", locale=locale, slug=it.slug)
            entry = _entry(feed, there, _said(it), it.at, it.updated, f"{here}#{it.key}")
            if it.words and it.words != it.title:
                entry.summary(one_line(it.words))
        return _written(feed, [it.updated for it in happened])

    return cached(("feed", locale, slug), render, ATOM, FRESH)


@blueprint.get("/<locale:locale>/actions/<slug>/deadline.ics")
def deadline(locale: str, slug: str) -> Response:
    """The last day to write, and the dates of harm, for a calendar."""

    def render() -> str:
        written: bytes = calendar(in_one_language(slug, locale), locale, clock.now()).to_ical()
        return written.decode()

    response = cached(("calendar", locale, slug), render, CALENDAR, FRESH)
    response.headers["Content-Disposition"] = f'inline; filename="{slug}.ics"'
    return response


def calendar(action: PublicAction, locale: str, now: datetime) -> Calendar:
    """The calendar of an action: whole days, as they are where the case is."""
    made = Calendar()
    made.add("PRODID", f"-//{one_line(office(locale).name)}//Campaign//EN")
    made.add("VERSION", "2.0")
    made.add("METHOD", "PUBLISH")
    if action.deadline is not None and action.issued_on is not None:
        last = _day(action, "deadline", action.deadline, _("Deadline: %(title)s", title=action.title), now)
        # A deadline only ever moves to a later day, so its distance from the issue counts the versions.
        last.add("SEQUENCE", max(0, (action.deadline - action.issued_on).days))
        last.add("DESCRIPTION", f"{_until(action, locale)}\n\n{action.summary}\n\n{shared_address(action.slug)}")
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
            harm = _day(action, f"{on:%Y%m%d}-{n}", on, f"{it.caption} ({_titled(action.number, action.title)})", now)
            harm.add("SEQUENCE", 0)
            harm.add("DESCRIPTION", shared_address(action.slug))
            made.add_component(harm)
    return made


def _day(action: PublicAction, key: str, on: date, summary: str, now: datetime) -> Event:
    event = Event()
    # The same in every language, and for as long as the place has its address: a second import replaces the first.
    event.add("UID", f"{action.slug}.{key}@{urlsplit(door().settings.base_url).hostname}")
    event.add("DTSTAMP", now.replace(microsecond=0))
    event.add("DTSTART", on)
    event.add("DTEND", on + timedelta(days=1))
    event.add("SUMMARY", one_line(summary))
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
    feed.title(one_line(f"{title} · {organisation.name}"))
    feed.author(name=one_line(organisation.name))
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
    entry.title(one_line(title))
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


def _newest(row: tuple[datetime, datetime, ListedAction]) -> tuple[datetime, str]:
    return row[0], row[2].slug


def _said(change: Change) -> str:
    """A change in a few words."""
    if change.kind is ChangeKind.STOPPED:
        return _titled(change.number, _("This action was stopped. Please do not write any more. It could do harm."))
    if change.kind is ChangeKind.CLOSED:
        return _("%(title)s (closed)", title=_titled(change.number, change.title))
    return change.title if change.kind is ChangeKind.EVENT else _titled(change.number, change.title)


def _titled(number: str | None, title: str) -> str:
    return f"{number}: {title}" if number else title
