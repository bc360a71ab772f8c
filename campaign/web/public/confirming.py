"""The page behind a mailed link. Mail scanners follow links, so following it changes nothing: only a button does."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.signing import by_reference
from campaign.appeals.signing.by_reference import Given
from campaign.appeals.supporter import confirming, send_eligibility
from campaign.publication.reading import published
from campaign.vocabulary import SignatureStatus
from campaign.web.app_state import door
from campaign.web.public import view_models
from campaign.web.rendering import page
from campaign.web.security_headers import visitor

blueprint = Blueprint("confirming", __name__)


@blueprint.get("/<locale:locale>/confirm/<token>")
def ask(locale: str, token: str) -> Response:
    """Show what would be confirmed, and two buttons. HEAD and GET change nothing, however often."""
    here = door()
    with here.storage.reading() as session:
        signature = by_reference.given(session, here.storage.vault, here.links.read_confirmation(token))
        if signature.status is SignatureStatus.CONFIRMED:
            return _thanks(locale, signature, token)
        if signature.status is not SignatureStatus.PENDING:
            return _rejected(locale, signature)
        if signature.stopped:
            return _stopped(locale, signature, token)
        confirming.refuse_unless_confirmable(signature, clock.now())
        action = published(session, signature.slug, locale)
    body = page("public/confirm.html", action=action, name=signature.name, token=token, mine_token=_mine(token))
    return make_response(body)


@blueprint.post("/<locale:locale>/confirm/<token>")
def answer(locale: str, token: str) -> Response:
    """Press one of the buttons: "Yes" by default, or `answer=not_me`."""
    here, now = door(), clock.now()
    reference = here.links.read_confirmation(token)
    reject = request.form.get("answer") == "not_me"
    with here.storage.writing() as session:
        if here.settings.screening:
            rate_limits.count(session, here.storage.vault, rate_limits.CONFIRMING, visitor(), now)
        signature = by_reference.given(session, here.storage.vault, reference)
        if reject:
            signature = confirming.not_me(session, here.storage.vault, reference)
        elif not signature.stopped:
            signature = confirming.confirm(session, here.storage.vault, reference, now)
    if reject or signature.status in {SignatureStatus.REJECTED, SignatureStatus.WITHDRAWN}:
        return _rejected(locale, signature)
    return _thanks(locale, signature, token)


def _thanks(locale: str, signature: Given, token: str) -> Response:
    """What helps next: a letter that already carries their name; once writing would do harm, only that."""
    if signature.stopped:
        return _stopped(locale, signature, token)
    with door().storage.reading() as session:
        action = published(session, signature.slug, locale)
    body = page(
        "public/thanks.html",
        action=action,
        name=signature.name,
        country=signature.country,
        letter=view_models.letter_view(action, locale, None, None),
        token=token,
        mine_token=_mine(token),
        may_send=send_eligibility.possible(action, clock.now()),
    )
    return make_response(body)


def _stopped(locale: str, signature: Given, token: str) -> Response:
    """That it was stopped, and the button that takes back or erases: nothing else can be done with the link now."""
    pending = signature.status is SignatureStatus.PENDING
    with door().storage.reading() as session:
        action = published(session, signature.slug, locale)
    return make_response(
        page("public/stopped.html", action=action, token=token, pending=pending), 410 if pending else 200
    )


def _mine(token: str) -> str:
    """From the link in a mail on to "My signature" of the same person."""
    reference = door().links.read_confirmation(token)
    if reference is None:
        raise by_reference.no_longer_valid()
    return door().links.mine(reference)


def _rejected(locale: str, signature: Given) -> Response:
    with door().storage.reading() as session:
        action = published(session, signature.slug, locale)
    return make_response(
        page("public/rejected.html", action=action, withdrawn=signature.status is SignatureStatus.WITHDRAWN)
    )
