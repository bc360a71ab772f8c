"""Every error has a page in the reader's language, with the status to match, and tells nothing of the inside."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence

from flask import Flask, Response, abort, g, make_response, request
from werkzeug.exceptions import HTTPException

from campaign.errors import CampaignError, Gone, Outdated, TooMany, Why
from campaign.logs import fault
from campaign.storage.outage import is_away
from campaign.web.body_limits import AWAY, REFUSED
from campaign.web.locales import _, sentence_of
from campaign.web.rendering import page

log = logging.getLogger("campaign.web")
# When a machine may ask again while the database is away.
RETRY_SECONDS = 10


def install(app: Flask) -> None:
    """Answer what was foreseen by its sentence, the rest by a plain one."""
    app.before_request(refused_at_the_door)
    app.register_error_handler(CampaignError, foreseen)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, unforeseen)


def refused_at_the_door() -> None:
    """What the front did not read: too large, too slow, too many fields. Nothing of it may be worked on; nor of what
    came while nobody could look up whose it is."""
    if AWAY in request.environ:
        raise request.environ[AWAY]
    status = request.environ.get(REFUSED)
    if status is not None:
        abort(status)


def foreseen(error: CampaignError) -> Response:
    """An exception raised on purpose: its own sentence, translated."""
    if error.status >= 500:
        _log(fault(error))
    left_open = isinstance(error, Gone) and error.why is Why.LEFT_OPEN
    words = _words() if left_open and request.method == "POST" else ()
    response = error_page(error.status, sentence_of(error), heading=heading_of(error), words=words)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    elif error.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def refused(error: HTTPException) -> Response:
    """What Werkzeug refuses: no such page, wrong method, too large."""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    original = getattr(error, "original_exception", None)
    if original is not None:  # raised before there was a view, such as where a session is looked up
        return unforeseen(original)
    status = error.code or 500
    response = error_page(status, sentence_for(status))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def unforeseen(error: Exception) -> Response:
    """A fault of ours; or the database is away, which time heals."""
    if is_away(error):
        return away(error)
    _log(fault(error))
    return error_page(500, sentence_for(500))


def away(error: Exception) -> Response:
    """The database does not answer. What was typed comes back, to be sent again: nothing of it was kept here."""
    _log(f"The database does not answer: {fault(error)}")
    sentence = _("We cannot save or look anything up at this moment. Nothing is lost that we had confirmed to you.")
    typed = _typed() if request.method == "POST" else []
    response = error_page(503, sentence, typed)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _typed() -> list[tuple[str, str, str | None]]:
    """(field, value, label) of the form that was sent; no label for what its sender did not type."""
    labels = {
        "name": _("Your name"),
        "email": _("E-mail"),
        "message": _("A message for the official"),
        "text": _("Your letter"),
        "place": _("Place"),
    }
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large, or broken off
        return []
    return [(name, value, labels.get(name)) for name, value in sent]


def _words() -> list[str]:
    """What somebody wrote at length, which their page takes no more."""
    fields = {"message", "text", "words"}
    try:
        return [value for name, value in request.form.items(multi=True) if name in fields and value.strip()]
    except HTTPException:
        return []


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


def error_page(
    status: int,
    sentence: str,
    typed: Sequence[tuple[str, str, str | None]] = (),
    heading: str = "",
    words: Sequence[str] = (),
) -> Response:
    """The page of one error; with what was `typed`, in a form that sends it again, or with `words` to be copied.
    `heading`: what happened, where the status alone does not say it."""
    heading = heading or heading_for(status)
    number = request_id() if status >= 500 else None
    try:
        body = page(
            "errors/error.html",
            status=status,
            heading=heading,
            sentence=sentence,
            request_id=number,
            typed=typed,
            words=words,
        )
    except Exception as trouble:
        # The database may be what failed: then the page cannot say who runs the place, but it can say this.
        _log(f"The error page could not be made: {fault(trouble)}")
        body = f"{heading}. {sentence}" + (f" ({number})" if number else "")
        response = make_response(body, status)
        response.mimetype = "text/plain"
        return response
    return make_response(body, status)


def heading_of(error: CampaignError) -> str:
    """What happened, by what was raised: a stop, a deadline and a dead link are one status and three things."""
    if isinstance(error, Outdated):
        return _("Please reload the page")
    if isinstance(error, Gone) and error.why is not Why.OVER:
        return {
            Why.STOPPED: _("This action was stopped"),
            Why.LATE: _("It is too late for this"),
            Why.LINK: _("This link no longer works"),
            Why.LEFT_OPEN: _("Please open the mail again"),
            Why.WITHDRAWN: _("This signature was withdrawn"),
        }[error.why]
    return heading_for(error.status)


def heading_for(status: int) -> str:
    """What happened, in a few words."""
    return {
        400: _("We could not read this request"),
        403: _("You may not do this"),
        404: _("This page does not exist"),
        405: _("This page cannot be used this way"),
        408: _("This took too long"),
        409: _("This has changed in the meantime"),
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
        408: _("What you sent did not come in whole. Go back and send it again, over a better connection if you can."),
        413: _("What you sent is too large for this form. Shorten it and send it again."),
        429: _("Too many requests came from your network at once. Try again in a few minutes."),
    }.get(status, _("Please try again in a moment. Everything we told you was saved is safe."))
