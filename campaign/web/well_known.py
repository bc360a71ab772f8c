"""How to report a fault: `/.well-known/security.txt`, RFC 9116."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response

from campaign import clock
from campaign.language import LANGUAGES, ORIGINAL
from campaign.web.app_state import door
from campaign.web.rendering import office

blueprint = Blueprint("well_known", __name__)

# Long enough that nobody finds it run out; the day is made anew with each answer.
GOOD_FOR = timedelta(days=180)


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    """Whom to write to, in which languages, and where this file belongs."""
    until = (clock.now() + GOOD_FOR).date()
    lines = (
        f"Contact: mailto:{office(ORIGINAL).contact_email}",
        f"Expires: {until}T00:00:00Z",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {door().settings.base_url}/.well-known/security.txt",
    )
    response = make_response("".join(f"{line}\n" for line in lines))
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
