"""The web: pages for supporters, for organisers, and what machines ask."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.storage.retrying import again
from campaign.web import (
    assets,
    bodies,
    demo,
    errors,
    feeds,
    health,
    locales,
    organise,
    page_addresses,
    rendering,
    security_headers,
    verifying,
    well_known,
)
from campaign.web.app_state import Door
from campaign.web.organise.account.sessions import PATH
from campaign.web.public import (
    answering,
    by_mail,
    calling,
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


class Application(Flask):
    """Flask, which does a request again if the database undid its transaction for the sake of another."""

    # What signs people in builds its own upon these.
    request_class = bodies.Request
    json_provider_class = bodies.Json
    storage: Storage

    def dispatch_request(self) -> Any:
        """The view's answer."""
        before, asked = self.storage.commits, 0

        def view() -> Any:
            nonlocal asked
            if asked:
                for upload in request.files.values():
                    upload.seek(0)
            asked += 1
            return super(Application, self).dispatch_request()

        # Not if something of it was committed: that must not be done twice.
        return again(view, lambda: self.storage.commits == before)


def build(settings: Settings) -> Flask:
    """The application: rooms, guard, and every blueprint. Nothing is read or written until a request comes."""
    app = Application("campaign", static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEYS=settings.secret_keys,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
    )
    storage = app.storage = Storage(settings)
    Door.open(app, settings, storage)
    locales.install(app)
    assets.install(app)
    rendering.install(app)
    sharing.install(app)
    security_headers.install(app, settings)
    errors.install(app)
    page_addresses.install(app)
    rooms = (
        pages,
        signing,
        form_challenge,
        confirming,
        by_mail,
        mine,
        network,
        prints,
        writing,
        send_letter,
        answering,
        calling,
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
    if settings.metrics_token:
        # Its library is loaded only where somebody asks for figures.
        from campaign.web import metrics  # noqa: PLC0415

        metrics.install(app, settings, storage)
    if settings.demo:
        app.register_blueprint(demo.blueprint)
    return app
