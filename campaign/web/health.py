"""What a machine that watches this one asks."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from campaign import migrations
from campaign.web.app_state import door

blueprint = Blueprint("health", __name__)
log = logging.getLogger("campaign.web")


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The process can work: the database answers, and its schema is one that this code works with."""
    try:
        with door().storage.reading() as session:
            session.execute(text("SELECT 1"))
        ready = migrations.serves(door().storage.engine)
    except Exception as error:  # whatever a database may raise: not ready is the answer
        log.warning("Not ready: %s", type(error).__name__)
        ready = False
    return jsonify(status="ready" if ready else "not ready"), 200 if ready else 503
