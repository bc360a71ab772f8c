"""Dangerous acts ask for the password once more: an open browser or a stolen cookie is not enough.

What was filled in is not lost: the page that asks carries it along.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, make_response, request, session
from flask_login import current_user

from campaign import clock
from campaign.errors import Refused
from campaign.web.organise.account import guesses
from campaign.web.rendering import page

# How long after a sign-in, or after the last time it was asked, nothing is asked.
FRESH = timedelta(minutes=10)

_KEPT = "confirmed_at"
_FIELD = "password_once_more"


def install(app: Flask) -> None:
    """Note when someone has given the password once more on the page for that."""

    @app.after_request
    def note(response: Response) -> Response:
        if request.endpoint == "security.verify" and request.method == "POST" and response.status_code == 302:
            confirm()
        return response


def confirm() -> None:
    """Note that whoever sits there has shown just now that they are who they are."""
    session[_KEPT] = clock.now().timestamp()


def asked_again() -> Response | None:
    """The page that asks for the password before what was sent is done; None if it was given, or is not needed.

    Raises `TooMany` for too many guesses, and `Refused` for files, which no page can carry along.
    """
    if clock.now().timestamp() - float(session.get(_KEPT, 0)) < FRESH.total_seconds():
        return None
    wrong = False
    if given := request.form.get(_FIELD):
        guesses.count(str(current_user.id))
        if current_user.verify_and_update_password(given):
            confirm()
            return None
        wrong = True
    if any(file.filename for file in request.files.values()):
        raise Refused(
            "Your sign-in is older than ten minutes. Give your password at /organise/once-more, then send again."
        )
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {_FIELD, "csrf_token", "drawn_for"}
    ]
    html = page(
        "organise/account/confirm_again.html", carried=carried, there=request.full_path.rstrip("?"), wrong=wrong
    )
    return make_response(html, 403)
