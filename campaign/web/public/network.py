"""Joining the network, one's own choices, and leaving: by links from mails, without an account. Looking changes
nothing: only a pressed button joins, changes or leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace

from flask import Blueprint, Response, make_response, request
from wtforms.validators import ValidationError

from campaign import clock, fence, language
from campaign.appeals import captured_mail
from campaign.appeals.abuse import rate_limits
from campaign.appeals.network import consent, membership
from campaign.appeals.network.choices import Choices, News, fits
from campaign.appeals.network.membership import Membership
from campaign.appeals.signing.links import ONE_STEP_GOOD, FormToken, Sender
from campaign.appeals.supporter import by_mail
from campaign.language import LANGUAGES
from campaign.publication.listing import open_actions
from campaign.publication.values import ListedAction
from campaign.vocabulary import MemberStatus, Rhythm, Theme
from campaign.web import forms
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.page_addresses import own
from campaign.web.public.pages import cached
from campaign.web.rendering import page, url
from campaign.web.security_headers import visitor

blueprint = Blueprint("network", __name__)
# What stands in the place of an action in the form's token. No action's address is like it.
_FORM = "/join"
# How many open actions someone's own page shows.
MOST_SHOWN = 10


@blueprint.get("/<locale:locale>/join")
def ask(locale: str) -> Response:
    """The form: the same for everyone."""
    return cached(("join", locale), lambda: _form(locale, {"token": door().links.form(_FORM), "rhythm": "each"}, {}))


@blueprint.post("/<locale:locale>/join")
def join(locale: str) -> Response:
    """Take the wish. The answer says where the link went, as the address was typed, and nothing of who was there."""
    here, now = door(), clock.now()
    token = here.links.read_form(request.form.get("token", ""), _FORM, now)
    if token is FormToken.TOO_YOUNG and not here.settings.screening:
        token = FormToken.GOOD
    choices, errors, email = _choices(locale), {}, ""
    try:
        email = forms.checked_address(fence.address(request.form.get("email")))
    except ValidationError as wrong:
        errors["email"] = str(wrong)
    if token is FormToken.TOO_YOUNG:
        errors["token"] = _("Please wait three seconds, then press the button again. What you wrote is still here.")
    elif token is not FormToken.GOOD:
        errors["token"] = _("We could not check this form. Press the button again. What you wrote is still here.")
    elif here.settings.screening and request.form.get("website") and request.form.get("pressed") != "again":
        errors["token"] = _("Your browser filled in a hidden field. Press the button once more.")
    if errors:
        values = {
            **_as_typed(choices),
            "email": request.form.get("email", "")[: forms.LONGEST_EMAIL],
            "token": here.links.form(_FORM, aged=True),
            "pressed": "again",
        }
        return make_response(_form(locale, values, errors), 422)
    with here.storage.writing() as session:
        if here.settings.screening:
            rate_limits.count(session, here.storage.vault, membership.JOINING, visitor(), now)
        membership.join(session, here.storage.vault, email, choices, now)
    return make_response(page("public/join_sent.html", email=email, kept=membership.PENDING_KEPT.days))


@blueprint.get("/<locale:locale>/network/<token>")
def show(locale: str, token: str) -> Response:
    """One's own page: to confirm, to change, to leave. HEAD and GET change nothing, however often."""
    return shown(locale, token)


@blueprint.post("/<locale:locale>/network/<token>")
def change(locale: str, token: str) -> Response:
    """Confirm, or save what was changed; `answer=leave` leaves."""
    here, now = door(), clock.now()
    reference = here.links.read_member(token)
    if request.form.get("answer") == "leave":
        return _left(reference)
    with here.storage.writing() as session:
        before = membership.of_link(session, here.storage.vault, reference, now)
        membership.confirm(session, reference, _choices(before.choices.locale), now)
    done = _("We have saved your choices.") if before.status is MemberStatus.CONFIRMED else ""
    return shown(locale, token, done=done, joined=before.status is MemberStatus.PENDING)


