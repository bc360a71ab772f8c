"""The page behind a mailed link. Mail scanners follow links, so following it changes nothing: only a button does."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from flask import Blueprint, Response, make_response, request

from campaign import clock, language
from campaign.appeals.abuse import rate_limits
from campaign.appeals.counting import tallies
from campaign.appeals.signing import by_reference, naming_risk, signing
from campaign.appeals.signing.by_reference import Given
from campaign.appeals.supporter import confirming, reasons, send_eligibility
from campaign.errors import Refused
from campaign.publication import signed_texts
from campaign.publication.reading import published
from campaign.publication.signed_texts import Signed
from campaign.publication.values import PublicAction
from campaign.vocabulary import Disclosure, SignatureStatus
from campaign.web.app_state import door
from campaign.web.forms import ConfirmingForm
from campaign.web.locales import _
from campaign.web.page_addresses import own
from campaign.web.public import sharing, view_models
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
            return thanks(locale, signature, token)
        if signature.status is not SignatureStatus.PENDING:
            return rejected(locale, signature)
        if signature.stopped:
            return _stopped(locale, signature, token)
        confirming.refuse_unless_confirmable(signature, clock.now())
        action = published(session, signature.slug, locale)
        text = signed_texts.one(session, signature.signed_text_id, signature.action_id, locale)
    return make_response(_asked(locale, action, signature, text, token))


@blueprint.post("/<locale:locale>/confirm/<token>")
def answer(locale: str, token: str) -> Response:
    """Press one of the buttons: "Yes" by default, or `answer=not_me`."""
    here, now = door(), clock.now()
    reference = here.links.read_confirmation(token)
    reject = request.form.get("answer") == "not_me"
    form = ConfirmingForm(request.form) if request.form.get("shown") and not reject else None
    if form is not None and (refused := _refused(locale, token, form)) is not None:
        return refused
    with here.storage.writing() as session:
        if here.settings.screening:
            rate_limits.count(session, here.storage.vault, rate_limits.CONFIRMING, visitor(), now)
        signature = by_reference.given(session, here.storage.vault, reference)
        if reject:
            left = confirming.not_me(session, here.storage.vault, reference)
        elif not signature.stopped:
            signature = confirming.confirm(session, here.storage.vault, reference, now, form and form.chosen(locale))
    if reject:
        return rejected(locale, left or signature, stands=left is None)
    if signature.status in {SignatureStatus.REJECTED, SignatureStatus.WITHDRAWN}:
        return rejected(locale, signature)
    return thanks(locale, signature, token)


def _refused(locale: str, token: str, form: ConfirmingForm) -> Response | None:
    """The page again with what cannot be, or with the question to people at risk; None if nothing stands against it."""
    here = door()
    good = form.validate()
    errors = {field: sentences[0] for field, sentences in form.errors.items()}
    with here.storage.reading() as session:
        signature = by_reference.given(session, here.storage.vault, here.links.read_confirmation(token))
        if signature.status is not SignatureStatus.PENDING or signature.stopped:
            return None
        action = published(session, signature.slug, locale)
        text = signed_texts.one(session, signature.signed_text_id, signature.action_id, locale)
    # Who was asked when they signed, and changed neither country nor choice, is not asked again.
    changed = (form.country.data, form.disclosure.data) != (signature.country, signature.disclosure)
    try:
        if good and changed:
            signing.ask_before_naming(
                action.at_risk_countries, form.country.data, form.disclosure.data, form.sure.data == "yes"
            )
    except Refused as question:
        errors["disclosure"] = _(question.sentence)
        form.disclosure.data, form.sure.data = Disclosure.WITHHELD, "yes"
    if not errors:
        return None
    return make_response(_asked(locale, action, signature, text, token, form.values(), errors), 422)


def _asked(
    locale: str,
    action: PublicAction,
    signature: Given,
    text: Signed | None,
    token: str,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The page that shows all that is confirmed, each part to be changed there, without a script."""
    wish = {
        "name": signature.name,
        "country": signature.country,
        "disclosure": str(signature.disclosure),
        "message": signature.message,
        "reason": signature.reason,
        "updates": signature.updates,
        "sure": "",
    }
    return page(
        "public/confirm.html",
        action=action,
        signature=signature,
        text=text,
        form=SimpleNamespace(values=values or wish, errors=errors or {}),
        countries=language.countries(locale),
        name=signature.name,
        reason_told=reasons.wording(locale),
        minister=view_models.minister_of(action),
        token=token,
        mine_token=own(door().links.mine(signature.reference)),
    )


def thanks(locale: str, signature: Given, token: str, *, already: bool = False) -> Response:
    """What helps next: a letter that already carries their name; once writing would do harm, only that.

    Who lives where being named is dangerous, or asked that no one sees their name, is led to nothing that names them.
    Without a token, from a link that proves an address and may have been passed on, nothing leads to what is stored.
    """
    if signature.stopped:
        return _stopped(locale, signature, token)
    with door().storage.reading() as session:
        action = published(session, signature.slug, locale)
        tally = tallies.counted(session, action.id, action.goal, clock.now())
        number = tallies.number_of(session, signature.id)
    count = max(tally.count, number or 0)
    safe = naming_risk.unnamed(signature.at_risk, signature.disclosure)
    today = clock.local_day(clock.now(), action.time_zone)
    body = page(
        "public/thanks.html",
        action=action,
        count=count,
        number=number,
        goal=view_models.goal_of(count, action.goal, action.takes_signatures(clock.now())),
        strip=action.strip(clock.now()),
        today=today,
        signature=signature,
        safe=safe,
        step=sharing.step_after_signing(action, safe),
        # Of a signature that stood before, the page tells no name to whoever pressed.
        name=None if already else signature.name,
        country=None if already else signature.country,
        minister=view_models.minister_of(action),
        letter=view_models.letter_view(action, locale, None, None),
        token=token,
        # Who comes by a mail's own link gets what opens this page; whoever presses another's button does not.
        mine_token=own(door().links.mine(signature.reference)) if token else "",
        may_send=bool(token) and send_eligibility.possible(action, clock.now()),
        already=already,
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


def rejected(locale: str, signature: Given, *, stands: bool = False) -> Response:
    """`stands`: only a later wish was deleted, and the signature that its owner confirmed before is as it was."""
    with door().storage.reading() as session:
        action = published(session, signature.slug, locale)
    return make_response(
        page(
            "public/rejected.html",
            action=action,
            withdrawn=signature.status is SignatureStatus.WITHDRAWN,
            stands=stands,
        )
    )
