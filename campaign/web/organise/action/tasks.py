"""Tasks of an action: written, changed, marked as done, removed. Only organisers see them, so nothing waits for two."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.office import ownership, tasks
from campaign.office.permissions import Permission
from campaign.office.tasks import Shown, Wanted
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.organise.action.form_input import Typed
from campaign.web.rendering import url

blueprint = Blueprint("tasks", __name__, url_prefix="/actions/<slug>/tasks")

Answer = Response | tuple[str, int]


@blueprint.get("/new")
@needs(Permission.EDIT)
def new(slug: str) -> str:
    """A form for a task."""
    return _form(slug)


@blueprint.post("/new")
@needs(Permission.EDIT)
def add(slug: str) -> Answer:
    """Keep a new task; or show the form again, with what is wrong."""
    typed, wanted = _typed()
    if typed.wrong:
        return _form(slug, typed=typed), 422
    with door().storage.writing() as session:
        tasks.add(session, door().storage.vault, actor(), slug, wanted, clock.now())
    flash(_("Saved."))
    return _back(slug)


@blueprint.get("/<int:task_id>")
@needs(Permission.EDIT)
def edit(slug: str, task_id: int) -> str:
    """A task in its form."""
    return _form(slug, task_id)


@blueprint.post("/<int:task_id>")
@needs(Permission.EDIT)
def change(slug: str, task_id: int) -> Answer:
    """Keep what was changed of a task."""
    typed, wanted = _typed()
    if typed.wrong:
        return _form(slug, task_id, typed), 422
    with door().storage.writing() as session:
        tasks.change(session, door().storage.vault, actor(), slug, task_id, wanted, clock.now())
    flash(_("Saved."))
    return _back(slug)


@blueprint.post("/<int:task_id>/done")
@needs(Permission.READ)
def done(slug: str, task_id: int) -> Answer:
    """Mark it as done, or take that back: for who may edit, and for who has it in any role."""
    is_done = request.form.get("done") == "yes"
    with door().storage.writing() as session:
        tasks.set_done(session, door().storage.vault, actor(), slug, task_id, is_done, clock.now())
    flash(_("Saved."))
    return _back(slug)


@blueprint.post("/<int:task_id>/remove")
@needs(Permission.EDIT)
def remove(slug: str, task_id: int) -> Answer:
    """Delete it."""
    with door().storage.writing() as session:
        tasks.remove(session, door().storage.vault, actor(), slug, task_id, clock.now())
    flash(_("Removed."))
    return _back(slug)


def _typed() -> tuple[Typed, Wanted]:
    typed = Typed("task")
    chosen = request.form.get("who", "")
    who = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else None
    wanted = Wanted(one_line(request.form.get("what")), typed.day("on", ""), who)
    typed.wrong = {**tasks.faults(wanted)}
    return typed, wanted


def _form(slug: str, task_id: int | None = None, typed: Typed | None = None) -> str:
    with door().storage.reading() as session:
        action = action_named(session, slug)
        task: Shown | None = None if task_id is None else tasks.one(session, slug, task_id, clock.now())
        people = ownership.read(session, action.id)
    return action_page(
        "organise/action/task.html", action, "actions.show", task=task, typed=typed, people=people, most=tasks.LONGEST
    )


def _back(slug: str) -> Response:
    return redirect(url("actions.show", slug=slug) + "#tasks-h")
