"""Signing in one step by the link in a mail, and the page that undoes it. Following a link does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from flask import Blueprint, Response, make_response, redirect, request

from campaign import clock, language
from campaign.appeals.abuse import form_protection, rate_limits
from campaign.appeals.signing import by_reference, consent, signing
from campaign.appeals.signing.links import OneStep
from campaign.appeals.signing.wishes import Wish
from campaign.appeals.supporter import by_mail, confirming, my_data
from campaign.appeals.supporter.by_mail import Known
from campaign.errors import Gone, Refused
from campaign.publication import signed_texts
from campaign.publication.reading import published
from campaign.publication.risk import at_risk
from campaign.publication.values import PublicAction
from campaign.vocabulary import Disclosure, Shield, SignatureStatus
from campaign.web.app_state import door
from campaign.web.forms import ConfirmingForm
from campaign.web.locales import _
from campaign.web.page_addresses import own
from campaign.web.public import confirming as confirming_pages
from campaign.web.public import view_models
from campaign.web.rendering import page, url
from campaign.web.security_headers import visitor

blueprint = Blueprint("by_mail", __name__)


@blueprint.get("/<locale:locale>/sign/<token>")
def ask(locale: str, token: str) -> Response:
    """What would be signed, whose link it is, and one button. HEAD and GET change nothing, however often."""
    link, action, known = _read(locale, token)
    if link is None or known is None:
        return _ordinary(locale, action.slug)
    return make_response(_asked(locale, token, action, known))


@blueprint.post("/<locale:locale>/sign/<token>")
def sign(locale: str, token: str) -> Response:
    """Sign, and count at once: the link came by the mail to this address. Where that cannot be, the page of the action
    says why."""
    here, now = door(), clock.now()
    link, action, known = _read(locale, token)
    if link is None or known is None:
        return _ordinary(locale, action.slug)
    form, errors = _judged(action)
    if errors:
        return make_response(_asked(locale, token, action, known, form.values(), errors), 422)
    try:
        with here.storage.writing() as session:
            if here.settings.screening:
                rate_limits.count(session, here.storage.vault, rate_limits.SIGNING, visitor(), now)
            # Read again: they may have left in this moment.
            known = by_mail.known(session, here.storage.vault, link, now)
            wish = _wish(form, known, locale)
            network = rate_limits.network(visitor())
            signature, already = by_mail.sign(session, here.storage.vault, link, wish, now, network)
    except (Gone, form_protection.Unproven):
        return _ordinary(locale, action.slug)
    return confirming_pages.thanks(locale, signature, "", already=already)


@blueprint.get("/<locale:locale>/undo/<token>")
def ask_to_undo(locale: str, token: str) -> Response:
    """A button that undoes a signature."""
    here = door()
    reference = here.links.read_undoing(token, clock.now())
    with here.storage.reading() as session:
        signature = by_reference.given(session, here.storage.vault, reference)
        action = published(session, signature.slug, locale)
    if signature.stands in {SignatureStatus.REJECTED, SignatureStatus.WITHDRAWN}:
        return confirming_pages.rejected(locale, signature)
    mine_token = own(here.links.mine(signature.reference))
    return make_response(page("public/undo.html", action=action, token=token, mine_token=mine_token))


@blueprint.post("/<locale:locale>/undo/<token>")
def undo(locale: str, token: str) -> Response:
    """Undo it. Pressing twice is answered like pressing once."""
    here, now = door(), clock.now()
    with here.storage.writing() as session:
        if here.settings.screening:
            rate_limits.count(session, here.storage.vault, rate_limits.CONFIRMING, visitor(), now)
        signature = confirming.disown(session, here.storage.vault, here.links.read_undoing(token, now))
    return confirming_pages.rejected(locale, signature)


def _read(locale: str, token: str) -> tuple[OneStep | None, PublicAction, Known | None]:
    """The link, its action, and who comes by it; None once it signs no more. Raises `Gone` if it was made up."""
    here, now = door(), clock.now()
    link = here.links.read_one_step(token)
    with here.storage.reading() as session:
        action = published(session, by_mail.slug_of(session, link), locale)
        if link is None or action.shield is Shield.PAUSE or not action.takes_signatures(now):
            return link, action, None
        try:
            return link, action, by_mail.known(session, here.storage.vault, link, now)
        except Gone:
            return link, action, None


def _ordinary(locale: str, slug: str) -> Response:
    """The action's own page: it says what is so now, and has the form that is for everyone."""
    return make_response(redirect(url("action", locale=locale, slug=slug), 303))


def _judged(action: PublicAction) -> tuple[ConfirmingForm, dict[str, str]]:
    """The form that was sent and what is wrong with it, the question to people at risk included."""
    form = ConfirmingForm(request.form)
    if not form.disclosure.data and at_risk(form.country.data, action.at_risk_countries):
        form.disclosure.data = Disclosure.WITHHELD
    form.validate()
    errors = {field: sentences[0] for field, sentences in form.errors.items()}
    try:
        sure = form.sure.data == "yes"
        signing.ask_before_naming(action.at_risk_countries, form.country.data, form.disclosure.data, sure)
    except Refused as question:
        errors["disclosure"] = _(question.sentence)
        form.disclosure.data, form.sure.data = Disclosure.WITHHELD, "yes"
    return form, errors


def _wish(form: ConfirmingForm, known: Known, locale: str) -> Wish:
    return Wish(
        name=form.name.data,
        email=known.email,
        country=form.country.data,
        disclosure=Disclosure(form.disclosure.data),
        message=form.message.data or None,
        updates=bool(form.updates.data),
        locale=locale,
        sure=form.sure.data == "yes",
        text_version=door().links.text_version(request.form.get("text", "")),
    )


def _asked(
    locale: str,
    token: str,
    action: PublicAction,
    known: Known,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    with door().storage.reading() as session:
        told = consent.current(session, locale).text
        text = signed_texts.newest(session, action.id)
    filled = {
        "name": known.name,
        "country": known.country,
        "disclosure": str(known.disclosure or ""),
        "message": None,
        "updates": False,
        "sure": "",
    }
    shown = {
        **(values or filled),
        # Which version of the text is read and signed.
        "text": request.form.get("text") or door().links.form(action.slug, text.version if text else None),
    }
    return page(
        "public/by_mail.html",
        action=action,
        token=token,
        email=my_data.masked(known.email),
        guarded=known.guarded,
        # Of what stands in the page alone: that it was known before would tell where its owner lives.
        at_risk=at_risk(str(shown["country"] or ""), action.at_risk_countries),
        form=SimpleNamespace(values=shown, errors=errors or {}),
        countries=language.countries(locale),
        minister=view_models.minister_of(action),
        told=told,
    )
