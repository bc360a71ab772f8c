"""Every error has a page in the reader's language, with the status to match, and tells nothing of the inside."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, g, make_response, request
from werkzeug.exceptions import HTTPException

from campaign.errors import CampaignError, TooMany
from campaign.logs import fault
from campaign.web.locales import _
from campaign.web.rendering import page

log = logging.getLogger("campaign.web")


def install(app: Flask) -> None:
    """Answer what was foreseen by its sentence, the rest by a plain one."""
    app.register_error_handler(CampaignError, foreseen)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, unforeseen)


def foreseen(error: CampaignError) -> Response:
    """An exception raised on purpose: its own sentence, translated."""
    if error.status >= 500:
        _log(fault(error))
    response = error_page(error.status, _(error.sentence, **error.values))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def refused(error: HTTPException) -> Response:
    """What Werkzeug refuses: no such page, wrong method, too large."""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    response = error_page(status, sentence_for(status))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def unforeseen(error: Exception) -> Response:
    """A fault of ours."""
    _log(fault(error))
    return error_page(500, sentence_for(500))


def request_id() -> str:
    """What ties an error page to its line in the log: random, and made when something goes wrong."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(5)
    return str(g.request_id)


def _log(what: str) -> None:
    """A fault with its route (the pattern, not the address: that may hold a token) and the request's id."""
    route = request.url_rule.rule if request.url_rule is not None else "-"
    extra = {"route": route, "method": request.method, "request_id": request_id()}
    log.error("%s (%s %s, request %s)", what, request.method, route, request_id(), extra=extra)


def error_page(status: int, sentence: str) -> Response:
    """The page of one error."""
    heading = heading_for(status)
    number = request_id() if status >= 500 else None
    try:
        body = page("errors/error.html", status=status, heading=heading, sentence=sentence, request_id=number)
    except Exception as trouble:
        # The database may be what failed: then the page cannot say who runs the place, but it can say this.
        _log(f"The error page could not be made: {fault(trouble)}")
        body = f"{heading}. {sentence}" + (f" ({number})" if number else "")
        response = make_response(body, status)
        response.mimetype = "text/plain"
        return response
    return make_response(body, status)


def heading_for(status: int) -> str:
    """What happened, in a few words."""
    return {
        400: _("We could not read this request"),
        404: _("This page does not exist"),
        405: _("This page cannot be used this way"),
        410: _("This is no longer available"),
        413: _("This is too large"),
        422: _("We could not use what you sent"),
        429: _("Please wait a little"),
        503: _("Please try again in a moment"),
    }.get(status, _("Something went wrong on our side"))


def sentence_for(status: int) -> str:
    """What to do about it."""
    return {
        400: _("Go back, reload the page, and try again."),
        404: _("The address may be mistyped, or the action is not public. See the list of open actions."),
        405: _("Go to the list of actions, open the page, and use its form."),
        413: _("What you sent is too large for this form. Shorten it and send it again."),
        429: _("Too many requests came from your network at once. Try again in a few minutes."),
    }.get(status, _("Please try again in a moment. Everything we told you was saved is safe."))
