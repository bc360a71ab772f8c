"""Filters kept under a name: shown above the list they narrow down, saved and removed there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from campaign.errors import Refused
from campaign.office import saved_filters
from campaign.office.permissions import Permission
from campaign.office.saved_filters import Listing
from campaign.sentences import Sentence
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import me, needs
from campaign.web.rendering import url

blueprint = Blueprint("filters", __name__, url_prefix="/filters")

PAGES = {
    Listing.BOARD: "board.show",
    Listing.CASES: "cases.index",
    Listing.OFFICIALS: "officials.index",
    Listing.AUDIT: "trail.show",
}


@blueprint.post("/<listing>")
@needs(Permission.READ)
def save(listing: str) -> Response:
    """Keep what the list is narrowed down to, and come back to it."""
    page = _listing(listing)
    asked = saved_filters.narrowed(page, request.form)
    try:
        with door().storage.writing() as session:
            saved_filters.keep(session, me().id, page, one_line(request.form.get("name")), asked)
    except Refused as error:
        flash(sentence_of(error))
    else:
        flash(_("Saved."))
    return redirect(url(PAGES[page], **asked))


@blueprint.post("/<int:filter_id>/remove")
@needs(Permission.READ)
def remove(filter_id: int) -> Response:
    """Forget it."""
    with door().storage.writing() as session:
        page = saved_filters.remove(session, me().id, filter_id)
    flash(_("Removed."))
    return redirect(url(PAGES[page]))


def _listing(written: str) -> Listing:
    try:
        return Listing(written)
    except ValueError as error:
        raise Refused(Sentence("This list has no filters.")) from error
