"""The organisers' side, all of it under `/organise`: sign-in, permissions, and one module for each kind of work."""

from __future__ import annotations

from flask import Flask, Response, request

from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.app_state import door
from campaign.web.organise import two_people
from campaign.web.organise.account import account, authorisation, choose_password, kept_forms, signing_in
from campaign.web.organise.action import (
    actions,
    beginning,  # noqa: F401 - its views stand on the blueprint of actions
    layouts,
    lifecycle,
    model_letters,
    notes,
    owning,
    recipients,
    review,
    tasks,
    texts,
    translations,
    updates,
)
from campaign.web.organise.case import cases, sensitive
from campaign.web.organise.delivery import deliveries, dossiers
from campaign.web.organise.office import audit_trail, board, calendar, filters, report, several, team, webhooks
from campaign.web.organise.office import settings as office_settings
from campaign.web.organise.office import templates as office_templates
from campaign.web.organise.official import (
    alike,  # noqa: F401 - its views stand on the blueprint of officials
    officials,
)
from campaign.web.organise.support import (
    incoming,
    letters,
    messages,
    paper,
    plots,
    screening,
    search,
    signatures,
    statistics,
)

BLUEPRINTS = (
    board.blueprint,
    account.blueprint,
    actions.blueprint,
    calendar.blueprint,
    cases.blueprint,
    deliveries.blueprint,
    dossiers.blueprint,
    filters.blueprint,
    incoming.blueprint,
    layouts.blueprint,
    letters.blueprint,
    lifecycle.blueprint,
    messages.blueprint,
    model_letters.blueprint,
    officials.blueprint,
    notes.blueprint,
    office_settings.blueprint,
    owning.blueprint,
    paper.blueprint,
    plots.blueprint,
    recipients.blueprint,
    report.blueprint,
    review.blueprint,
    screening.blueprint,
    search.blueprint,
    sensitive.blueprint,
    several.blueprint,
    signatures.blueprint,
    statistics.blueprint,
    tasks.blueprint,
    team.blueprint,
    office_templates.blueprint,
    texts.blueprint,
    translations.blueprint,
    audit_trail.blueprint,
    updates.blueprint,
    webhooks.blueprint,
    choose_password.blueprint,
)


def install(app: Flask, settings: Settings, storage: Storage) -> None:
    """Open the organisers' side."""
    signing_in.install(app, settings, storage)
    authorisation.install(app)
    kept_forms.install(app, settings.secret_keys)
    two_people.install(app)
    app.after_request(show_what_was_changed)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=f"/organise{blueprint.url_prefix or ''}")


def show_what_was_changed(response: Response) -> Response:
    """A stop above all, but any change: from now on this process makes public pages anew."""
    saved = request.method not in {"GET", "HEAD"} and response.status_code < 400
    if saved and not request.path.endswith("/autosave"):
        door().forget_pages()
    return response
