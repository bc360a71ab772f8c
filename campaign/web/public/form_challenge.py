"""The sum that a browser does before it signs, while the form is under attack."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from campaign import clock
from campaign.appeals.abuse import form_protection, rate_limits
from campaign.errors import Unknown
from campaign.vocabulary import Shield
from campaign.web.app_state import door
from campaign.web.security_headers import visitor

blueprint = Blueprint("shielding", __name__)


@blueprint.get("/actions/<slug>/proof.json")
def challenge(slug: str) -> Response:
    """A sum for one signature; never cached, since each is good for one. 404 where none is asked for."""
    now, here = clock.now(), door()
    with here.storage.reading() as session:
        level = form_protection.level_of(session, slug)
    if level is not Shield.PROOF_OF_WORK:
        raise Unknown("This form does not need a browser check.")
    if here.settings.screening:
        with here.storage.writing() as session:
            rate_limits.count(session, here.storage.vault, form_protection.ASKING, visitor(), now)
    answer = jsonify(form_protection.challenge(here.settings.secret_key, slug, now))
    answer.headers["Cache-Control"] = "no-store"
    return answer
