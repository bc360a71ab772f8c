"""Copies of a source: handed in, listed with what proves them, taken away, removed. Nothing of one is ever shown."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from campaign import clock
from campaign.cases.evidence import copies
from campaign.cases.evidence.copies import Taken
from campaign.cases.evidence.copy_files import MOST_BYTES
from campaign.errors import CampaignError, Unknown
from campaign.office.permissions import Permission
from campaign.storage.tables import Case, Source
from campaign.web import downloads
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, allowed, needs
from campaign.web.organise.case.case_pages import blueprint, case_read, named
from campaign.web.rendering import page
from campaign.web.security_headers import FILE_POLICY

Answer = Redirect | tuple[str, int]


@blueprint.get("/<slug>/sources/<int:source_id>/copies")
@needs(Permission.READ)
def copies_of(slug: str, source_id: int) -> str:
    """The copies of a source: what, from where, when, by whom, and whether each is as it was handed in."""
    return _page(slug, source_id)


@blueprint.post("/<slug>/sources/<int:source_id>/copies")
@needs(Permission.EDIT)
def add_copy(slug: str, source_id: int) -> Answer:
    """Keep a copy as it was handed in."""
    with door().storage.reading() as session:
        case, source = _found(session, slug, source_id)
    taken = Taken(one_line(request.form.get("url")) or None, _day(request.form.get("taken_on", "")))
    wrong: dict[str, str] = {**taken.faults(clock.local_day(clock.now(), case.time_zone))}
    given = request.files.get("file")
    if given is None or not given.filename:
        wrong["file"] = _("Choose the file.")
    elif wrong:
        wrong["file"] = _("Please choose the file again.")
    if wrong or given is None:
        return _page(slug, source_id, wrong), 422
    files = door().storage.files
    stored = None
    try:
        stored = copies.store(files, given.read(MOST_BYTES + 1), clock.now())
        with door().storage.writing() as session:
            copies.add(session, door().storage.vault, actor(), case.id, source.id, stored, taken, clock.now())
    except CampaignError as error:
        if stored is not None:
            with suppress(CampaignError):
                copies.forget(files, stored)
        return _page(slug, source_id, {"file": sentence_of(error)}), error.status
    return _back(slug, source_id, _("The copy is kept as you handed it in."))


@blueprint.get("/<slug>/sources/<int:source_id>/copies/<int:copy_id>/file")
@needs(Permission.READ)
def copy_file(slug: str, source_id: int, copy_id: int) -> Response:
    """The very bytes, to be saved: never opened here. Who took them is noted."""
    with door().storage.reading() as session:
        case, source = _found(session, slug, source_id)
        copy = copies.kept(session, case.id, source.id, copy_id)
    content = copies.read(door().storage.files, copy)
    with door().storage.writing() as session:
        copies.handed_out(session, door().storage.vault, actor(), copy, clock.now())
    name = f"source-{source_id}-copy-{copy_id}.{copy.kind}"
    # A page that somebody saved may hold any script: no browser is told that it is a page.
    answer = downloads.download(content, "application/octet-stream", name)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


@blueprint.post("/<slug>/sources/<int:source_id>/copies/<int:copy_id>/remove")
@needs(Permission.EDIT)
def remove_copy(slug: str, source_id: int, copy_id: int) -> Answer:
    """Keep it no more, with the reason."""
    with door().storage.reading() as session:
        case, source = _found(session, slug, source_id)
    try:
        with door().storage.writing() as session:
            why, vault = request.form.get("reason", ""), door().storage.vault
            gone = copies.remove(session, vault, actor(), case.id, source.id, copy_id, why, clock.now())
    except CampaignError as error:
        if isinstance(error, Unknown):
            raise
        return _page(slug, source_id, {f"reason-{copy_id}": sentence_of(error)}), error.status
    copies.forget(door().storage.files, gone)
    return _back(slug, source_id, _("Removed. Its hash and the reason stay."))


def _page(slug: str, source_id: int, wrong: dict[str, str] | None = None) -> str:
    with door().storage.reading() as session:
        case, source = _found(session, slug, source_id)
        kept, removed = copies.of_source(session, source.id)
    return page(
        "organise/case/copies.html",
        case=case,
        title=named(case),
        source=source,
        kept=[(it, copies.state(door().storage.files, it)) for it in kept],
        removed=removed,
        wrong=wrong or {},
        typed=request.form,
        today=clock.local_day(clock.now(), case.time_zone),
        most=copies.MOST,
        editing=allowed(Permission.EDIT),
    )


def _found(session: Session, slug: str, source_id: int) -> tuple[Case, Source]:
    case = case_read(session, slug)
    source = next((it for it in case.sources if it.id == source_id), None)
    if source is None:
        raise Unknown("This is no longer part of the case.")
    return case, source


def _back(slug: str, source_id: int, said: str) -> Redirect:
    flash(said)
    return redirect(url_for("cases.copies_of", slug=slug, source_id=source_id))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
