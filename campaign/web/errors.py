"""Every error has a page in the reader's language, with the status to match, and tells nothing of the inside."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flask import Flask, Response, abort, make_response, request
from werkzeug.exceptions import HTTPException

from campaign.errors import CampaignError, TooMany
from campaign.storage.outage import is_away
from campaign.web.body_limits import AWAY, REFUSED
from campaign.web.locales import _
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
        log.error("%s", type(error).__name__)
    response = error_page(error.status, _(error.sentence, **error.values))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
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
    log.error("%s", told(error))
    return error_page(500, sentence_for(500))


def away(error: Exception) -> Response:
    """The database does not answer. What was typed comes back, to be sent again: nothing of it was kept here."""
    log.error("The database does not answer: %s", told(error))
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


def told(error: Exception) -> str:
    """What a log may know of a fault: its kind and its place, not what anyone wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} at {place}"


def error_page(status: int, sentence: str, typed: Sequence[tuple[str, str, str | None]] = ()) -> Response:
    """The page of one error; with what was `typed`, in a form that sends it again."""
    heading = heading_for(status)
    try:
        body = page("errors/error.html", status=status, heading=heading, sentence=sentence, typed=typed)
    except Exception as fault:
        # The database may be what failed: then the page cannot say who runs the place, but it can say this.
        log.error("The error page could not be made: %s", told(fault))
        body = f"{heading}. {sentence}"
        response = make_response(body, status)
        response.mimetype = "text/plain"
        return response
    return make_response(body, status)


def heading_for(status: int) -> str:
    """What happened, in a few words."""
    return {
        400: _("This request could not be read"),
        404: _("This page does not exist"),
        405: _("This address cannot be used that way"),
        408: _("This took too long"),
        410: _("This is over"),
        413: _("This is too large"),
        422: _("This could not be used"),
        429: _("Please wait a little"),
        503: _("Please come back in a moment"),
    }.get(status, _("Something went wrong on our side"))


def sentence_for(status: int) -> str:
    """What to do about it."""
    return {
        400: _("Go back, reload the page, and try again."),
        404: _(
            "The address may be mistyped, or the action is not public. The list of open actions shows what there is."
        ),
        405: _("Open the page from the list of actions and use its form."),
        408: _("What you sent did not come in whole. Go back and send it again, if you can over a better connection."),
        413: _("What you sent is larger than this form takes. Shorten it and send it again."),
        429: _("Too much came from your network at once. Try again in a few minutes."),
    }.get(status, _("Nothing you did is lost that we had confirmed to you. Please try again in a moment."))
