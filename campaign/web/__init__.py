"""The web: pages for supporters, for organisers, and what machines ask."""

from __future__ import annotations

from flask import Flask

from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.web import demo, errors, guard, health, locales, rendering, verifying
from campaign.web.door import Door
from campaign.web.public import confirming, pages, prints, signing

MAX_FORM_BYTES = 64 * 1024


def build(settings: Settings) -> Flask:
    """The application: rooms, guard, and every blueprint. Nothing is read or written until a request comes."""
    app = Flask("campaign", static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # a year: the address of an asset carries a hash of what it holds
    )
    Door.open(app, settings, Storage(settings))
    locales.install(app)
    rendering.install(app)
    guard.install(app, settings)
    errors.install(app)
    for room in (pages, signing, confirming, prints, verifying, health):
        app.register_blueprint(room.blueprint)
    if settings.demo:
        app.register_blueprint(demo.blueprint)
    return app
