"""Letters that we send for a supporter: written behind their own link, shown as they will go, agreed to, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from campaign import clock, language
from campaign.appeals.abuse import rate_limits
from campaign.appeals.letters import letters
from campaign.appeals.relay import answers, consent, requests
from campaign.appeals.relay.requests import Drafted
from campaign.appeals.relay.sender import on_behalf_of
from campaign.appeals.supporter import my_data, my_signature, reminding, send_eligibility
from campaign.errors import Conflict, Refused, Unknown
from campaign.printing.engine.text import clean
from campaign.publication.reading import published
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction, PublicLetter, PublicRecipient
from campaign.storage.tables import Organisation
from campaign.web.app_state import door
from campaign.web.forms import LONGEST_LETTER, LetterForm
from campaign.web.locales import _, sentence_of
from campaign.web.public import mine
from campaign.web.public.prints import official_of
from campaign.web.rendering import office, page, url
from campaign.web.security_headers import visitor

blueprint = Blueprint("sending", __name__)


@dataclass(frozen=True)
class Desk:
    """What a letter that we are to send is written with. `recipients` have an e-mail address."""

    recipient: PublicRecipient
    letter: PublicLetter
    recipients: tuple[PublicRecipient, ...]
    tabs: tuple[tuple[str, str, bool], ...]
    text: str
    errors: Mapping[str, str]
    longest: int = LONGEST_LETTER


@dataclass(frozen=True)
class Going:
    """A letter as it will go: its envelope, and the sheet that is beside it as a PDF."""

    sender: str
    sender_address: str
    name: str
    day: str
    paragraphs: tuple[str | Markup, ...]


@blueprint.get("/<locale:locale>/mine/<token>/letter")
def write(locale: str, token: str) -> Response:
    """The model letter in a form; `lang` and `official` (its number) choose which. Looking changes nothing."""
    form = LetterForm(MultiDict({it: request.args.get(it, "")[:16] for it in ("lang", "official")}))
    return make_response(_desk(locale, token, form))


@blueprint.post("/<locale:locale>/mine/<token>/letter")
def keep(locale: str, token: str) -> Response | Redirect:
    """Keep what was written for a day, and lead on to how it will go."""
    form = LetterForm(request.form)
    if not form.validate():
        return make_response(_desk(locale, token, form, {"text": next(iter(form.errors.values()))[0]}), 422)
    reference = door().links.read_mine(token)
    with door().storage.reading() as session:
        stored = my_data.mine(session, door().storage.vault, reference)
        action = published(session, stored.slug, locale)
    recipient, letter = _model(action, locale, form)
    try:
        with door().storage.writing() as session:
            _throttle(session)
            drafted = requests.save_draft(
                session,
                door().storage.vault,
                reference,
                stored.slug,
                recipient.n,
                letter.locale,
                form.text.data or None,
                clock.now(),
            )
    except (Refused, Conflict) as error:
        sentence = sentence_of(error)
        return make_response(_desk(locale, token, form, {"text": sentence}), error.status)
    return redirect(url("sending", locale=locale, token=token, letter_id=drafted.id), 303)


@blueprint.get("/<locale:locale>/mine/<token>/letter/<int:letter_id>")
def shown(locale: str, token: str, letter_id: int) -> Response:
    """Exactly what will be sent, what that means, and two buttons."""
    return make_response(_shown(locale, token, letter_id))


@blueprint.post("/<locale:locale>/mine/<token>/letter/<int:letter_id>")
def answer(locale: str, token: str, letter_id: int) -> Response:
    """Agree to it (`answer=agree`), or take it back, before or after (`answer=forget`). Twice is once."""
    reference = door().links.read_mine(token)
    if request.form.get("answer") == "forget":
        with door().storage.writing() as session:
            _throttle(session)
            requests.withdraw(session, reference, letter_id)
        return mine.shown(locale, token, done=_("You have withdrawn the letter. We keep nothing of it."))
    if request.form.get("answer") != "agree":
        raise Refused("Choose what to change, then press the button beside it.")
    errors = _unticked(locale, token, letter_id)
    if errors:
        return make_response(_shown(locale, token, letter_id, errors), 422)
    with door().storage.writing() as session:
        _throttle(session)
        requests.submit(
            session,
            door().storage.vault,
            reference,
            letter_id,
            locale,
            clock.now(),
            copy=bool(request.form.get("copy")),
            ask=bool(request.form.get("ask")),
        )
    return mine.shown(
        locale, token, done=_("Your letter is waiting to be sent. Until it is sent, you can withdraw it here.")
    )


def _desk(locale: str, token: str, form: LetterForm, errors: Mapping[str, str] | None = None) -> str:
    with door().storage.reading() as session:
        stored = my_data.mine(session, door().storage.vault, door().links.read_mine(token))
        action = published(session, stored.slug, locale)
        reminder = reminding.standing(session, door().links.read_mine(token), clock.now())
    send_eligibility.refuse_impossible(stored, action, clock.now())
    recipient, letter = _model(action, locale, form)
    desk = Desk(
        recipient=recipient,
        letter=letter,
        recipients=tuple(it for it in send_eligibility.reachable(action) if action.letter(letter.locale, it.n)),
        tabs=tuple(
            (tag, url("let_us_send", locale=locale, token=token, lang=tag, official=recipient.n), tag == letter.locale)
            for tag in (it.locale for it in action.letters if it.recipient_n == recipient.n)
        ),
        text=form.text.data or letter.text,
        errors=errors or {},
    )
    place = language.country_name(stored.country, letter.locale)
    return page(
        "public/let_us_send.html",
        action=action,
        mine=stored,
        desk=desk,
        name=clean(stored.name or ""),
        place=place,
        token=token,
        reminder=reminder,
    )


def _model(action: PublicAction, locale: str, form: LetterForm) -> tuple[PublicRecipient, PublicLetter]:
    """To whom, and the letter to start from: as the form says, else the first who has an address, in the page's
    language."""
    reachable = send_eligibility.reachable(action)
    asked = official_of(form)
    recipient = next((it for it in reachable if asked in (None, it.n)), None)
    if recipient is None:
        raise Refused("We have no e-mail address for this official. Print the letter and send it by post.")
    spoken = locale if action.letter(locale, recipient.n) else None
    return letters.model(action, recipient.n, form.lang.data or spoken)


def _shown(locale: str, token: str, letter_id: int, errors: Mapping[str, str] | None = None) -> str:
    with door().storage.reading() as session:
        drafted = _drafted(session, token, letter_id)
        action = published(session, drafted.slug, locale)
        refuse_if_stopped(action)
        sender = session.scalars(select(Organisation.sender_email)).one()
    name = clean(drafted.name)
    return page(
        "public/as_it_goes.html",
        action=action,
        drafted=drafted,
        going=Going(
            # As the mail itself will have it, in the letter's language.
            sender=on_behalf_of(name, office(drafted.locale).name, drafted.locale),
            sender_address=sender,
            name=name,
            day=language.day(drafted.sheet.day, drafted.locale),
            paragraphs=tuple(clean(it) for it in drafted.sheet.paragraphs),
        ),
        consent=consent.wording(locale),
        token=token,
        errors=errors or {},
        ticked={it for it in ("copy", "ask") if request.form.get(it)},
        weeks=answers.ASKED_AFTER.days // 7,
    )


def _unticked(locale: str, token: str, letter_id: int) -> dict[str, str]:
    """Boxes that had to be ticked and were not; none for a letter that was agreed to already."""
    with door().storage.reading() as session:
        try:
            drafted = _drafted(session, token, letter_id)
        except Unknown:
            return {}
    errors = {}
    if drafted.at_risk and not request.form.get("danger"):
        errors["danger"] = _("Tick the box only if you are sure that you are safe when the official knows who you are.")
    if not request.form.get("sure"):
        errors["sure"] = _("Tick the box if you want us to send it. If you do not, we send nothing.")
    return errors


def _drafted(session: Session, token: str, letter_id: int) -> Drafted:
    return requests.shown(session, door().storage.vault, door().links.read_mine(token), letter_id, clock.now())


def _throttle(session: Session) -> None:
    if door().settings.screening:
        rate_limits.count(session, door().storage.vault, my_signature.CHANGING, visitor(), clock.now())
