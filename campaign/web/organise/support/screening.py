"""False signatures: what looks like them, the shield before the form, and taking them out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from campaign import clock, language
from campaign.appeals.abuse import form_protection, origins
from campaign.appeals.signature_admin import invalidation as invalidations
from campaign.appeals.signature_admin import screening, table
from campaign.appeals.signature_admin.invalidation import Criteria
from campaign.errors import CampaignError, Refused
from campaign.office.permissions import Permission
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Disclosure, Shield
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise.account.authorisation import actor, allowed, needs
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action
from campaign.web.organise.words import worded

blueprint = Blueprint("screening", __name__, url_prefix="/actions/<slug>/screening")

TAB = "signatures.show"


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """The last two days, where they came from, and the shield."""
    return _panel(slug)


@blueprint.post("/shield")
@needs(Permission.SIGNATURES)
def put_up(slug: str) -> Response | tuple[str, int]:
    """Raise or lower the shield."""
    try:
        level = Shield(request.form.get("level", ""))
        with door().storage.writing() as session:
            action = action_named(session, slug)
            lifted = form_protection.set_protection(
                session, door().storage.vault, actor(), action, level, request.form.get("reason", ""), clock.now()
            )
    except ValueError:
        return _panel(slug, _("Choose one option.")), 422
    except CampaignError as error:
        if error.status == 404:
            raise
        return _panel(slug, sentence_of(error)), error.status
    if lifted.becomes is not None and lifted.becomes != lifted.was:
        moved = language.day(lifted.becomes, current())
        flash(_("Protection changed. The deadline is now %(day)s.", day=moved))
    else:
        flash(_("Protection changed."))
    return redirect(url_for("screening.show", slug=slug))


@blueprint.get("/invalidate")
@needs(Permission.SIGNATURES)
def ask(slug: str) -> str:
    """By what to take false signatures out; a burst of the panel fills it in."""
    return _criteria_page(read_action(slug), request.args)


@blueprint.post("/invalidate/count")
@needs(Permission.SIGNATURES)
def count(slug: str) -> str | tuple[str, int]:
    """How many it would take out, before anything is touched."""
    action = read_action(slug)
    try:
        criteria = _criteria(request.form, action)
        with door().storage.reading() as session:
            counted = invalidations.count(session, action.id, criteria)
    except CampaignError as error:
        return _criteria_page(action, request.form, sentence_of(error)), error.status
    return _counted_page(action, criteria, counted.confirmed, counted.pending, counted.up_to)


@blueprint.post("/invalidate")
@needs(Permission.SIGNATURES)
def begin(slug: str) -> Response | tuple[str, int]:
    """Begin."""
    action = read_action(slug)
    try:
        criteria = Criteria.read(request.form.get("criteria", ""))
    except CampaignError as error:
        return _criteria_page(action, MultiDict(), sentence_of(error)), error.status
    up_to, reason = request.form.get("up_to", 0, type=numbers.whole), request.form.get("reason", "")
    try:
        with door().storage.writing() as session:
            made = invalidations.begin(
                session, door().storage.vault, actor(), action, criteria, up_to, reason, clock.now()
            )  # fmt: skip
    except CampaignError as error:
        with door().storage.reading() as session:
            counted = invalidations.count(session, action.id, criteria)
        page = _counted_page(action, criteria, counted.confirmed, counted.pending, up_to, sentence_of(error))
        return page, error.status
    return redirect(url_for("screening.invalidation", slug=slug, invalidation_id=made.id))


@blueprint.get("/invalidations/<int:invalidation_id>")
@needs(Permission.SIGNATURES)
def invalidation(slug: str, invalidation_id: int) -> str:
    """How far one is, and what can be done about it."""
    action = read_action(slug)
    with door().storage.reading() as session:
        found = invalidations.one(session, action.id, invalidation_id)
    told = told_of(Criteria.read(found.criteria), action.case.time_zone)
    return action_page("organise/support/screening_invalidation.html", action, TAB, invalidation=found, told=told)


@blueprint.post("/invalidations/<int:invalidation_id>")
@needs(Permission.SIGNATURES)
def steer(slug: str, invalidation_id: int) -> Response:
    """Cancel it where it is, go on with it, or undo it."""
    steered = {
        "cancel": invalidations.cancel,
        "go on": invalidations.go_on,
        "undo": invalidations.undo,
    }
    act = steered.get(request.form.get("act", ""))
    action = read_action(slug)
    if act is None:
        raise Refused("Choose what to do with this removal.")
    with door().storage.writing() as session:
        act(session, door().storage.vault, actor(), action.id, invalidation_id, clock.now())
    return redirect(url_for("screening.invalidation", slug=slug, invalidation_id=invalidation_id))


def told_of(criteria: Criteria, time_zone: str) -> list[tuple[str, object]]:
    """Criteria as a page tells them: instants in the case's zone, keyed hashes by their beginning."""
    named = {
        "country": _("country"),
        "since": _("since"),
        "until": _("until"),
        "network": _("network"),
        "domain": _("e-mail domain"),
        "disclosure": _("disclosure"),
        "locale": _("language"),
        "words": _("message"),
    }

    def said(name: str, value: Any) -> object:
        if isinstance(value, datetime):
            return language.moment(value, current(), time_zone)
        match name:
            case "network" | "domain":
                return _("code %(code)s", code=value[:8])
            case "words":
                return _("with a message") if value else _("without a message")
            case "country":
                return language.country_name(value, current())
            case "locale":
                return language.language_name(value, current())
        return worded(value)

    return [(named[name], said(name, value)) for name, value in criteria.asked().items()]


