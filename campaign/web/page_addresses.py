"""Where a page stands that a link of a mail has opened: at an address of its own, which works for an hour.

A browser keeps the addresses of pages in its list of what was opened, and offers them while one types. Of an answer
that leads on it shows none. So the link leads on, with a script or without: what is left on a device opens nothing an
hour later, and no page, form or file stands at the link itself.
"""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from campaign import clock
from campaign.appeals.signing.links import Address
from campaign.errors import Gone, Why
from campaign.web.app_state import door
from campaign.web.security_headers import is_linked


def install(app: Flask) -> None:
    """Exchange the token of every link before its view sees it. What mail programs post by themselves (RFC 8058) goes
    to the link as before, and is answered there."""
    app.before_request(_exchange)


def own(token: str) -> str:
    """What leads from a page to another that is its reader's own: an address like its own, and not the lasting link."""
    return door().links.page(token, clock.now())


def _exchange() -> Response | None:
    values = request.view_args
    if values is None or "token" not in values or not is_linked(request.path):
        return None
    now, links = clock.now(), door().links
    address = links.address(values["token"], now)
    if address is Address.OVER:
        raise Gone("This page was open for more than an hour. Open the mail again and follow its link.", Why.LEFT_OPEN)
    # Each page has an hour of its own: whoever goes on from one to the next is not shut out on the way.
    values["token"] = links.page(values["token"], now)
    if address is Address.LINK and request.method in {"GET", "HEAD"}:
        asked = {name: request.args.getlist(name) for name in request.args}
        return redirect(url_for(str(request.endpoint), **{**asked, **values}), 303)
    return None
