"""One's own account: password, second factor, and what one is trusted with."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask import session as visit
from werkzeug.wrappers import Response

from campaign import clock
from campaign.office import kept_forms as stored
from campaign.office import mail_choices, organisers
from campaign.office.permissions import Permission, told_to_holder
from campaign.storage.tables import Organiser
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.organise.account import kept_forms
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.account.sessions import is_this_one
from campaign.web.rendering import page

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@needs(Permission.OWN)
def show() -> str:
    """What is known of the account. The link of a calendar that was made just now is shown this once."""
    with door().storage.reading() as session:
        organiser = session.get_one(Organiser, me().id)
        signed_in = organisers.sessions_of(session, me().id, clock.now())
    return page(
        "organise/account/account.html",
        me=me(),
        may=told_to_holder(me().role),
        reminded=organiser,
        mail_choices=[
            (event, said, not mail_choices.unwanted(organiser, event))
            for event, said in mail_choices.choices(me().role)
        ],
        mail_always=mail_choices.always(me().role),
        sessions=[
            (row.token_hash.hex()[:32], row.created_at, row.expires_at, is_this_one(row.token_hash))
            for row in signed_in
        ],
        calendar=visit.pop("calendar", None),
    )


@blueprint.get("/account/kept/<reference>")
@needs(Permission.OWN)
def kept_form(reference: str) -> str:
    """What was typed when a sign-in ended, to be sent now; for the account that it was typed in."""
    sent_as = kept_forms.reference_of(reference)
    with door().storage.reading() as session:
        sent = stored.read(session, door().storage.vault, me().id, sent_as, clock.now())
    # What a person wrote, as far as a form can tell: the rest is numbers and choices, and goes with it.
    words = [value for _name, value in sent.fields if " " in value.strip()]
    return page("organise/account/kept_form.html", sent=sent, words=words, reference=reference)


@blueprint.post("/account/kept/<reference>")
@needs(Permission.OWN)
def discard_kept(reference: str) -> Response:
    """Throw it away."""
    kept_forms.drop(reference)
    flash(_("Deleted. Nothing of it was saved."))
    return redirect(url_for("board.show"))


@blueprint.post("/account/sessions/end")
@needs(Permission.OWN)
def end_session() -> Response:
    """End one of one's own sign-ins."""
    storage = door().storage
    with storage.writing() as session:
        organisers.end_session(session, storage.vault, actor(), me().id, request.form.get("session", ""), clock.now())
    return redirect(url_for("account.show"))
