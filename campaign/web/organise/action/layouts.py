"""Layouts of bulletins that the office saved: what each says, another name for it, and away with it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.writing import reading_layouts
from campaign.errors import Conflict, Refused
from campaign.office.permissions import Permission
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action import readings
from campaign.web.rendering import page, url

blueprint = Blueprint("layouts", __name__, url_prefix="/layouts")

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@needs(Permission.EDIT)
def show(problem: str | None = None, of: int | None = None, typed: str = "") -> str:
    """Every layout with its labels; `problem` says what is wrong with the name that was `typed` for one of them."""
    with door().storage.reading() as session:
        layouts = reading_layouts.shown(session)
    return page(
        "organise/action/layouts.html",
        layouts=layouts,
        called=readings.called,
        problem=problem,
        of=of,
        typed=typed,
        most=reading_layouts.LONGEST_NAME,
    )


@blueprint.post("/<int:layout_id>")
@needs(Permission.EDIT)
def rename(layout_id: int) -> Answer:
    """Give a layout another name."""
    name = one_line(request.form.get("name"))
    try:
        with door().storage.writing() as session:
            reading_layouts.rename(session, door().storage.vault, actor(), layout_id, name, clock.now())
    except (Refused, Conflict) as problem:
        return show(sentence_of(problem), layout_id, name), problem.status
    flash(_("Saved."))
    return redirect(url("layouts.show"))


@blueprint.post("/<int:layout_id>/remove")
@needs(Permission.EDIT)
def remove(layout_id: int) -> Answer:
    """Remove a layout."""
    with door().storage.writing() as session:
        reading_layouts.remove(session, door().storage.vault, actor(), layout_id, clock.now())
    flash(_("Removed."))
    return redirect(url("layouts.show"))
