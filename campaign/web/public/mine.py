"""My signature: a page without an account, for whoever holds the link from the mail. Looking changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, make_response, request
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.mails import update_mails
from campaign.appeals.signing import by_reference
from campaign.appeals.supporter import my_signature, send_eligibility
from campaign.appeals.supporter.my_signature import Mine
from campaign.delivery import codes, proofs, public_view
from campaign.errors import Refused
from campaign.publication.reading import published
from campaign.vocabulary import Disclosure, SignatureStatus
from campaign.web.app_state import door
from campaign.web.forms import NameForm
from campaign.web.locales import _
from campaign.web.rendering import page
from campaign.web.security_headers import visitor

blueprint = Blueprint("mine", __name__)


@blueprint.get("/<locale:locale>/mine/<token>")
def show(locale: str, token: str) -> Response:
    """What is stored, where it went, and what may be changed. HEAD and GET change nothing, however often."""
    return shown(locale, token)


@blueprint.post("/<locale:locale>/mine/<token>")
def change(locale: str, token: str) -> Response:
    """Make one change, named by `change`, and show the page as it is then."""
    form = NameForm(request.form)
    wanted = request.form.get("change")
    if wanted == "name" and not form.validate():
        return shown(locale, token, errors={"name": form.errors["name"][0]}, name=form.name.data)
    reference = door().links.read_mine(token)
    with door().storage.writing() as session:
        _throttle(session)
        done = _changed(session, reference, wanted, form)
    return shown(locale, token, done=done)


@blueprint.post("/<locale:locale>/mine/<token>/data")
def data(locale: str, token: str) -> Response:
    """All that is stored, as a file. By POST: a program that follows links carries no address away."""
    with door().storage.reading() as session:
        stored = my_signature.mine(session, door().storage.vault, door().links.read_mine(token))
    response = make_response(json.dumps(my_signature.as_json(stored), ensure_ascii=False, indent=2) + "\n")
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
        return shown(locale, token, errors={"sure": _("Tick the box if you are sure: erasing cannot be undone.")})
    with door().storage.writing() as session:
        _throttle(session)
        my_signature.erase(session, reference)
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


def _changed(session: Session, reference: bytes | None, wanted: str | None, form: NameForm) -> str:
    """Make the change and say what was done."""
    if wanted == "name":
        my_signature.correct_name(session, door().storage.vault, reference, form.name.data)
        return _("Your name is corrected.")
    if wanted == "disclosure" and request.form.get("disclosure") in set(Disclosure):
        my_signature.show_name_to(session, reference, Disclosure(request.form["disclosure"]))
        return _("It is changed who may see your name.")
    if wanted == "updates":
        asked_for = bool(request.form.get("updates"))
        my_signature.write_of_updates(session, reference, asked_for)
        return _("We will write to you.") if asked_for else _("We will not write to you about this case any more.")
    if wanted == "withdraw":
        my_signature.take_back(session, reference)
        return _("Your signature is taken back.")
    raise Refused("Choose what to change, and press the button beside it.")


def shown(
    locale: str, token: str, done: str = "", errors: Mapping[str, str] | None = None, name: str | None = None
) -> Response:
    """The page as it is now: with what was `done`, or what could not be."""
    here = door()
    reference = here.links.read_mine(token)
    with here.storage.reading() as session:
        stored = my_signature.mine(session, here.storage.vault, reference)
        action = published(session, stored.slug, locale)
        deliveries = public_view.public(session, action.id)
        provable = proofs.provable(session, reference)
        told = update_mails.published_updates(session, stored.id, locale)
    body = page(
        "public/mine.html",
        mine=stored,
        email=my_signature.masked(stored.email) if stored.email else None,
        name=stored.name if name is None else name,
        action=action,
        deliveries=deliveries,
        provable=provable,
        news=told,
        may_send=stored.status is SignatureStatus.CONFIRMED and send_eligibility.possible(action, clock.now()),
        token=token,
        # Confirming leads on to what helps next, so it keeps its own address.
        confirm_token=here.links.confirmation(reference) if reference and _confirmable(stored) else None,
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
