"""Signing on paper: the sheet that anyone may print, and where the code on a sheet leads."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from campaign import clock
from campaign.appeals.paper import sheet_numbers
from campaign.appeals.paper.blank_sheets import Sender, blank
from campaign.errors import Refused
from campaign.printing.sheets.signature_sheet import SignatureSheet, signature_sheet_pdf
from campaign.publication.posting_days import own_days
from campaign.publication.values import PublicAction
from campaign.vocabulary import Paper
from campaign.web.app_state import door
from campaign.web.compression import keep_ready
from campaign.web.public import pages
from campaign.web.public.prints import FRESH, screen_layout
from campaign.web.public.sharing import in_one_language
from campaign.web.rendering import office

blueprint = Blueprint("sheets", __name__)


@blueprint.get("/<locale:locale>/actions/<slug>/sheet.pdf")
def sheet(locale: str, slug: str) -> Response:
    """A signature sheet; `paper` (a4, letter) chooses, and `sides=2` adds rows on the back."""
    paper, back = paper_of(request.args.get("paper", "")), request.args.get("sides") == "2"

    def draw() -> tuple[bytes, str]:
        action = in_one_language(slug, locale)
        blank = blank_of(action, sheet_numbers.common(action.id))
        return door().prints.kept(slug, signature_sheet_pdf, blank, paper, back, before=screen_layout), ""

    made = door().cache.page(("sheet", locale, slug, paper, back), draw)
    keep_ready(made.fresh_until)
    response = make_response(made.body)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-sheet-{locale}.pdf"'
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return response


@blueprint.get("/sheets/<slug>/<number>")
def scanned(slug: str, number: str) -> AnyResponse:
    """Where the code on a sheet leads: to the action, in the reader's language. Nobody is told here that it came from
    a sheet, or who it is; organisers enter the number on a page of their own."""
    return pages.action_in_any_language(slug)


def blank_of(action: PublicAction, number: str) -> SignatureSheet:
    """A sheet of this organisation under a number. Raises `Gone` for an action that takes no signatures now."""
    ours, settings = office(action.locale), door().settings
    days = own_days(settings.posting_days, ours.posting_days)
    sender = Sender(ours.name, ours.postal_address, ours.contact_email, ours.retention_days, days)
    return blank(action, sender, settings.base_url, number, clock.now())


def paper_of(asked: str) -> Paper:
    """The paper that is asked for; A4 where none is."""
    try:
        return Paper(asked.lower() or Paper.A4)
    except ValueError as error:
        raise Refused("Choose the paper size a4 or letter.") from error
