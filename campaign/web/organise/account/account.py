"""One's own account: password, second factor, and what one is trusted with."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask import session as visit
from werkzeug.wrappers import Response

from campaign import clock
from campaign.office import organisers
from campaign.office.permissions import Permission, told
from campaign.storage.tables import Organiser
from campaign.web.app_state import door
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
        may=told(me().role),
        reminded=organiser,
        sessions=[
            (row.token_hash.hex()[:32], row.created_at, row.expires_at, is_this_one(row.token_hash))
            for row in signed_in
        ],
        calendar=visit.pop("calendar", None),
    )


@blueprint.post("/account/sessions/end")
@needs(Permission.OWN)
def end_session() -> Response:
    """End one of one's own sign-ins."""
    storage = door().storage
    with storage.writing() as session:
        organisers.end_session(session, storage.vault, actor(), me().id, request.form.get("session", ""), clock.now())
    return redirect(url_for("account.show"))
