"""My signature: a page without an account, for whoever holds the link from the mail. Looking changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Response, make_response, request
from sqlalchemy.orm import Session

from campaign import clock, language
from campaign.appeals import captured_mail
from campaign.appeals.abuse import rate_limits
from campaign.appeals.mails import update_mails
from campaign.appeals.signing import by_reference, naming_risk, signing
from campaign.appeals.supporter import my_data, my_signature, reasons, reminding, send_eligibility
from campaign.appeals.supporter.my_data import Mine
from campaign.delivery import codes, proofs, public_view
from campaign.errors import Refused
from campaign.publication.reading import published
from campaign.vocabulary import Disclosure, SignatureStatus
from campaign.web.app_state import door
from campaign.web.forms import MineForm
from campaign.web.locales import _
from campaign.web.page_addresses import own
from campaign.web.public import answering, by_mail, confirming, network
from campaign.web.rendering import page
from campaign.web.security_headers import visitor

blueprint = Blueprint("mine", __name__)


@blueprint.get("/<locale:locale>/mine/<token>")
def show(locale: str, token: str) -> Response:
    """What is stored, where it went, and what may be changed. HEAD and GET change nothing, however often."""
    return shown(locale, token)


@blueprint.get("/<locale:locale>/m/<token>")
def message(locale: str, token: str) -> Response:
    """Where a discreet mail leads: its address says nothing of confirming or signing, its page does what it is for."""
    links = door().links
    pages = (
        (links.read_mine, shown),
        (links.read_answering, answering.shown),
        (links.read_member, network.shown),
        (links.read_one_step, by_mail.ask),
        (links.read_leaving, network.ask_to_leave),
        (links.read_unsubscribing, ask_to_stop),
    )
    chosen = next((show for read, show in pages if read(token) is not None), confirming.ask)
    return chosen(locale, token)


@blueprint.post("/<locale:locale>/m/<token>")
def one_click(locale: str, token: str) -> Response:
    """What mail programs post by themselves to the header of a discreet mail (RFC 8058): leave, or stop updates."""
    if door().links.read_leaving(token) is not None:
        return network.leave(locale, token)
    return stop(locale, token)


@blueprint.post("/<locale:locale>/mine/<token>")
def change(locale: str, token: str) -> Response:
    """Make one change, named by `change`, and show the page as it is then."""
    form = MineForm(request.form)
    wanted = request.form.get("change")
    reference = door().links.read_mine(token)
    if wanted in {"name", "email", "country", "message"}:
        form.validate()
        if wanted in form.errors:
            return shown(locale, token, errors={wanted: form.errors[wanted][0]}, typed={wanted: form[wanted].data})
    if (question := _question(reference, wanted, form)) is not None:
        return shown(
            locale, token, errors={wanted or "": question}, typed={"sure": "yes", "country": form.country.data}
        )
    with door().storage.writing() as session:
        _throttle(session)
        done = _changed(session, locale, reference, wanted, form)
    return shown(locale, token, done=done)


@blueprint.post("/<locale:locale>/mine/<token>/data")
def data(locale: str, token: str) -> Response:
    """All that is stored, as a file. By POST: a program that follows links carries no address away."""
    with door().storage.reading() as session:
        stored = my_data.mine(session, door().storage.vault, door().links.read_mine(token))
    response = make_response(json.dumps(my_data.as_json(stored), ensure_ascii=False, indent=2) + "\n")
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    # A name that says nothing: the file may lie about on a device that others open.
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@blueprint.post("/<locale:locale>/mine/<token>/proof/<code>")
def proof(locale: str, token: str, code: str) -> Response:
    """What proves one's own entry in a signature book, and tells nothing of anybody else. By POST, as above."""
    here = door()
    with here.storage.writing() as session:
        _throttle(session)
    with here.storage.reading() as session:
        reference = here.links.read_mine(token)
        found = proofs.proof_in(session, here.storage.vault, here.storage.files, reference, codes.normalised(code))
    response = make_response(found.written())
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{found.dossier}.json"'
    return response


@blueprint.post("/<locale:locale>/mine/<token>/erase")
def erase(locale: str, token: str) -> Response:
    """Erase everything, if the box beside the button was ticked. Pressing twice is answered like pressing once."""
    reference = door().links.read_mine(token)
    if reference is None:
        raise by_reference.no_longer_valid()
    if not request.form.get("sure"):
        return shown(locale, token, errors={"sure": _("Tick the box if you are sure. You cannot undo this.")})
    with door().storage.writing() as session:
        _throttle(session)
        my_signature.erase(session, reference)
    with door().storage.reading() as session:
        captured_mail.forget(session, door().settings.mailbox)
    door().storage.scrub()
    return make_response(page("public/erased.html"))


@blueprint.get("/<locale:locale>/unsubscribe/<token>")
def ask_to_stop(locale: str, token: str) -> Response:
    """A button that stops updates, for who follows the link by hand."""
    with door().storage.reading() as session:
        by_reference.given(session, door().storage.vault, door().links.read_unsubscribing(token))
    return make_response(page("public/unsubscribe.html", token=token, done=False))


@blueprint.post("/<locale:locale>/unsubscribe/<token>")
def stop(locale: str, token: str) -> Response:
    """Stop updates at once: mail programs post here by themselves when their button is pressed (RFC 8058)."""
    # Not throttled: one mail provider speaks for all of its readers, and from few networks.
    with door().storage.writing() as session:
        my_signature.stop_updates(session, door().links.read_unsubscribing(token))
    return make_response(page("public/unsubscribe.html", token=token, done=True))


