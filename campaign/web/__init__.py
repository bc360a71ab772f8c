"""The web: pages for supporters, for organisers, and what machines ask."""

from __future__ import annotations

from flask import Flask

from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.web import (
    assets,
    demo,
    errors,
    feeds,
    health,
    locales,
    organise,
    rendering,
    security_headers,
    verifying,
    well_known,
)
from campaign.web.app_state import Door
from campaign.web.organise.account.sessions import PATH
from campaign.web.public import (
    confirming,
    form_challenge,
    logo,
    mine,
    network,
    pages,
    picture,
    prints,
    send_letter,
    sharing,
    sheets,
    signing,
    volume_links,
    writing,
)

MAX_FORM_BYTES = 64 * 1024


def build(settings: Settings) -> Flask:
    """The application: rooms, guard, and every blueprint. Nothing is read or written until a request comes."""
    app = Flask("campaign", static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEYS=settings.secret_keys,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
    )
    storage = Storage(settings)
    Door.open(app, settings, storage)
    locales.install(app)
    assets.install(app)
    rendering.install(app)
    sharing.install(app)
    security_headers.install(app, settings)
    errors.install(app)
    rooms = (
        pages,
        signing,
        form_challenge,
        confirming,
        mine,
        network,
        prints,
        writing,
        send_letter,
        sharing,
        sheets,
        feeds,
        verifying,
        volume_links,
        logo,
        picture,
        health,
        well_known,
    )
    for room in rooms:
        app.register_blueprint(room.blueprint)
    with security_headers.only_under(app, PATH):
        organise.install(app, settings, storage)
    if settings.demo:
        app.register_blueprint(demo.blueprint)
    return app
