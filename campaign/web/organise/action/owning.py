"""Whose an action is: its owner, and who watches it. Only organisers see either, so nothing waits for two."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.errors import Refused
from campaign.office import ownership
from campaign.office.permissions import Permission
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.rendering import url

blueprint = Blueprint("owning", __name__, url_prefix="/actions/<slug>")


@blueprint.post("/owner")
@needs(Permission.EDIT)
def change_owner(slug: str) -> Response:
    """Give it to somebody, or to nobody."""
    with door().storage.writing() as session:
        owner, was = _number("owner"), _number("was")
        ownership.set_owner(session, door().storage.vault, actor(), slug, owner, was, clock.now())
    flash(_("Saved."))
    return _back(slug)


@blueprint.post("/watch")
@needs(Permission.READ)
def watch(slug: str) -> Response:
    """Watch it oneself, or no more: for every role."""
    watching = request.form.get("watch") == "yes"
    with door().storage.writing() as session:
        change = ownership.watch if watching else ownership.unwatch
        change(session, door().storage.vault, actor(), slug, me().id, clock.now())
    flash(_("Saved."))
    return _back(slug)


@blueprint.post("/watchers")
@needs(Permission.EDIT)
def change_watchers(slug: str) -> Response:
    """Have somebody else watch it, or no more."""
    who = _number("organiser")
    if who is None:
        raise Refused("Choose someone who works here.")
    with door().storage.writing() as session:
        change = ownership.unwatch if request.form.get("do") == "remove" else ownership.watch
        change(session, door().storage.vault, actor(), slug, who, clock.now())
    flash(_("Saved."))
    return _back(slug)


def _number(name: str) -> int | None:
    written = request.form.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None


def _back(slug: str) -> Response:
    return redirect(url("actions.show", slug=slug) + "#owner-h")
