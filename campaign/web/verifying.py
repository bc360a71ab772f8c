"""The page that a code in a dossier leads to: what was handed over, and how to check a file against it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from campaign.delivery.verifying import sealed
from campaign.web.door import door
from campaign.web.rendering import page

blueprint = Blueprint("verifying", __name__)


@blueprint.get("/verify/<code>")
def verify(code: str) -> Response:
    """What, when, how many, to whom, and the SHA-256 of the file. Needs no language in the path: paper has none."""
    with door().storage.reading() as session:
        dossier = sealed(session, code)
    response = make_response(page("public/verify.html", dossier=dossier))
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language"
    return response