def _question(reference: bytes | None, wanted: str | None, form: MineForm) -> str | None:
    """What to ask, once, before a change would name someone where that may be dangerous; None for any other change."""
    if wanted not in {"country", "disclosure"} or form.sure.data == "yes":
        return None
    with door().storage.reading() as session:
        stored = my_data.mine(session, door().storage.vault, reference)
        at_risk = signing.at_risk_countries(session, stored.slug)
    country = form.country.data if wanted == "country" else stored.country
    disclosure = request.form.get("disclosure") if wanted == "disclosure" else stored.disclosure
    if country in at_risk and disclosure in {Disclosure.PUBLIC, Disclosure.OFFICIAL}:
        return _(
            "Where you live, being named here could be dangerous. Nothing was changed. If you still want this, choose "
            "it again and press the button. We will not ask twice."
        )
    return None


def _corrected(session: Session, reference: bytes | None, wanted: str, form: MineForm) -> str:
    """Correct what was checked for form, and say what was done."""
    if wanted == "email":
        my_signature.move_to(session, door().storage.vault, reference, form.email.data, clock.now())
        return _("We have sent a link to the new address. Your signature moves there once you confirm it.")
    if wanted == "country":
        my_signature.correct_country(session, reference, form.country.data)
        return _("We have corrected your country.")
    my_signature.correct_message(session, door().storage.vault, reference, form.message.data or None)
    return _("We have changed your message. An organiser reads it before it goes to the official.")


def _changed(session: Session, locale: str, reference: bytes | None, wanted: str | None, form: MineForm) -> str:
    """Make the change and say what was done."""
    if wanted in {"email", "country", "message"}:
        return _corrected(session, reference, wanted, form)
    if wanted == "name":
        my_signature.correct_name(session, door().storage.vault, reference, form.name.data, clock.now())
        return _("We have corrected your name.")
    if wanted == "disclosure" and request.form.get("disclosure") in set(Disclosure):
        my_signature.show_name_to(session, reference, Disclosure(request.form["disclosure"]))
        return _("We have changed who can see your name.")
    if wanted in {"updates", "reason", "reminder"}:
        return _switched(session, locale, reference, wanted)
    if wanted == "withdraw":
        my_signature.take_back(session, reference)
        return _("You have withdrawn your signature.")
    raise Refused("Choose what to change, then press the button beside it.")


def _switched(session: Session, locale: str, reference: bytes | None, wanted: str) -> str:
    """Turn on what the form asks for, or off, and say what was done."""
    on = bool(request.form.get(wanted))
    if wanted == "updates":
        my_signature.write_of_updates(session, reference, on)
        return _("We will send you updates.") if on else _("We will not send you any more updates about this case.")
    if wanted == "reminder":
        return _reminded(session, locale, reference, on)
    my_signature.show_message(session, reference, on, locale, clock.now())
    if on:
        return _("Everyone can read your message once an organiser has approved it.")
    return _("We no longer show your message to everyone.")


def _reminded(session: Session, locale: str, reference: bytes | None, on: bool) -> str:
    if not on:
        reminding.cancel(session, reference)
        return _("We will not remind you.")
    at = reminding.ask(session, reference, clock.now())
    return _("We will remind you once by e-mail, on %(day)s.", day=language.day(at.date(), locale))


def shown(
    locale: str,
    token: str,
    done: str = "",
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str | None] | None = None,
) -> Response:
    """The page as it is now: with what was `done`, or what could not be."""
    here = door()
    reference = here.links.read_mine(token)
    with here.storage.reading() as session:
        stored = my_data.mine(session, here.storage.vault, reference, locale)
        action = published(session, stored.slug, locale)
        deliveries = public_view.public(session, action.id)
        provable = proofs.provable(session, reference)
        told = update_mails.published_updates(session, stored.id, locale)
        reminder = reminding.standing(session, reference, clock.now())
    body = page(
        "public/mine.html",
        mine=stored,
        email=my_data.masked(stored.email) if stored.email else None,
        days=lambda n: timedelta(days=n),
        typed={"name": stored.name, "country": stored.country, "message": stored.message, **(typed or {})},
        countries=language.countries(locale),
        reminder=reminder,
        reason_told=reasons.wording(locale),
        safe=naming_risk.unnamed(stored.at_risk, stored.disclosure),
        action=action,
        deliveries=deliveries,
        provable=provable,
        news=told,
        may_send=stored.status is SignatureStatus.CONFIRMED and send_eligibility.possible(action, clock.now()),
        token=token,
        answer_tokens={it.id: own(here.links.answering(it.id)) for it in stored.letters if it.sent_at or it.posted_on},
        # Confirming leads on to what helps next, so it keeps its own address.
        confirm_token=own(here.links.confirmation(reference)) if reference and _confirmable(stored) else None,
        done=done,
        errors=errors or {},
    )
    return make_response(body, 422 if errors else 200)


def _confirmable(stored: Mine) -> bool:
    waiting = stored.status is SignatureStatus.PENDING and clock.now() < stored.expires_at
    return waiting and not stored.stopped


def _throttle(session: Session) -> None:
    if door().settings.screening:
        rate_limits.count(session, door().storage.vault, my_signature.CHANGING, visitor(), clock.now())
