"""The organisation's logo, at an address that changes with it, so that it may be kept for ever."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from campaign.errors import Unknown
from campaign.language import ORIGINAL
from campaign.office import logo
from campaign.web.app_state import door
from campaign.web.assets import FOR_EVER
from campaign.web.rendering import office

blueprint = Blueprint("logo", __name__)


@blueprint.get("/logo/<name>")
def picture(name: str) -> Response:
    """The logo that is shown now; none that was."""
    shown = office(ORIGINAL).logo
    if shown is None or shown.name != name:
        raise Unknown("This file was not found.")
    response = make_response(logo.read(door().storage.files, shown))
    response.mimetype = "image/png"
    response.headers["Cache-Control"] = FOR_EVER
    return response
