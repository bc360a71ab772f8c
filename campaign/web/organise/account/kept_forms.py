"""When a sign-in ends while someone writes: what they typed is kept for their account, and they come back to it."""

from __future__ import annotations

import logging
from typing import cast

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from campaign import clock
from campaign.errors import Unknown
from campaign.logs import fault
from campaign.office import kept_forms
from campaign.office.kept_forms import Sent
from campaign.web.app_state import door
from campaign.web.organise.account.sessions import LIFE
from campaign.web.rendering import page

log = logging.getLogger("campaign.web")

# The field by which a form says for which account it was drawn, and that by which it says that it was kept.
DRAWN_FOR, KEPT = "drawn_for", "kept_form"
# What is never kept: what belongs to the page, and whatever may be a secret.
_OF_THE_PAGE = frozenset({"csrf_token", DRAWN_FOR, KEPT})


def install(app: Flask, secret_keys: tuple[str, ...]) -> None:
    """Let forms say for whom they were drawn, and forget what was kept once it is saved."""
    app.extensions["campaign/drawn-for"] = URLSafeTimedSerializer([*reversed(secret_keys)], salt="campaign/drawn-for")
    app.jinja_env.globals.update(drawn_for=drawn_for)

    @app.after_request
    def saved(response: Response) -> Response:
        if request.method == "POST" and response.status_code < 400:
            # The form is saved and the answer says so. Whatever stands against forgetting what was kept of it changes
            # nothing of that, and what was kept ends by itself.
            try:
                if KEPT in request.form:
                    drop(request.form[KEPT])
            except (Unknown, HTTPException):  # a name that nothing has, a body that cannot be read
                pass
            except DBAPIError as error:
                log.warning("A kept form stays until its time is over: %s", fault(error))
        return response


def drawn_for() -> str:
    """The account that a page is made for, signed; nothing before sign-in."""
    if not current_user.is_authenticated:
        return ""
    if "drawn_for" not in g:
        g.drawn_for = str(_marks().dumps(current_user.id))
    return str(g.drawn_for)


def kept() -> Answer | None:
    """The page that says that what was sent is kept; None where nothing can be, or none of ours was sent.

    For a form that cannot be taken: nobody is signed in, it was open for too long, or another account is here by now.
    """
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return None  # a script of the page, which says by itself that nothing was saved
    try:
        organiser_id = _marks().loads(request.form.get(DRAWN_FOR, ""), max_age=int(2 * LIFE.total_seconds()))
    except BadSignature:
        return None
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _OF_THE_PAGE and "password" not in name
    )
    sent = Sent(request.full_path.rstrip("?"), fields)
    with door().storage.writing() as session:
        reference = kept_forms.keep(session, door().storage.vault, organiser_id, sent, clock.now())
    if reference is None:
        return None
    there = url_for("account.kept_form", reference=reference.hex())
    if current_user.is_authenticated and current_user.id == organiser_id:
        return redirect(there, 303)
    files = any(it.filename for it in request.files.values())
    # Not a word of it: whoever sits here now may be someone else.
    html = page("organise/account/session_ended.html", there=there, files=files)
    return make_response(html, 403)


def drop(written: str) -> None:
    """Throw a form of one's own away, by what an address names it."""
    if current_user.is_authenticated:
        with door().storage.writing() as session:
            kept_forms.drop(session, current_user.id, reference_of(written))


def reference_of(written: str) -> bytes:
    """By what a form is found. Raises `Unknown` for what is none."""
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise Unknown("There is nothing kept for you at this address.") from None


def _marks() -> URLSafeTimedSerializer:
    return cast(URLSafeTimedSerializer, current_app.extensions["campaign/drawn-for"])
