"""The Delivery tab: freezing and printing with progress, the volumes, and where each dossier is."""

from __future__ import annotations

import json
import math
import secrets
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Redirect

from campaign import clock, language
from campaign.appeals.paper import name_matches, sheets
from campaign.delivery import build_queue, freeze_requests, volumes, without_font
from campaign.delivery.build_queue import Progress
from campaign.delivery.freeze_requests import Stage
from campaign.delivery.without_font import Boxed
from campaign.office import audit
from campaign.office.audit import About
from campaign.office.permissions import Permission
from campaign.publication.reading import described
from campaign.sentences import Sentence
from campaign.storage.tables import Delivery, Dossier, DossierBuild
from campaign.vocabulary import BuildPhase, BuildStatus, DeliveryChannel, Paper, RecipientRole
from campaign.web import downloads, numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.organise.action.form_input import Typed
from campaign.web.organise.words import worded

blueprint = Blueprint("dossiers", __name__)

PAPERS = {Paper.A4.value: "A4", Paper.LETTER.value: Sentence("US Letter")}
_PRINTING = {
    BuildPhase.SETTING: Sentence("Setting names"),
    BuildPhase.BINDING: Sentence("Binding volumes"),
    BuildPhase.PACKING: Sentence("Packing"),
}


@blueprint.get("/actions/<slug>/delivery")
@needs(Permission.READ)
def index(slug: str, form: Typed | None = None, boxed: Boxed | None = None) -> str:
    """All dossiers of an action with how far their printing is, and their deliveries.

    `form` is a plan that could not be kept; it names the dossier it was made for. `boxed` is what a book that was asked
    for would print as boxes: its maker is told before anything is frozen.
    """
    with door().storage.reading() as session:
        action = action_named(session, slug)
        stored = session.scalars(
            select(Dossier)
            .where(Dossier.action_id == action.id)
            .options(selectinload(Dossier.volumes), selectinload(Dossier.build))
            .order_by(Dossier.frozen_at.desc(), Dossier.id.desc())
        ).all()
        deliveries = session.scalars(
            select(Delivery).where(Delivery.dossier_id.in_([it.id for it in stored])).order_by(Delivery.id)
        ).all()
        asked = [it for it in action.recipients if it.role is RecipientRole.TO]
        told = [_row(it, [way for way in deliveries if way.dossier_id == it.id]) for it in stored]
        return action_page(
            "organise/delivery/tab.html",
            action,
            "dossiers.index",
            dossiers=told,
            requests=freeze_requests.shown(session, action.id, clock.now()),
            press_once=secrets.token_urlsafe(16),
            asked=asked,
            on_paper=sheets.counted(session, action.id),
            undecided=name_matches.count_unresolved(session, action.id),
            channels=list(DeliveryChannel),
            how_far=_how_far,
            form=form,
            boxed=boxed,
            papers=PAPERS,
            wanted={name: request.form.get(name, "") for name in ("official", "language", "paper")},
            today=clock.local_day(clock.now(), action.case.time_zone),
        )


@blueprint.post("/actions/<slug>/delivery")
@needs(Permission.SEAL)
def freeze(slug: str) -> Redirect | str:
    """Ask for a dossier: the worker freezes it and prints it. Pressed twice, there is one.

    Names that no font here has are told of first.
    """
    now, official = clock.now(), request.form.get("official", type=numbers.whole)
    press = request.form.get("press", "")[:40] or secrets.token_urlsafe(16)
    paper = Paper.LETTER if request.form.get("paper") == Paper.LETTER else Paper.A4
    with door().storage.reading() as session:
        action_id = action_named(session, slug).id
    if not request.form.get("boxes") and (boxed := without_font.look(door().storage, action_id)):
        return index(slug, boxed=boxed)
    with door().storage.writing() as session:
        locale = request.form.get("language") or action_named(session, slug).original_locale
        new = freeze_requests.ask(session, actor(), described(session, slug, locale), official, press, now, paper)
    flash(
        _("The signature book is being made. This page shows the progress.")
        if new
        else _("This signature book was already requested. See below.")
    )
    return redirect(url_for("dossiers.index", slug=slug))


