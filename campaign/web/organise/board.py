"""The board: what is due, most urgent first."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from campaign.office.permissions import Permission
from campaign.storage.tables import Action
from campaign.web.door import door
from campaign.web.organise.access import needs
from campaign.web.rendering import page

blueprint = Blueprint("board", __name__)


@blueprint.get("/")
@needs(Permission.READ)
def show() -> str:
    """All actions."""
    with door().storage.reading() as session:
        actions = session.scalars(select(Action).order_by(Action.deadline)).all()
    return page("organise/board.html", actions=actions)
