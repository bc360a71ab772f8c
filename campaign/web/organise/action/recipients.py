"""The officials of an action: who is asked to act, who gets a copy, in which order; found in the directory."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.review import held, inspection
from campaign.cases.writing import recipients, texts
from campaign.errors import Refused
from campaign.office.audit import Actor
from campaign.office.permissions import Permission
from campaign.vocabulary import RecipientRole
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import url

blueprint = Blueprint("recipients", __name__, url_prefix="/actions/<slug>/officials")

MOST_OF_A_REASON = 500
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
        successors = recipients.successors(session, action)
    views = current_app.view_functions
    return action_page(
        "organise/action/recipients.html",
        action,
        "recipients.show",
        there=there,
        found=found,
        successors=successors,
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
    done = two_people.done("recipients.add", {"slug": slug})
    flash(_("Added.") if done else two_people.proposed())
    return redirect(url("recipients.show", slug=slug, q=request.form.get("q") or None))


@two_people.doing("recipients.add")
def _adding(fields: Mapping[str, str], slug: str) -> Doing:
    official, role, vault = _official(fields), _role(fields), door().storage.vault

    def change(session: Session, who: Actor) -> None:
        recipients.add(session, vault, who, slug, official, role, clock.now())

    return Doing(change, lambda session: held.of_action(session, slug))


@blueprint.post("/change")
@needs(Permission.EDIT)
def change(slug: str) -> Response:
    """Move an official up or down, ask them to act, give them a copy, or remove them."""
    done = two_people.done("recipients.change", {"slug": slug})
    said = _("Removed.") if request.form.get("do") == "remove" else _("Changed.")
    flash(said if done else two_people.proposed())
    return redirect(url("recipients.show", slug=slug))


@two_people.doing("recipients.change")
def _changing(fields: Mapping[str, str], slug: str) -> Doing:
    wish, official, vault = fields.get("do", ""), _official(fields), door().storage.vault
    role = None if wish in {*MOVES, "remove"} else _role(fields)

    def change(session: Session, who: Actor) -> None:
        now = clock.now()
        if wish in MOVES:
            recipients.move(session, vault, who, slug, official, MOVES[wish], now)
        elif role is None:
            recipients.remove(session, vault, who, slug, official, now)
        else:
            recipients.set_role(session, vault, who, slug, official, role, now)

    return Doing(change, lambda session: held.of_action(session, slug))


@blueprint.post("/succeed")
@needs(Permission.EDIT)
def succeed(slug: str) -> Response:
    """Put a successor in the place of an official under whom people have signed."""
    done = two_people.done("recipients.succeed", {"slug": slug}, reason=one_line(request.form.get("reason")))
    flash(_("Replaced. Readers see your reason.") if done else two_people.proposed())
    return redirect(url("recipients.show", slug=slug))


@two_people.doing("recipients.succeed")
def _succeeding(fields: Mapping[str, str], slug: str) -> Doing:
    official, successor, vault = _official(fields), _official(fields, "successor"), door().storage.vault
    reason = one_line(fields.get("reason"))[:MOST_OF_A_REASON]

    def change(session: Session, who: Actor) -> None:
        recipients.succeed(session, vault, who, slug, official, successor, reason, clock.now())

    return Doing(change, lambda session: held.of_action(session, slug))


def _official(fields: Mapping[str, str], name: str = "official") -> int:
    written = fields.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() else 0


def _role(fields: Mapping[str, str]) -> RecipientRole:
    try:
        return RecipientRole(fields.get("role", ""))
    except ValueError as error:
        raise Refused("Choose “Ask to act” or “Give a copy”.") from error
