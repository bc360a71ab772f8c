"""The Delivery tab: freezing and printing with progress, the volumes, and each dossier's way to its official."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Redirect

from campaign import clock
from campaign.delivery import builds, dispatch, freezing, receipts, volumes
from campaign.delivery.dispatch import End, Plan, Reply
from campaign.errors import Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About
from campaign.office.permissions import Permission
from campaign.publication.reading import described
from campaign.storage.tables import Delivery, Dossier
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, RecipientRole, ReplyShown
from campaign.web import downloads
from campaign.web.door import door
from campaign.web.organise.access import actor, needs
from campaign.web.organise.hub import action_named, action_page
from campaign.web.rendering import page

blueprint = Blueprint("dossiers", __name__)

CHANNELS = {
    DeliveryChannel.POST: "by post",
    DeliveryChannel.IN_PERSON: "in person",
    DeliveryChannel.FAX: "by fax",
    DeliveryChannel.EMAIL: "by e-mail",
}
SHOWN = {
    ReplyShown.NOTHING: "nothing",
    ReplyShown.THAT_THERE_IS_ONE: "that there is one",
    ReplyShown.TEXT: "what it says",
    ReplyShown.TEXT_AND_SCAN: "what it says, and the scan",
}


@blueprint.get("/actions/<slug>/delivery")
@needs(Permission.READ)
def index(slug: str) -> str:
    """All dossiers of an action with how far their printing is, and their deliveries."""
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
            "organise/action/delivery.html",
            action,
            "dossiers.index",
            dossiers=told,
            asked=asked,
            channels=CHANNELS,
            today=clock.local_day(clock.now(), action.case.time_zone),
        )


@blueprint.post("/actions/<slug>/delivery")
@needs(Permission.DELIVER)
def freeze(slug: str) -> Redirect:
    """Freeze now; the worker prints it."""
    now = clock.now()
    with door().storage.writing(snapshot=True) as session:
        locale = request.form.get("language") or action_named(session, slug).original_locale
        action = described(session, slug, locale)
        code = freezing.freeze(session, action, request.form.get("official", type=int), now)
        about = About("dossier", None, action_id=action.id)
        audit.record(session, door().storage.vault, actor(), "dossier frozen", about, now, after={"code": code})
    flash(f"Frozen as {code}. Its volumes are being printed; this page shows how far they are.")
    return redirect(url_for("dossiers.index", slug=slug))


@blueprint.get("/dossiers/<code>/progress")
@needs(Permission.READ)
def progress(code: str) -> Response:
    """How far the printing is, for the script of the page."""
    with door().storage.reading() as session:
        now = builds.progress(session, code)
    return jsonify(status=now.status, phase=now.phase, done=now.done, total=now.total, pace=now.pace, left=now.left)


@blueprint.post("/dossiers/<code>/cancel")
@needs(Permission.DELIVER)
def cancel(code: str) -> Redirect:
    """Stop the printing; what is frozen stays."""
    with door().storage.writing() as session:
        builds.cancel(session, code, clock.now())
        slug = _record(session, code, "printing cancelled")
    flash("The printing is stopped. What was frozen stays, and can be printed later.")
    return redirect(url_for("dossiers.index", slug=slug))


@blueprint.post("/dossiers/<code>/again")
@needs(Permission.DELIVER)
def again(code: str) -> Redirect:
    """Print after all."""
    with door().storage.writing() as session:
        builds.again(session, code, clock.now())
        slug = _record(session, code, "printing asked for again")
    return redirect(url_for("dossiers.index", slug=slug))


@blueprint.get("/dossiers/<code>/volumes/<int:number>.pdf")
@needs(Permission.SIGNATURES)
def volume(code: str, number: int) -> Response:
    """A printed volume: it holds names."""
    with door().storage.reading() as session:
        found = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
        pdf = volumes.read(session, door().storage.files, code, number)
        of = len(found.volumes) if found else 1
    return downloads.download(pdf, "application/pdf", volumes.download_name(code, number, of))


@blueprint.get("/dossiers/<code>/archive.zip")
@needs(Permission.SIGNATURES)
def archive(code: str) -> Response:
    """All volumes with their hashes."""
    return downloads.download(volumes.archive(door().storage.files, code), "application/zip", f"dossier-{code}.zip")


@blueprint.post("/dossiers/<code>/deliveries")
@needs(Permission.DELIVER)
def plan(code: str) -> Redirect:
    """Plan how a dossier gets to its official."""
    wanted = Plan(
        _one_of(DeliveryChannel, "channel"),
        request.form.get("who", ""),
        request.form.get("place", ""),
        _day("on", "Say on which day it is to leave."),
    )
    with door().storage.writing() as session:
        made = dispatch.plan(session, door().storage.vault, actor(), code, wanted, clock.now())
    flash("Planned.")
    return redirect(url_for("dossiers.delivery", delivery_id=made))


@blueprint.get("/deliveries/<int:delivery_id>")
@needs(Permission.READ)
def delivery(delivery_id: int) -> str:
    """One delivery: where it is, and the form for what comes next."""
    with door().storage.reading() as session:
        found = dispatch.found(session, delivery_id)
        dossier = found.dossier
        return page(
            "organise/delivery.html",
            delivery=found,
            dossier=dossier,
            slug=dossier.action.slug,
            official=json.loads(dossier.appeal)["official"],
            volumes=dossier.volumes,
            size=sum(it.bytes for it in dossier.volumes),
            largest_mail=dispatch.LARGEST_MAIL,
            channels=CHANNELS,
            shown=SHOWN,
            today=clock.local_day(clock.now(), dossier.action.case.time_zone),
        )


@blueprint.post("/deliveries/<int:delivery_id>/dispatch")
@needs(Permission.DELIVER)
def leave(delivery_id: int) -> Redirect:
    """It left the office."""
    on, tracking = _day("on", "Say on which day it left."), request.form.get("tracking", "")
    with door().storage.writing() as session:
        dispatch.dispatch(session, door().storage.vault, actor(), delivery_id, on, tracking, clock.now())
    return _back(delivery_id, "Recorded. The page of the action shows it within seconds.")


@blueprint.post("/deliveries/<int:delivery_id>/end")
@needs(Permission.DELIVER)
def end(delivery_id: int) -> Redirect:
    """It arrived, or came back, or was refused."""
    how = End(
        _one_of(DeliveryStatus, "status"),
        _day("on", "Say on which day that was."),
        request.form.get("reason", ""),
        request.form.get("next_step", ""),
        _scan("receipts"),
    )
    with door().storage.writing() as session:
        dispatch.end(session, door().storage.vault, actor(), delivery_id, how, clock.now())
    return _back(delivery_id, "Recorded.")


@blueprint.post("/deliveries/<int:delivery_id>/reply")
@needs(Permission.DELIVER)
def reply(delivery_id: int) -> Redirect:
    """What the official answered, and what of it is public."""
    given = Reply(
        _day("on", "Say on which day the reply came."),
        request.form.get("text", ""),
        _one_of(ReplyShown, "shown"),
        _scan("replies"),
    )
    with door().storage.writing() as session:
        dispatch.replied(session, door().storage.vault, actor(), delivery_id, given, clock.now())
    return _back(delivery_id, "The reply is recorded.")


@blueprint.post("/deliveries/<int:delivery_id>/answered")
@needs(Permission.DELIVER)
def answered(delivery_id: int) -> Redirect:
    """The reply was answered, or needs no answer."""
    now = clock.now()
    with door().storage.writing() as session:
        dispatch.answered(session, door().storage.vault, actor(), delivery_id, now.date(), now)
    return _back(delivery_id, "Noted.")


@blueprint.post("/deliveries/<int:delivery_id>/link")
@needs(Permission.DELIVER)
def link(delivery_id: int) -> str:
    """Make a link to the volumes. It is shown this once: only its keyed hash is kept."""
    with door().storage.writing() as session:
        token = dispatch.link(session, door().storage.vault, actor(), delivery_id, clock.now())
        found = dispatch.found(session, delivery_id)
        return page(
            "organise/delivery_link.html",
            delivery=found,
            there=f"{door().settings.base_url}/handed/{token}",
            until=found.link_until,
        )


@blueprint.get("/deliveries/<int:delivery_id>/scans/<which>")
@needs(Permission.READ)
def scan(delivery_id: int, which: str) -> Response:
    """A scan that was handed in: of the "receipt" or of the "reply"."""
    with door().storage.reading() as session:
        found = dispatch.found(session, delivery_id)
    name = {"receipt": found.receipt, "reply": found.reply_scan}.get(which)
    if name is None:
        raise Unknown("No such scan was handed in.")
    return downloads.scan(door().storage.files.read(name), name, which)


def _row(dossier: Dossier, deliveries: list[Delivery]) -> dict[str, Any]:
    return {"dossier": dossier, "official": json.loads(dossier.appeal)["official"], "deliveries": deliveries}


def _record(session: Any, code: str, what: str) -> str:
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
    about = About("dossier", dossier.id, action_id=dossier.action_id)
    audit.record(session, door().storage.vault, actor(), what, about, clock.now(), after={"code": code})
    return str(dossier.action.slug)


def _back(delivery_id: int, said: str) -> Redirect:
    flash(said)
    return redirect(url_for("dossiers.delivery", delivery_id=delivery_id))


def _scan(folder: str) -> str | None:
    given = request.files.get("scan")
    if given is None or not given.filename:
        return None
    # Before any transaction: drawing it anew takes a while.
    return receipts.keep(door().storage.files, folder, receipts.redrawn(given.read(receipts.MOST_BYTES + 1)))


def _day(name: str, missing: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Refused(missing) from error


def _one_of(words: Any, name: str) -> Any:
    try:
        return words(request.form.get(name, ""))
    except ValueError as error:
        raise Refused("Choose one of the answers.") from error