@blueprint.get("/dossiers/asked/<int:request_id>")
@needs(Permission.READ)
def asked(request_id: int) -> Response:
    """How far a dossier is that was asked for, for the script of the page."""
    with door().storage.reading() as session:
        now = freeze_requests.asked(session, request_id)
    over = now.stage in {Stage.MADE, Stage.REFUSED}
    status, phase = ("done", None) if over else ("waiting", now.stage)
    said = _("Collecting signatures") if phase is Stage.FREEZING else _("Waiting for its turn")
    return jsonify(status=status, phase=phase, done=0, total=0, pace=None, left=None, said=said)


@blueprint.get("/dossiers/<code>/progress")
@needs(Permission.READ)
def progress(code: str) -> Response:
    """How far the printing is, for the script of the page."""
    with door().storage.reading() as session:
        now = build_queue.progress(session, code)
    return jsonify(
        status=now.status,
        phase=now.phase,
        done=now.done,
        total=now.total,
        pace=now.pace,
        left=now.left,
        said=_how_far(now, left=now.left),
    )


@blueprint.post("/dossiers/<code>/cancel")
@needs(Permission.DELIVER)
def cancel(code: str) -> Redirect:
    """Stop the printing; what is frozen stays."""
    with door().storage.writing() as session:
        build_queue.cancel(session, code, clock.now())
        slug = _record(session, code, "printing cancelled")
    flash(_("Printing cancelled. You can print this signature book later."))
    return redirect(url_for("dossiers.index", slug=slug))


@blueprint.post("/dossiers/<code>/again")
@needs(Permission.DELIVER)
def again(code: str) -> Redirect:
    """Print after all."""
    with door().storage.writing() as session:
        build_queue.again(session, code, clock.now())
        slug = _record(session, code, "printing restarted")
    return redirect(url_for("dossiers.index", slug=slug))


@blueprint.get("/dossiers/<code>/volumes/<int:number>.pdf")
@needs(Permission.SIGNATURES)
def volume(code: str, number: int) -> Response:
    """A printed volume: it holds names."""
    with door().storage.reading() as session:
        found = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
        pdf = volumes.stream(session, door().storage.files, code, number)
        of = len(found.volumes) if found else 1
    return downloads.download(pdf, "application/pdf", volumes.download_name(code, number, of))


@blueprint.get("/dossiers/<code>/archive.zip")
@needs(Permission.SIGNATURES)
def archive(code: str) -> Response:
    """All volumes with their hashes."""
    with door().storage.reading() as session:
        packed = volumes.archive(session, door().storage.files, code)
    return downloads.download(packed, "application/zip", f"dossier-{code}.zip")


def _how_far(build: DossierBuild | Progress, left: float | None = None) -> str:
    """How far the printing of a dossier is, as one line."""
    if build.status is BuildStatus.WAITING:
        said = [_("Waiting to print")]
    else:
        said = [worded(_PRINTING[build.phase]) if build.phase else _("Printing")]
    if build.total:
        done, total = language.number(build.done, current()), language.number(build.total, current())
        said.append(_("%(n)s of %(of)s", n=done, of=total))
    if build.pace:
        said.append(_("%(n)s names per second", n=language.number(build.pace, current())))
    if left is not None:
        said.append(_("%(n)s min left", n=language.number(math.ceil(left / 60), current())))
    return " · ".join(said)


def _row(dossier: Dossier, deliveries: list[Delivery]) -> dict[str, Any]:
    return {"dossier": dossier, "official": json.loads(dossier.appeal)["official"], "deliveries": deliveries}


def _record(session: Any, code: str, what: str) -> str:
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
    about = About("dossier", dossier.id, action_id=dossier.action_id)
    audit.record(session, door().storage.vault, actor(), what, about, clock.now(), after={"code": code})
    return str(dossier.action.slug)