@blueprint.get("/<locale:locale>/leave/<token>")
def ask_to_leave(locale: str, token: str) -> Response:
    """A button that leaves, for who follows the link by hand."""
    with door().storage.reading() as session:
        membership.of_link(session, door().storage.vault, door().links.read_leaving(token), clock.now())
    return make_response(page("public/leave_network.html", token=token))


@blueprint.post("/<locale:locale>/leave/<token>")
def leave(locale: str, token: str) -> Response:
    """Leave at once: mail programs post here by themselves when their button is pressed (RFC 8058). Who has left
    already is answered alike, for as long as the mail exists."""
    # Not throttled: one mail provider speaks for all of its readers, and from few networks.
    return _left(door().links.read_leaving(token))


def shown(locale: str, token: str, done: str = "", *, joined: bool = False) -> Response:
    """The page of a member as it is now."""
    here, now = door(), clock.now()
    with here.storage.reading() as session:
        member = membership.of_link(session, here.storage.vault, here.links.read_member(token), now)
        actions = open_actions(session, locale)
        confirmed = member.status is MemberStatus.CONFIRMED
        fitting = [it for it in actions if confirmed and _fits(member, it)][:MOST_SHOWN]
        ids = by_mail.numbers(session, [it.slug for it in fitting])
    return make_response(
        page(
            "public/member.html",
            member=member,
            token=token,
            done=done,
            joined=joined,
            pending=member.status is MemberStatus.PENDING,
            actions=[(it, _sign_url(locale, member, ids[it.slug], now)) for it in fitting],
            **_offered(locale),
            form=SimpleNamespace(values=_as_typed(member.choices), errors={}),
        )
    )


def _sign_url(locale: str, member: Membership, action_id: int, now: datetime) -> str:
    """Where they sign in one step: this page is as much their own as the mail that led to it."""
    token = own(door().links.one_step(Sender.MEMBER, member.reference, action_id, now + ONE_STEP_GOOD))
    return url("message" if member.choices.discreet else "one_step", locale=locale, token=token)


def _fits(member: Membership, action: ListedAction) -> bool:
    return fits(member.choices, News(action.country, action.themes, action.deadline))


def _form(locale: str, values: Mapping[str, object], errors: Mapping[str, str]) -> str:
    form = SimpleNamespace(values={"countries": (), "themes": (), **values}, errors=errors)
    return page("public/join.html", form=form, told=consent.wording(locale), **_offered(locale))


def _offered(locale: str) -> dict[str, object]:
    return {"countries": language.countries(locale), "themes": tuple(Theme), "tongues": tuple(LANGUAGES.values())}


def _choices(locale: str) -> Choices:
    """What was chosen, as far as it can be: anything else in a form is nothing."""
    known = {code for code, _name in language.countries(language.ORIGINAL)}
    wanted, rhythm = request.form.get("language", ""), request.form.get("rhythm", "")
    return Choices(
        locale=wanted if wanted in LANGUAGES else locale,
        countries=tuple(it for it in dict.fromkeys(request.form.getlist("countries")) if it in known),
        themes=tuple(it for it in Theme if str(it) in request.form.getlist("themes")),
        rhythm=Rhythm(rhythm) if rhythm in {*Rhythm} else Rhythm.EACH,
        discreet=bool(request.form.get("discreet")),
    )


def _as_typed(choices: Choices) -> dict[str, object]:
    return {
        "countries": choices.countries,
        "themes": choices.themes,
        "rhythm": str(choices.rhythm),
        "language": choices.locale,
        "discreet": choices.discreet,
    }


def _left(reference: bytes | None) -> Response:
    """Delete all there is of them, and what was captured for them; nothing to delete is answered alike."""
    if reference is None:
        raise membership.no_longer_valid()
    here = door()
    with here.storage.writing() as session:
        gone = membership.leave(session, reference)
    if gone:
        with here.storage.reading() as session:
            captured_mail.forget(session, here.settings.mailbox)
        here.storage.scrub()
    return make_response(page("public/left_network.html"))
