"""Webhooks: rooms elsewhere that are told when something needs somebody. Added, tried out and removed by admins."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from campaign import clock
from campaign.errors import CampaignError
from campaign.language import LANGUAGES, ORIGINAL
from campaign.office.permissions import Permission
from campaign.office.webhooks import registry, sending
from campaign.office.webhooks.registry import HEARD, Wanted
from campaign.sentences import Sentence
from campaign.vocabulary import WebhookOutcome
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.rendering import page

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

OUTCOMES = {
    WebhookOutcome.DELIVERED: Sentence("delivered"),
    WebhookOutcome.NOT_SENT: Sentence("not sent, because this is a demonstration"),
    WebhookOutcome.REFUSED: Sentence("the service refused it"),
    WebhookOutcome.REDIRECTED: Sentence("not sent, because the address leads elsewhere"),
    WebhookOutcome.PRIVATE: Sentence("not sent, because the address leads into a private network"),
    WebhookOutcome.PLAIN: Sentence("not sent, because the address sends without encryption"),
    WebhookOutcome.UNREACHABLE: Sentence("the service cannot be reached"),
    WebhookOutcome.SLOW: Sentence("the service did not answer in time"),
    WebhookOutcome.UNREADABLE: Sentence("the address cannot be read; remove it and add it again"),
    WebhookOutcome.MISSING: Sentence("not sent, because a library is not installed"),
}


@blueprint.get("/")
@needs(Permission.SETTINGS)
def show() -> str:
    """All webhooks, what became of their last message, and a form for one more."""
    return _page(Wanted("", "", tuple(HEARD), ORIGINAL), {})


@blueprint.post("/")
@needs(Permission.SETTINGS)
def add() -> Response | tuple[str, int]:
    """A new webhook; shown again with what is wrong, but for its address."""
    form, storage = request.form, door().storage
    chosen = tuple(event for event in HEARD if event in form.getlist("hears"))
    wanted = Wanted(form.get("name", "").strip(), form.get("address", "").strip(), chosen, form.get("locale", ""))
    wrong: dict[str, str] = {**registry.faults(wanted)}
    try:
        # A child process looks at it: no transaction waits for that.
        scheme = sending.scheme_of(wanted.address, door().settings.webhooks_to_loopback)
    except CampaignError as error:
        wrong["address"] = sentence_of(error)
    if wrong:
        return _page(wanted, wrong), 422
    try:
        with storage.writing() as session:
            registry.add(session, storage.vault, actor(), wanted, scheme, clock.now())
    except CampaignError as error:
        return _page(wanted, {"name": sentence_of(error)}), error.status
    flash(_("Webhook added. Send a test to see whether it works."))
    return redirect(url_for("webhooks.show"))


@blueprint.post("/<int:webhook_id>/test")
@needs(Permission.SETTINGS)
def try_out(webhook_id: int) -> Response:
    """Have the worker send a test."""
    with door().storage.writing() as session:
        registry.try_out(session, door().storage.vault, actor(), webhook_id, clock.now())
    flash(_("The test is sent within a minute. Reload this page to see what became of it."))
    return redirect(url_for("webhooks.show"))


@blueprint.post("/<int:webhook_id>/remove")
@needs(Permission.SETTINGS)
def remove(webhook_id: int) -> Response:
    """Remove it, with its address."""
    with door().storage.writing() as session:
        registry.remove(session, door().storage.vault, actor(), webhook_id, clock.now())
    flash(_("Webhook removed. Its address is deleted."))
    return redirect(url_for("webhooks.show"))


def _page(wanted: Wanted, wrong: Mapping[str, str]) -> str:
    with door().storage.reading() as session:
        found = registry.listed(session)
    return page(
        "organise/office/webhooks.html",
        found=found,
        heard=HEARD,
        outcomes=OUTCOMES,
        tongues=list(LANGUAGES.values()),
        wanted=wanted,
        wrong=wrong,
        installed=sending.installed(),
    )
