"""Signing: the one answer is "check your e-mail", whoever asks and whatever was there before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, make_response, request
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse import form_protection, rate_limits
from campaign.appeals.signing import domain_slips, signing, visits
from campaign.appeals.signing.links import FormToken
from campaign.appeals.signing.wishes import Wish
from campaign.errors import Gone, Refused
from campaign.publication.reading import published
from campaign.publication.risk import at_risk as is_at_risk
from campaign.publication.values import PublicAction
from campaign.storage.tables import Organisation
from campaign.vocabulary import ActionStatus, Disclosure, Shield
from campaign.web.app_state import door
from campaign.web.forms import SigningForm, wish_in
from campaign.web.locales import _
from campaign.web.public import view_models
from campaign.web.public.pages import action_page, refused_form
from campaign.web.public.via import FIELD
from campaign.web.rendering import page, use_office
from campaign.web.security_headers import visitor

blueprint = Blueprint("signing", __name__)
# Where what is its reader's own is put into an answer that is everyone's.
_BLANKS = {"email": Markup("<!--email-->"), "meant": Markup("<!--meant-->"), "typed": Markup("<!--typed-->")}
_BLANK = re.compile(rb"<!--(email|meant|typed)-->")


@blueprint.post("/<locale:locale>/actions/<slug>/sign")
def sign(locale: str, slug: str) -> Response:
    """Take a signature: screen, check the form, and store it with the message it owes, in one transaction."""
    now = clock.now()
    here = door()
    token = here.links.read_form(request.form.get("token", ""), slug, now)
    if token is FormToken.TOO_YOUNG and not here.settings.screening:
        token = FormToken.GOOD
    wish = wish_in(request.form, locale) if token is FormToken.GOOD else None
    try:
        if wish is None:
            form, errors = _judged(slug, token)
            if errors:
                return _refused(locale, slug, form, errors)
            wish = form.wish(locale)
        if here.settings.screening and request.form.get("website") and request.form.get("pressed") != "again":
            # A robot filled in what no person sees, or a browser did it for a person: one more press tells them apart.
            return _refused(locale, slug, _judged(slug, token)[0], {"token": _said_of_trap()}, trapped=True)
        shown = here.links.text_version(request.form.get("token", ""))
        wish = replace(wish, text_version=shown, via=visits.tag(request.form.get(FIELD)))
        _keep(slug, wish, now)
    except Gone:
        # Its page tells what happened instead, and what still helps.
        return make_response(action_page(locale, slug), 410)
    except form_protection.Unproven as kept_out:
        form, errors = _judged(slug, token)
        return _refused(locale, slug, form, {**errors, "proof": _(kept_out.sentence)})
    except Refused:  # the question to people at risk, which the page asks
        return _refused(locale, slug, *_judged(slug, token))
    return _check_your_email(locale, slug, wish)


def _keep(slug: str, wish: Wish, now: datetime) -> None:
    storage, settings = door().storage, door().settings
    proof, who = request.form.get("proof"), visitor()
    network = rate_limits.network(who)

    def taken(session: Session) -> None:
        if settings.screening:
            rate_limits.count(session, storage.vault, rate_limits.SIGNING, who, now)

        def let_through(level: Shield) -> None:
            form_protection.checked(session, storage.vault, settings.secret_key, level, slug, proof, now)

        signing.sign(session, storage.vault, slug, wish, now, network, let_through)

    storage.write_together(taken)


def _check_your_email(locale: str, slug: str, wish: Wish) -> Response:
    """Where the link went. It is made of what was typed and of nothing else: the same to every signing of one address,
    whoever signed before. All around it is the same for everyone, and rendered once."""

    def read() -> tuple[PublicAction, Organisation]:
        with door().storage.reading() as session:
            return published(session, slug, locale), session.scalars(select(Organisation)).one()

    kept = door().cache
    action, organisation = kept.value(("signed", locale, slug), read)
    meant = domain_slips.meant(wish.email)
    discreet = is_at_risk(wish.country, action.at_risk_countries)

    def render() -> tuple[bytes, str]:
        use_office(organisation)
        return page(
            "public/look_in_your_mailbox.html",
            action=action,
            slipped=meant is not None,
            discreet=discreet,
            sender=organisation.sender_email,
            kept=view_models.KEPT,
            **_BLANKS,
        ).encode(), ""

    around = kept.page(("mailbox", locale, slug, discreet, meant is not None), render).body
    own = {b"email": escape(wish.email), b"meant": escape(meant), b"typed": _typed(wish)}
    # In one pass: what somebody typed is escaped, so it holds no blank, and is not looked at again.
    response = make_response(_BLANK.sub(lambda blank: own[blank[1]].encode(), around))
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


def _typed(wish: Wish) -> str:
    """All that was typed but the address, as hidden fields: one press sends it again, to the address that is right."""
    values = {
        "token": request.form.get("token", ""),
        "name": wish.name,
        "country": wish.country,
        "disclosure": str(wish.disclosure),
        "message": wish.message,
        "updates": "yes" if wish.updates else "",
        "sure": request.form.get("sure", ""),
        "pressed": request.form.get("pressed", ""),
        FIELD: wish.via,
    }
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items() if value
    )


def _judged(slug: str, token: FormToken) -> tuple[SigningForm, dict[str, str]]:
    """The form that was sent, and what is wrong with it."""
    form = SigningForm(request.form)
    if not form.disclosure.data:
        form.disclosure.data = _chosen_for_people_at_risk(slug, form.country.data)
    form.validate()
    errors = {field: sentences[0] for field, sentences in form.errors.items()}
    if token is not FormToken.GOOD:
        errors["token"] = _said_of(token)
    return form, errors


def _refused(locale: str, slug: str, form: SigningForm, errors: dict[str, str], *, trapped: bool = False) -> Response:
    with door().storage.reading() as session:
        action = published(session, slug, locale)
    if action.status is ActionStatus.STOPPED or not action.takes_signatures(clock.now()):
        return make_response(action_page(locale, slug), 410)
    _ask_people_at_risk(action.at_risk_countries, form, errors)
    # The page was read long ago: who mends one field in a second is no robot. And who fell into the trap once is not
    # asked again: the form comes back without it.
    trapped = trapped or request.form.get("pressed") == "again"
    values = {
        **form.values(),
        "token": _aged_token(slug),
        "pressed": "again" if trapped else "",
        FIELD: visits.tag(request.form.get(FIELD)),
    }
    return make_response(refused_form(locale, slug, values, errors), 422)


def _aged_token(slug: str) -> str:
    """The token for a form that comes back: the one that it had while that is good, so that no time runs anew."""
    sent, links = request.form.get("token", ""), door().links
    if links.read_form(sent, slug, clock.now()) in (FormToken.GOOD, FormToken.TOO_YOUNG):
        return sent
    return links.form(slug, aged=True)


def _said_of_trap() -> str:
    return _("Your browser filled in a hidden field. Press the button once more. What you wrote is still here.")


def _chosen_for_people_at_risk(slug: str, country: str | None) -> str | None:
    """Nothing is chosen for anyone, with one exception: where being named may be dangerous, silence means "No one"."""
    with door().storage.reading() as session:
        at_risk = signing.at_risk_countries(session, slug)
    return Disclosure.WITHHELD if is_at_risk(country, at_risk) else None


def _ask_people_at_risk(at_risk: tuple[str, ...], form: SigningForm, errors: dict[str, str]) -> None:
    """Put the question to the form that goes back, beside what else is wrong with it; what is sent next is an answer.

    Without a script a page cannot know the country before the form is sent. So a name that could harm its owner comes
    back once, with "No one" chosen; whichever choice is sent then is taken.
    """
    try:
        signing.ask_before_naming(at_risk, form.country.data, form.disclosure.data, form.is_sure)
    except Refused as question:
        errors["disclosure"] = _(question.sentence)
        form.disclosure.data, form.sure.data = Disclosure.WITHHELD, "yes"


def _said_of(token: FormToken) -> str:
    if token is FormToken.TOO_YOUNG:
        return _("Please wait three seconds, then press the button again. What you wrote is still here.")
    if token is FormToken.TOO_OLD:
        return _("This page was open for more than a day. Check that it is still right, then press the button again.")
    return _("We could not check this form. Press the button again. What you wrote is still here.")
