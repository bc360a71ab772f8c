"""One's own account: password, second factor, and what one is trusted with."""

from __future__ import annotations

from flask import Blueprint

from campaign.office.permissions import Permission, told
from campaign.web.organise.access import me, needs
from campaign.web.rendering import page

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@needs(Permission.OWN)
def show() -> str:
    """What is known of the account."""
    return page("organise/account/account.html", me=me(), may=told(me().role))
