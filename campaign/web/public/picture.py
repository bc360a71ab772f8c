"""The picture of a case, while the case shows it: not a minute longer, since a consent can be taken back."""

from __future__ import annotations

from flask import Blueprint, Response, make_response
from sqlalchemy import exists, select

from campaign.errors import Unknown
from campaign.publication.pictures import file_name, is_one
from campaign.publication.reading import PUBLIC
from campaign.storage.tables import Action, CasePicture
from campaign.vocabulary import ActionStatus
from campaign.web.app_state import door

blueprint = Blueprint("picture", __name__)

SECONDS = 60


@blueprint.get("/picture/<mark>-<int:width>.<kind>")
def file(mark: str, width: int, kind: str) -> Response:
    """One file of a picture that a public action shows."""
    if not is_one(mark, width, kind) or not _shown(mark):
        raise Unknown("This file was not found.")
    response = make_response(door().storage.files.read(file_name(mark, width, kind)))
    response.mimetype = f"image/{kind}"
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response


def _shown(mark: str) -> bool:
    shown = exists().where(
        CasePicture.mark == mark,
        Action.case_id == CasePicture.case_id,
        Action.status.in_(PUBLIC - {ActionStatus.STOPPED}),
        Action.stop_reason.is_(None),
    )
    with door().storage.reading() as session:
        return bool(session.scalar(select(shown)))