def _panel(slug: str, problem: str | None = None) -> str:
    here, now = door().storage, clock.now()
    with here.reading() as session:
        action = action_named(session, slug)
        panel = screening.panel(session, here.vault, action.id, now, names=allowed(Permission.SIGNATURES))
        past = invalidations.invalidations(session, action.id)
    return action_page(
        "organise/support/screening.html",
        action,
        TAB,
        panel=panel,
        said=screening.verdict(panel.recent),
        invalidations=past,
        levels=list(Shield),
        lifted=form_protection.pause_ends_as(action, now),
        running=action.status is ActionStatus.OPEN or action.shield is not Shield.NONE,
        problem=problem,
    )


def _criteria_page(action: Action, values: MultiDict[str, str], problem: str | None = None) -> str:
    with door().storage.reading() as session:
        countries = table.countries(session, action.id)
    return action_page(
        "organise/support/screening_invalidate.html",
        action,
        TAB,
        values=values,
        countries=countries,
        disclosures=list(Disclosure),
        problem=problem,
    )


def _counted_page(
    action: Action, criteria: Criteria, confirmed: int, pending: int, up_to: int, problem: str | None = None
) -> str:
    return action_page(
        "organise/support/screening_counted.html",
        action,
        TAB,
        criteria=criteria.as_json(),
        told=told_of(criteria, action.case.time_zone),
        confirmed=confirmed,
        pending=pending,
        up_to=up_to,
        reason=request.form.get("reason", ""),
        problem=problem,
    )


def _criteria(form: MultiDict[str, str], action: Action) -> Criteria:
    """What was asked for. Raises `Refused` for what cannot be understood: nothing may be wider than it was meant."""
    domain, disclosure = form.get("domain", "").strip(), form.get("disclosure", "")
    mark = form.get("domain_mark", "").strip()
    if domain:
        mark = origins.domain_mark(door().storage.vault, domain.rpartition("@")[2]).hex()
    try:
        bytes.fromhex(mark + form.get("network", ""))
        chosen = Disclosure(disclosure) if disclosure else None
    except ValueError as error:
        raise Refused("We could not read these conditions. Start again from the screening page.") from error
    return Criteria(
        country=form.get("country", "").strip().upper() or None,
        since=_instant(form.get("since", ""), action.case.time_zone),
        until=_instant(form.get("until", ""), action.case.time_zone),
        network=form.get("network", "").strip() or None,
        domain=mark or None,
        disclosure=chosen,
        locale=form.get("locale", "").strip() or None,
        words={"yes": True, "no": False}.get(form.get("words", "")),
    )


def _instant(written: str, zone: str) -> datetime | None:
    """A time as browsers write it, in the case's zone. Raises `Refused` for anything else."""
    if not written.strip():
        return None
    try:
        local = datetime.fromisoformat(written.strip())
    except ValueError as error:
        raise Refused("Enter a time like 2025-09-15 14:30.") from error
    return local.replace(tzinfo=local.tzinfo or ZoneInfo(zone)).astimezone(UTC)
