"""What reaches organisers outside of these pages: a private calendar of all deadlines, and the daily digest."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask import session as visit
from icalendar import Calendar, Event
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from campaign import clock, language
from campaign.errors import Unknown
from campaign.language import ORIGINAL
from campaign.office import calendar_and_digest, due_dates
from campaign.office.due_dates import Due, Duty
from campaign.office.permissions import Permission
from campaign.printing.engine.text import one_line
from campaign.storage.tables import Organiser
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import BEFORE_SIGN_IN, actor, needs
from campaign.web.rendering import office, url

blueprint = Blueprint("calendar", __name__)

SAID = {
    Duty.THREAT: "Threat",
    Duty.APPEALS: "Deadline",
    Duty.OPEN: "Deadline, not open yet",
    Duty.DOSSIER: "Signature book due",
    Duty.OUTCOME: "Outcome due",
}


@blueprint.get("/calendar/<token>.ics")
@needs(BEFORE_SIGN_IN)
def feed(token: str) -> Response:
    """Every deadline and threat date, for whoever holds the link: calendar programs cannot sign in."""
    now, vault = clock.now(), door().storage.vault
    with door().storage.reading() as session:
        owner = session.scalars(
            select(Organiser).where(
                Organiser.calendar_hash == calendar_and_digest.hashed(vault, token), Organiser.active
            )
        ).one_or_none()
        if owner is None:
            raise Unknown("This calendar does not exist.")
        items = due_dates.all_due(session, now)
    response = make_response(calendar(items, now).to_ical())
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return response


def calendar(items: tuple[Due, ...], now: datetime) -> Calendar:
    """What is due as whole days, as they are where each case is."""
    made = Calendar()
    made.add("PRODID", f"-//{one_line(office(ORIGINAL).name)}//Campaign//EN")
    made.add("VERSION", "2.0")
    made.add("X-WR-CALNAME", one_line(f"Deadlines, {office(ORIGINAL).name}"))
    host = urlsplit(door().settings.base_url).hostname
    same_day: Counter[tuple[int, date]] = Counter()
    for it in items:
        event = Event()
        # A deadline that was moved is the same entry on another day; of threats there may be several a day.
        same_day[it.action_id, it.on] += it.duty is Duty.THREAT
        key = f"{it.on:%Y%m%d}-{same_day[it.action_id, it.on]}" if it.duty is Duty.THREAT else str(it.duty)
        event.add("UID", f"{it.action_id}.{key}@{host}")
        event.add("DTSTAMP", now.replace(microsecond=0))
        event.add("DTSTART", it.on)
        event.add("DTEND", it.on + timedelta(days=1))
        event.add("SUMMARY", one_line(_said(it)))
        path = url("actions.show", slug=it.slug) if it.public else url("board.show")
        event.add("URL", door().settings.base_url + path)
        event.add("TRANSP", "TRANSPARENT")
        event.add("CLASS", "PRIVATE")
        made.add_component(event)
    return made


def _said(it: Due) -> str:
    # The link often lies with a calendar provider: of an action that is not public nothing is written there.
    title = it.title if it.public else "not public yet"
    about = f"{it.number}, {title}" if it.number else title
    harm = f", {it.caption}" if it.caption and it.public else ""
    return f"{SAID[it.duty]}{harm}: {about} ({language.country_name(it.country, ORIGINAL)})"


@blueprint.post("/account/calendar")
@needs(Permission.OWN)
def make() -> AnyResponse:
    """A new link; one that was made before ends."""
    token = secrets.token_urlsafe(24)
    with door().storage.writing() as session:
        calendar_and_digest.open_calendar(session, door().storage.vault, actor(), token, clock.now())
    # Shown once: the store keeps its hash alone. The visit itself is kept encrypted on the server.
    visit["calendar"] = door().settings.base_url + url("calendar.feed", token=token)
    return redirect(url("account.show") + "#calendar")


@blueprint.post("/account/calendar/revoke")
@needs(Permission.OWN)
def revoke() -> AnyResponse:
    """End the link."""
    with door().storage.writing() as session:
        calendar_and_digest.close_calendar(session, door().storage.vault, actor(), clock.now())
    flash("The calendar link no longer works.")
    return redirect(url("account.show") + "#calendar")


@blueprint.post("/account/digest")
@needs(Permission.OWN)
def digest() -> AnyResponse:
    """Get the daily mail, or do not."""
    wanted = request.form.get("digest") == "yes"
    with door().storage.writing() as session:
        calendar_and_digest.set_digest(session, door().storage.vault, actor(), wanted, clock.now())
    flash("Daily e-mail turned on." if wanted else "Daily e-mail turned off.")
    return redirect(url("account.show") + "#digest")
