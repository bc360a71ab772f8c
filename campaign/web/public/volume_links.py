"""What is handed over on the web: the volumes behind a link that ends, and replies that may be shown."""

from __future__ import annotations

from flask import Blueprint, Response

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.delivery import deliveries, volumes
from campaign.delivery.public_view import public_scan
from campaign.web.app_state import door
from campaign.web.downloads import download, scan
from campaign.web.security_headers import visitor

blueprint = Blueprint("handing", __name__)


@blueprint.get("/handed/<token>")
def handed(token: str) -> Response:
    """The volumes of a dossier, to whoever holds the link: one PDF, or a zip of several."""
    here, now = door(), clock.now()
    with here.storage.writing() as session:
        rate_limits.count(session, here.storage.vault, rate_limits.PRINTING, visitor(), now)
    with here.storage.reading() as session:
        dossier = deliveries.linked(session, here.storage.vault, token, now)
        if len(dossier.volumes) == 1:
            name, kind = volumes.download_name(dossier.code, 1, 1), "application/pdf"
            content = volumes.stream(session, here.storage.files, dossier.code, 1)
        else:
            name, kind = f"dossier-{dossier.code}.zip", "application/zip"
            content = volumes.archive(session, here.storage.files, dossier.code)
    return download(content, kind, name)


@blueprint.get("/replies/<int:delivery_id>")
def reply(delivery_id: int) -> Response:
    """The scan of an official's reply, if the office shows it."""
    with door().storage.reading() as session:
        name = public_scan(session, delivery_id)
    return scan(door().storage.files.read(name), name, "reply")
