"""One's own account: password, second factor, and what one is trusted with."""

from __future__ import annotations

from flask import Blueprint
from flask import session as visit

from campaign.office.permissions import Permission, told
from campaign.storage.tables import Organiser
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import me, needs
from campaign.web.rendering import page

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@needs(Permission.OWN)
def show() -> str:
    """What is known of the account. The link of a calendar that was made just now is shown this once."""
    with door().storage.reading() as session:
        organiser = session.get_one(Organiser, me().id)
    return page(
        "organise/account/account.html",
        me=me(),
        may=told(me().role),
        reminded=organiser,
        calendar=visit.pop("calendar", None),
    )
