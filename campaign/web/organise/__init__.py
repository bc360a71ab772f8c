"""The organisers' side, all of it under `/organise`: sign-in, permissions, and one module for each kind of work."""

from __future__ import annotations

from flask import Flask

from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.organise import (
    access,
    account,
    actions,
    board,
    calendar,
    cases,
    deliveries,
    dossiers,
    letters,
    life,
    model_letters,
    officials,
    organisation,
    paper,
    recipients,
    review,
    screening,
    signatures,
    signing_in,
    statistics,
    team,
    texts,
    trail,
    updates,
    welcome,
)

BLUEPRINTS = (
    board.blueprint,
    account.blueprint,
    actions.blueprint,
    calendar.blueprint,
    cases.blueprint,
    deliveries.blueprint,
    dossiers.blueprint,
    letters.blueprint,
    life.blueprint,
    model_letters.blueprint,
    officials.blueprint,
    organisation.blueprint,
    paper.blueprint,
    recipients.blueprint,
    review.blueprint,
    screening.blueprint,
    signatures.blueprint,
    statistics.blueprint,
    team.blueprint,
    texts.blueprint,
    trail.blueprint,
    updates.blueprint,
    welcome.blueprint,
)


def install(app: Flask, settings: Settings, storage: Storage) -> None:
    """Open the organisers' side."""
    signing_in.install(app, settings, storage)
    access.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=f"/organise{blueprint.url_prefix or ''}")
