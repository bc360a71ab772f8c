"""What reaches organisers outside of these pages: a private calendar of all deadlines, and the daily digest."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, make_response, redirect, request
from flask import session as visit
from icalendar import Calendar, Event
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from campaign import clock, language
from campaign.errors import Unknown
from campaign.language import ORIGINAL
from campaign.office import calendar_and_digest, mail_choices, ownership
from campaign.office.due_dates import Due, Duty
from campaign.office.everything_due import everything
from campaign.office.permissions import Permission, holders
from campaign.printing.engine.text import one_line
from campaign.sentences import Sentence, joined
from campaign.storage.tables import Organiser
from campaign.web.app_state import door
from campaign.web.locales import _, preferred
from campaign.web.organise.account.authorisation import BEFORE_SIGN_IN, actor, needs
from campaign.web.rendering import office, url

blueprint = Blueprint("calendar", __name__)

SAID = {
    Duty.THREAT: Sentence("Threat: %(action)s (%(country)s)"),
    Duty.APPEALS: Sentence("Deadline: %(action)s (%(country)s)"),
    Duty.OPEN: Sentence("Deadline, not open yet: %(action)s (%(country)s)"),
    Duty.DOSSIER: Sentence("Signature book due: %(action)s (%(country)s)"),
    Duty.OUTCOME: Sentence("Outcome due: %(action)s (%(country)s)"),
    Duty.TASK: Sentence("Task: %(action)s (%(country)s)"),
    Duty.STAMP: Sentence("Signature book: get a new time stamp: %(action)s (%(country)s)"),
    Duty.UPDATE: Sentence("Update is sent by itself: %(action)s (%(country)s)"),
}


@blueprint.get("/calendar/<token>.ics")
@needs(BEFORE_SIGN_IN)
def feed(token: str) -> Response:
    """Every deadline and threat date, for whoever holds the link: calendar programs cannot sign in."""
    now, vault = clock.now(), door().storage.vault
    with door().storage.reading() as session:
        owner = session.scalars(
            select(Organiser).where(
                Organiser.calendar_hash == calendar_and_digest.hashed(vault, token),
                Organiser.active,
                Organiser.role.in_(holders(Permission.READ)),
            )
        ).one_or_none()
        if owner is None:
            raise Unknown("This calendar does not exist.")
        locale = calendar_and_digest.language_of(owner)
    # The link knows its owner, whoever holds it: it shows what they may see.
    with door().storage.seen_by(owner.id).reading() as session:
        # Everybody's deadlines, and one's own tasks.
        items = tuple(
            due for due in everything(session, now, locale) if due.duty is not Duty.TASK or due.holder == owner.id
        )
        own = ownership.mine_among(session, owner.id, {due.action_id for due in items})
    response = make_response(calendar(items, now, locale, own, owner.id).to_ical())
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return response


def calendar(items: tuple[Due, ...], now: datetime, locale: str, own: Collection[int], whose: int) -> Calendar:
    """What is due as whole days, as they are where each case is, and what happens by itself at its instant. Actions
    that are one's `own`, and what one has oneself, are marked as such."""
    made = Calendar()
    made.add("PRODID", f"-//{one_line(office(ORIGINAL).name)}//Campaign//EN")
    made.add("VERSION", "2.0")
    made.add(
        "X-WR-CALNAME",
        one_line(Sentence("Deadlines, %(organisation)s", organisation=office(locale).name).inside(locale)),
    )
    host = urlsplit(door().settings.base_url).hostname
    same_day: Counter[tuple[int, date]] = Counter()
    for it in items:
        event = Event()
        # A deadline that was moved is the same entry on another day; of threats there may be several a day.
        same_day[it.action_id, it.on] += it.duty is Duty.THREAT
        key = f"{it.on:%Y%m%d}-{same_day[it.action_id, it.on]}" if it.duty is Duty.THREAT else str(it.duty)
        if it.duty is Duty.TASK:
            key = f"task-{it.task_id}"
        if it.duty is Duty.UPDATE:
            key = f"update-{it.update_id}"
        if it.holder == whose or it.action_id in own:
            event.add("CATEGORIES", [Sentence("My actions").inside(locale)])
        event.add("UID", f"{it.action_id}.{key}@{host}")
        event.add("DTSTAMP", now.replace(microsecond=0))
        if it.at is not None:  # an instant: the program shows it by its own clock
            event.add("DTSTART", it.at.astimezone(UTC).replace(microsecond=0))
        else:
            event.add("DTSTART", it.on)
            event.add("DTEND", it.on + timedelta(days=1))
        event.add("SUMMARY", one_line(_said(it).inside(locale)))
        path = url("actions.show", slug=it.slug) if it.public else url("board.show")
        event.add("URL", door().settings.base_url + path)
        event.add("TRANSP", "TRANSPARENT")
        event.add("CLASS", "PRIVATE")
        made.add_component(event)
    return made


def _said(it: Due) -> Sentence:
    # The link often lies with a calendar provider: of an action that is not public nothing is written there.
    action = it.title if it.public else Sentence("not public yet")
    if it.number:
        action = joined([it.number, action], by=", ")
    country = partial(language.country_name, it.country)
    if it.duty is Duty.THREAT and it.caption and it.public:
        return Sentence("Threat, %(what)s: %(action)s (%(country)s)", what=it.caption, action=action, country=country)
    return SAID[it.duty].filled(action=action, country=country)


@blueprint.post("/account/calendar")
@needs(Permission.READ)
def make() -> AnyResponse:
    """A new link; one that was made before ends."""
    token = secrets.token_urlsafe(24)
    with door().storage.writing() as session:
        calendar_and_digest.open_calendar(session, door().storage.vault, actor(), token, clock.now())
    # Shown once: the store keeps its hash alone. The visit itself is kept encrypted on the server.
    visit["calendar"] = door().settings.base_url + url("calendar.feed", token=token)
    return redirect(url("account.show") + "#calendar")


@blueprint.post("/account/calendar/revoke")
@needs(Permission.READ)
def revoke() -> AnyResponse:
    """End the link."""
    with door().storage.writing() as session:
        calendar_and_digest.close_calendar(session, door().storage.vault, actor(), clock.now())
    flash(_("The calendar link no longer works."))
    return redirect(url("account.show") + "#calendar")


@blueprint.post("/account/language")
@needs(Permission.OWN)
def choose_language() -> AnyResponse:
    """Have these pages, and mails, in a language; or in the browser's."""
    tag = request.form.get("locale", "")
    with door().storage.writing() as session:
        calendar_and_digest.set_language(session, door().storage.vault, actor(), tag, clock.now())
    g.locale = tag or preferred()
    flash(_("Saved."))
    return redirect(url("account.show") + "#language")


@blueprint.post("/account/digest")
@needs(Permission.READ)
def digest() -> AnyResponse:
    """Get the daily mail, or do not."""
    wanted = request.form.get("digest") == "yes"
    with door().storage.writing() as session:
        calendar_and_digest.set_digest(session, door().storage.vault, actor(), wanted, clock.now())
    flash(_("Daily e-mail turned on.") if wanted else _("Daily e-mail turned off."))
    return redirect(url("account.show") + "#digest")


@blueprint.post("/account/e-mails")
@needs(Permission.READ)
def choose_mails() -> AnyResponse:
    """Get e-mails of the chosen events, and of no others that can be chosen."""
    with door().storage.writing() as session:
        mail_choices.choose(session, door().storage.vault, actor(), request.form.getlist("mail"), clock.now())
    flash(_("Saved."))
    return redirect(url("account.show") + "#e-mails")
