"""The page that a code in a dossier leads to: what was handed over, and whether a file is that."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response, request

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.abuse.rate_limits import Limit
from campaign.delivery import verifying
from campaign.delivery.verifying import Finding, sealed
from campaign.errors import Refused
from campaign.web import body_limits
from campaign.web.app_state import door
from campaign.web.rendering import page
from campaign.web.security_headers import visitor

blueprint = Blueprint("verifying", __name__)

# Reading a file for its code takes a second or so.
CHECKING = Limit("verify", hits=30, window=timedelta(minutes=10))


@blueprint.get("/verify/<code>")
def verify(code: str) -> Response:
    """What, when, how many, to whom, and the SHA-256 of each volume. Needs no language in the path: paper has none."""
    response = _page(code, None)
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@blueprint.post("/verify/<code>")
def check(code: str) -> Response:
    """Say what a file is, for those whose browser runs no script. The file is looked at and forgotten."""
    request.max_content_length = body_limits.VOLUMES.largest
    request.max_form_memory_size = 1024 * 1024  # what is looked at at once; the file itself is put on disk
    here = door()
    with here.storage.writing() as session:
        rate_limits.count(session, here.storage.vault, CHECKING, visitor(), clock.now())
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused("You did not choose a file. Go back and choose the PDF of a volume.")
    content = file.read()
    claimed = verifying.claims(content)
    with here.storage.reading() as session:
        finding = verifying.verify(session, content, claimed)
    return _page(code, finding)


def _page(code: str, finding: Finding | None) -> Response:
    with door().storage.reading() as session:
        dossier = sealed(session, code)
    response = make_response(page("public/verify.html", dossier=dossier, finding=finding))
    response.headers["Vary"] = "Accept-Language"
    return response
