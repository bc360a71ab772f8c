"""Writing one's own letter: the form, the preview, the ways to send it, and "I sent it". Rendered and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from campaign import clock, language
from campaign.appeals.abuse import rate_limits
from campaign.appeals.counting import letter_reports
from campaign.appeals.letters import documents, letters
from campaign.appeals.letters.channels import Channel
from campaign.appeals.letters.similarity import hundredths_kept
from campaign.appeals.mails.reminders import Standing
from campaign.appeals.signing.links import FormToken
from campaign.appeals.supporter import reminding, send_eligibility
from campaign.errors import Refused
from campaign.printing.engine.text import clean
from campaign.printing.sheets.letter import LetterSheet
from campaign.printing.sheets.letters import Fit, measured
from campaign.publication.reading import published
from campaign.publication.values import PublicAction, PublicLetter, PublicRecipient
from campaign.vocabulary import ChannelKind
from campaign.web.app_state import door
from campaign.web.forms import EVERYONE, LONGEST_LETTER, LetterForm
from campaign.web.locales import _
from campaign.web.public import view_models
from campaign.web.public.pages import cached
from campaign.web.public.prints import official_of, paper_of, screen, unprintable, writable
from campaign.web.rendering import page, url
from campaign.web.security_headers import visitor

blueprint = Blueprint("writing", __name__)


@dataclass(frozen=True)
class Preview:
    """A written letter as it will be printed, how it fits, and every way to send it. `kept` is how many of every
    hundred words are still the model's."""

    sheet: LetterSheet
    day: str
    paragraphs: tuple[str | Markup, ...]
    signed: tuple[str, ...]
    fit: Fit
    kept: int
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Reminder:
    """What the owner of a signature may be offered while they write. `token` is theirs, or none."""

    token: str
    standing: Standing


@dataclass(frozen=True)
class Desk:
    """What a letter is written with: whom it is to, the model, and what the form holds."""

    recipient: PublicRecipient
    letter: PublicLetter
    recipients: tuple[PublicRecipient, ...]
    tabs: tuple[tuple[str, str, bool], ...]
    values: Mapping[str, str]
    errors: Mapping[str, str]
    preview: Preview | None
    token: str
    mine: str  # the token of "My signature", if its owner writes and we could send it for them
    reminder: Reminder  # the same, of a reminder
    longest: int = LONGEST_LETTER
    everyone: str = EVERYONE


@blueprint.get("/<locale:locale>/actions/<slug>/write")
def write(locale: str, slug: str) -> Response:
    """The model letter in a form; `lang` and `official` (its number) choose which."""
    form = LetterForm(MultiDict({it: request.args.get(it, "")[:16] for it in ("lang", "official")}))
    key = ("write", locale, slug, form.lang.data, form.official.data)
    return cached(key, lambda: _page(locale, slug, form))


@blueprint.post("/<locale:locale>/actions/<slug>/write")
def preview(locale: str, slug: str) -> Response:
    """The letter as it was written: on paper, measured, and with the links that send it. Nothing of it is kept."""
    screen()
    form = LetterForm(request.form)
    errors = {} if form.validate() else {field: sentences[0] for field, sentences in form.errors.items()}
    errors |= {field: _(refused.sentence, **refused.values) for field, refused in unprintable(form).items()}
    return make_response(_page(locale, slug, form, errors), 422 if errors else 200)


@blueprint.post("/<locale:locale>/actions/<slug>/sent")
def sent(locale: str, slug: str) -> Response:
    """ "I sent it": count a letter by its channel."""
    here, now = door(), clock.now()
    if here.links.read_form(request.form.get("stamp", ""), slug, now) in {FormToken.FORGED, FormToken.TOO_OLD}:
        raise Refused(
            "This page was open for too long, or the form did not come from it. Reload the page, then try again."
        )
    channel = _channel(request.form.get("channel", ""))
    with here.storage.writing() as session:
        action = published(session, slug, locale)
        if here.settings.screening:
            rate_limits.count(session, here.storage.vault, letter_reports.REPORTING, visitor(), now)
        letter_reports.report(session, action, channel, now)
        # Who says so from a page of their own is not reminded of it; the report itself tells of nobody.
        if (reference := here.links.read_mine(request.form.get("mine", ""))) is not None:
            reminding.cancel(session, reference)
    return make_response(page("public/sent.html", action=action, channel=channel))


def _page(locale: str, slug: str, form: LetterForm, errors: Mapping[str, str] | None = None) -> str:
    """The desk. `errors` are those of a letter that was sent in: none of them, and it is previewed."""
    with door().storage.reading() as session:
        action = writable(published(session, slug, locale))
    recipient, letter = letters.model(action, official_of(form), form.lang.data or _spoken(action, locale, form))
    desk = Desk(
        recipient=recipient,
        letter=letter,
        recipients=tuple(it for it in action.recipients if action.letter(letter.locale, it.n)),
        tabs=_tabs(action, locale, recipient, letter),
        values={**form.values(), "text": form.text.data or letter.text},
        errors=errors or {},
        preview=_preview(action, recipient, letter, form) if errors == {} else None,
        token=door().links.form(slug),
        mine=_whose(action, recipient, form),
        reminder=_reminder(form),
    )
    return page("public/write.html", action=action, desk=desk, over=not action.takes_signatures(clock.now()))


def _whose(action: PublicAction, recipient: PublicRecipient, form: LetterForm) -> str:
    token = form.mine.data or ""
    sendable = recipient in send_eligibility.reachable(action) and send_eligibility.possible(action, clock.now())
    return token if sendable and door().links.read_mine(token) else ""


def _reminder(form: LetterForm) -> Reminder:
    reference = door().links.read_mine(form.mine.data or "")
    with door().storage.reading() as session:
        here = reminding.standing(session, reference, clock.now()) if reference else Standing()
    return Reminder((form.mine.data or "") if reference else "", here)


def _preview(action: PublicAction, recipient: PublicRecipient, letter: PublicLetter, form: LetterForm) -> Preview:
    now = clock.now()
    day = letters.written_on(form.day.data, now, action.time_zone)
    sheet = letters.sheet(
        action, day, recipient.n, letter.locale, form.name.data, form.place.data, form.text.data or None
    )
    return Preview(
        sheet=sheet,
        day=language.day(day, letter.locale),
        paragraphs=tuple(clean(it) for it in sheet.paragraphs),
        signed=tuple(clean(it) for it in (sheet.sender_name, sheet.sender_place) if it),
        fit=Fit(*door().prints.call(measured, sheet, paper_of(form))),
        kept=hundredths_kept(letter.text, form.text.data or letter.text),
        channels=view_models.ways(
            action, recipient, view_models.subject_in(action, letter.locale), documents.words(sheet), now
        ),
    )


def _spoken(action: PublicAction, locale: str, form: LetterForm) -> str | None:
    """The reader's language, if there is a letter in it to that official."""
    number = official_of(form) or (action.asked[0].n if action.asked else 0)
    return locale if action.letter(locale, number) else None


def _tabs(
    action: PublicAction, locale: str, recipient: PublicRecipient, letter: PublicLetter
) -> tuple[tuple[str, str, bool], ...]:
    spoken = [it.locale for it in action.letters if it.recipient_n == recipient.n]
    return tuple(
        (tag, url("write", locale=locale, slug=action.slug, lang=tag, official=recipient.n), tag == letter.locale)
        for tag in spoken
    )


def _channel(written: str) -> ChannelKind:
    try:
        return ChannelKind(written)
    except ValueError as error:
        raise Refused("We do not know this way of sending a letter.") from error
