"""Sensitive cases: closing a case to all but named colleagues, naming them, and how an admin comes in who is not."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import sensitive_cases
from campaign.office.permissions import Permission
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.case.case_pages import case_read, named
from campaign.web.rendering import page, url

blueprint = Blueprint("sensitive", __name__)

Answer = Response | str | tuple[str, int]


@blueprint.get("/cases/<slug>/readers")
@needs(Permission.READ)
def show(slug: str, problem: str | None = None) -> str:
    """Who sees this case: everyone here, or those who are named."""
    with door().storage.reading() as session:
        case = case_read(session, slug)
        closed = sensitive_cases.read(session, case.id)
    return page(
        "organise/case/readers.html",
        case=case,
        title=named(case),
        closed=closed,
        me=me(),
        problem=problem,
        chosen=set(request.form.getlist("organiser")),
        reason=request.form.get("reason", ""),
        most=sensitive_cases.LONGEST_REASON,
    )


@blueprint.post("/cases/<slug>/readers")
@needs(Permission.EDIT)
def close(slug: str) -> Answer:
    """Close it to everyone else."""
    chosen = {int(it) for it in request.form.getlist("organiser") if _is_number(it)}
    try:
        with door().storage.writing() as session:
            sensitive_cases.close(session, door().storage.vault, actor(), slug, chosen, clock.now())
    except (Refused, Conflict) as error:
        return show(slug, sentence_of(error)), error.status
    flash(_("This case is sensitive now. Only those named below see it."))
    return _back(slug)


@blueprint.post("/cases/<slug>/readers/name")
@needs(Permission.EDIT)
def name(slug: str) -> Answer:
    """Name one more."""
    try:
        with door().storage.writing() as session:
            sensitive_cases.name(session, door().storage.vault, actor(), slug, _someone(), clock.now())
    except (Refused, Conflict) as error:
        return show(slug, sentence_of(error)), error.status
    flash(_("Saved."))
    return _back(slug)


@blueprint.post("/cases/<slug>/readers/strike")
@needs(Permission.EDIT)
def strike(slug: str) -> Answer:
    """Remove a name; also one's own."""
    who = _someone()
    try:
        with door().storage.writing() as session:
            sensitive_cases.strike(session, door().storage.vault, actor(), slug, who, clock.now())
    except (Refused, Conflict) as error:
        return show(slug, sentence_of(error)), error.status
    flash(_("Removed."))
    return redirect(url("cases.index")) if who == me().id else _back(slug)


@blueprint.post("/cases/<slug>/readers/reopen")
@needs(Permission.EDIT)
def reopen(slug: str) -> Answer:
    """Show it to every organiser again, for a reason."""
    try:
        with door().storage.writing() as session:
            sensitive_cases.reopen(session, door().storage.vault, actor(), slug, _reason(), clock.now())
    except (Refused, Conflict) as error:
        return show(slug, sentence_of(error)), error.status
    flash(_("Every organiser sees this case again."))
    return _back(slug)


@blueprint.get("/sensitive-cases")
@needs(Permission.SETTINGS)
def left(problem: str | None = None) -> str:
    """How an admin opens a sensitive case that they are not named for."""
    with door().storage.reading() as session:
        found = sensitive_cases.left(session)
    most = sensitive_cases.LONGEST_REASON
    return page("organise/case/let_in.html", left=found, problem=problem, typed=request.form, most=most)


@blueprint.post("/sensitive-cases")
@needs(Permission.SETTINGS)
def let_in() -> Answer:
    """Open it, for a reason that all who are named are told of."""
    number = request.form.get("number", "")
    which = int(number) if _is_number(number) else one_line(request.form.get("which"))
    try:
        with door().storage.writing() as session:
            slug = sensitive_cases.let_in(session, door().storage.vault, actor(), which, _reason(), clock.now())
    except (Refused, Unknown) as error:
        return left(sentence_of(error)), 422
    flash(_("You see this case now. Everyone who is named for it is told."))
    return _back(slug)


def _reason() -> str:
    return one_line(request.form.get("reason"))


def _someone() -> int:
    written = request.form.get("organiser", "")
    return int(written) if _is_number(written) else 0


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 10


def _back(slug: str) -> Response:
    return redirect(url("sensitive.show", slug=slug))
