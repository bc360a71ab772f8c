"""Notes of an action: written by anyone who sees it, removed by who wrote them. Only organisers see them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.errors import Refused
from campaign.office import notes, ownership
from campaign.office.permissions import Permission
from campaign.web.app_state import door
from campaign.web.forms import many_lines
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.rendering import url

blueprint = Blueprint("notes", __name__, url_prefix="/actions/<slug>/notes")

Answer = Response | tuple[str, int]


@blueprint.post("/")
@needs(Permission.READ)
def add(slug: str) -> Answer:
    """Keep a note; or show it again, with what is wrong."""
    text = many_lines(request.form.get("text"))
    chosen = {int(it) for it in request.form.getlist("organiser") if it.isascii() and it.isdecimal() and len(it) < 10}
    try:
        with door().storage.writing() as session:
            notes.add(session, door().storage.vault, actor(), slug, text, chosen, clock.now())
    except Refused as error:
        with door().storage.reading() as session:
            action = action_named(session, slug)
            people = ownership.read(session, action.id)
        return action_page(
            "organise/action/note.html",
            action,
            "actions.show",
            people=people,
            text=text,
            chosen=chosen,
            problem=sentence_of(error),
            longest_note=notes.LONGEST,
            me_id=me().id,
        ), error.status
    flash(_("Saved."))
    return redirect(url("actions.show", slug=slug) + "#notes-h")


@blueprint.post("/<int:note_id>/remove")
@needs(Permission.READ)
def remove(slug: str, note_id: int) -> Answer:
    """Delete one's own."""
    with door().storage.writing() as session:
        notes.remove(session, door().storage.vault, actor(), slug, note_id, clock.now())
    flash(_("Removed."))
    return redirect(url("actions.show", slug=slug) + "#notes-h")
