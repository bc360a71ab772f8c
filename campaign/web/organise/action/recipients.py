"""The officials of an action: who is asked to act, who gets a copy, in which order; found in the directory."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.review import inspection
from campaign.cases.writing import recipients, texts
from campaign.errors import Refused
from campaign.office.permissions import Permission
from campaign.vocabulary import RecipientRole
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.rendering import url

blueprint = Blueprint("recipients", __name__, url_prefix="/actions/<slug>/officials")

MOVES = {"up": -1, "down": 1}


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """Those who are there, and a search in the directory by name, office or country."""
    words = request.args.get("q", "")[:200]
    with door().storage.reading() as session:
        action = action_named(session, slug)
        there = [(it, it.official, inspection.asked(it)) for it in action.recipients]
        found = recipients.search(session, action, words)
    views = current_app.view_functions
    return action_page(
        "organise/action/recipients.html",
        action,
        "recipients.show",
        there=there,
        found=found,
        most=recipients.MOST_FOUND,
        words=words,
        label=recipients.label,
        official_page="officials.show" if "officials.show" in views else None,
        new_official=url("officials.new") if "officials.new" in views else None,
        writable=action.status in texts.WRITABLE,
    )


@blueprint.post("/add")
@needs(Permission.EDIT)
def add(slug: str) -> Response:
    """Add an official of the directory."""
    with door().storage.writing() as session:
        recipients.add(session, door().storage.vault, actor(), slug, _official(), _role(), clock.now())
    flash("Added.")
    return redirect(url("recipients.show", slug=slug, q=request.form.get("q") or None))


@blueprint.post("/change")
@needs(Permission.EDIT)
def change(slug: str) -> Response:
    """Move an official up or down, ask them to act, give them a copy, or remove them."""
    wish, vault, now = request.form.get("do", ""), door().storage.vault, clock.now()
    with door().storage.writing() as session:
        if wish in MOVES:
            recipients.move(session, vault, actor(), slug, _official(), MOVES[wish], now)
        elif wish == "remove":
            recipients.remove(session, vault, actor(), slug, _official(), now)
        else:
            recipients.set_role(session, vault, actor(), slug, _official(), _role(), now)
    flash("Removed." if wish == "remove" else "Changed.")
    return redirect(url("recipients.show", slug=slug))


def _official() -> int:
    return request.form.get("official", 0, int)


def _role() -> RecipientRole:
    try:
        return RecipientRole(request.form.get("role", ""))
    except ValueError as error:
        raise Refused("Choose “Ask to act” or “Give a copy”.") from error
