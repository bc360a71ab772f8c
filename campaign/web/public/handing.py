"""What is handed over on the web: the volumes behind a link that ends, and replies that may be shown."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from campaign import clock
from campaign.appeals import throttles
from campaign.delivery import dispatch, volumes
from campaign.delivery.telling import public_scan
from campaign.web.door import door
from campaign.web.guard import visitor

blueprint = Blueprint("handing", __name__)

_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


@blueprint.get("/handed/<token>")
def handed(token: str) -> Response:
    """The volumes of a dossier, to whoever holds the link: one PDF, or a zip of several."""
    here, now = door(), clock.now()
    with here.storage.writing() as session:
        throttles.count(session, here.storage.vault, throttles.PRINTING, visitor(), now)
    with here.storage.reading() as session:
        dossier = dispatch.linked(session, here.storage.vault, token, now)
        if len(dossier.volumes) == 1:
            name, kind = volumes.download_name(dossier.code, 1, 1), "application/pdf"
            content = volumes.read(session, here.storage.files, dossier.code, 1)
        else:
            name, kind = f"dossier-{dossier.code}.zip", "application/zip"
            content = volumes.archive(here.storage.files, dossier.code)
    return _download(content, kind, name)


@blueprint.get("/replies/<int:delivery_id>")
def reply(delivery_id: int) -> Response:
    """The scan of an official's reply, if the office shows it."""
    with door().storage.reading() as session:
        name = public_scan(session, delivery_id)
    ending = name.rpartition(".")[2]
    return _download(door().storage.files.read(name), _TYPES[ending], f"reply.{ending}")


def _download(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.mimetype = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
