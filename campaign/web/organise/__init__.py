"""The organisers' side, all of it under `/organise`: sign-in, permissions, and one module for each kind of work."""

from __future__ import annotations

from flask import Flask, Response, request

from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.app_state import door
from campaign.web.organise.account import account, authorisation, choose_password, kept_forms, signing_in
from campaign.web.organise.action import actions, lifecycle, model_letters, recipients, review, texts, updates
from campaign.web.organise.case import cases
from campaign.web.organise.delivery import deliveries, dossiers
from campaign.web.organise.office import audit_trail, board, calendar, team
from campaign.web.organise.office import settings as office_settings
from campaign.web.organise.official import officials
from campaign.web.organise.support import incoming, letters, messages, paper, screening, search, signatures, statistics

BLUEPRINTS = (
    board.blueprint,
    account.blueprint,
    actions.blueprint,
    calendar.blueprint,
    cases.blueprint,
    deliveries.blueprint,
    dossiers.blueprint,
    incoming.blueprint,
    letters.blueprint,
    lifecycle.blueprint,
    messages.blueprint,
    model_letters.blueprint,
    officials.blueprint,
    office_settings.blueprint,
    paper.blueprint,
    recipients.blueprint,
    review.blueprint,
    screening.blueprint,
    search.blueprint,
    signatures.blueprint,
    statistics.blueprint,
    team.blueprint,
    texts.blueprint,
    audit_trail.blueprint,
    updates.blueprint,
    choose_password.blueprint,
)


def install(app: Flask, settings: Settings, storage: Storage) -> None:
    """Open the organisers' side."""
    signing_in.install(app, settings, storage)
    authorisation.install(app)
    kept_forms.install(app, settings.secret_keys)
    app.after_request(show_what_was_changed)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=f"/organise{blueprint.url_prefix or ''}")


def show_what_was_changed(response: Response) -> Response:
    """A stop above all, but any change: from now on this process makes public pages anew."""
    saved = request.method not in {"GET", "HEAD"} and response.status_code < 400
    if saved and not request.path.endswith("/autosave"):
        door().forget_pages()
    return response
