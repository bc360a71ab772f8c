"""Who works here: inviting, roles, ending access."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from campaign import clock
from campaign.errors import CampaignError, Refused
from campaign.office import organisers
from campaign.office.organisers import Invitee
from campaign.office.permissions import Permission, told
from campaign.sentences import joined
from campaign.storage.tables import Organiser, Passkey
from campaign.vocabulary import Role
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.rendering import page

blueprint = Blueprint("team", __name__, url_prefix="/team")


@blueprint.get("/")
@needs(Permission.STAFF)
def show(problem: str | None = None, invitee: Invitee | None = None) -> str:
    """Everyone who has or had an account, and a form for one more."""
    with door().storage.reading() as session:
        everyone = session.scalars(select(Organiser).order_by(Organiser.active.desc(), Organiser.name)).all()
        with_passkey = set(session.scalars(select(Passkey.organiser_id)))
    return page(
        "organise/office/team.html", everyone=everyone, me=me(), roles=list(Role), problem=problem, invitee=invitee,
        told=lambda role: joined(told(role), by="; "), with_passkey=with_passkey,
    )  # fmt: skip


@blueprint.post("/")
@needs(Permission.STAFF)
def invite() -> Response | tuple[str, int]:
    """Invite someone; the link goes to their address alone."""
    who = Invitee(request.form.get("name", ""), request.form.get("email", ""), _role())
    try:
        with door().storage.writing() as session:
            organisers.invite(session, door().storage.vault, actor(), who, clock.now())
    except CampaignError as error:
        return show(sentence_of(error), who), error.status
    flash(_("Invitation sent. The link works for three days."))
    return redirect(url_for("team.show"))


@blueprint.post("/<int:organiser_id>/role")
@needs(Permission.STAFF)
def role(organiser_id: int) -> Response:
    """Trust someone with more or less."""
    with door().storage.writing() as session:
        organisers.change_role(session, door().storage.vault, actor(), organiser_id, _role(), clock.now())
    flash(_("Role changed. They have to sign in again."))
    return redirect(url_for("team.show"))


@blueprint.post("/<int:organiser_id>/access")
@needs(Permission.STAFF)
def access(organiser_id: int) -> Response:
    """End someone's access at once, or let them in again."""
    let_in = request.form.get("active") == "yes"
    with door().storage.writing() as session:
        organisers.set_active(session, door().storage.vault, actor(), organiser_id, let_in, clock.now())
    flash(_("Access restored.") if let_in else _("Access removed. They are signed out."))
    return redirect(url_for("team.show"))


@blueprint.post("/<int:organiser_id>/second-factor")
@needs(Permission.STAFF)
def second_factor(organiser_id: int) -> Response:
    """Forget a lost second factor."""
    with door().storage.writing() as session:
        organisers.forget_second_factor(session, door().storage.vault, actor(), organiser_id, clock.now())
    flash(_("Second factor reset. They set up a new one when they next sign in."))
    return redirect(url_for("team.show"))


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as error:
        raise Refused("Choose one of the roles.") from error
