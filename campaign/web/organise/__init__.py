"""The organisers' side, all of it under `/organise`: sign-in, permissions, and one module for each kind of work."""

from __future__ import annotations

from flask import Flask

from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.organise import access, account, board, organisation, signing_in, team, trail, welcome

BLUEPRINTS = (
    board.blueprint,
    account.blueprint,
    organisation.blueprint,
    team.blueprint,
    trail.blueprint,
    welcome.blueprint,
)


def install(app: Flask, settings: Settings, storage: Storage) -> None:
    """Open the organisers' side."""
    signing_in.install(app, settings, storage)
    access.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=f"/organise{blueprint.url_prefix or ''}")
