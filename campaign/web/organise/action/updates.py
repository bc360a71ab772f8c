"""Updates to those who asked for them: written side by side, read as the mail they will be, tried out, sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from flask import Blueprint, flash, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from campaign import clock
from campaign.appeals.mails import update_mails
from campaign.cases import obstacles, planned_updates, updates
from campaign.cases.updates import News
from campaign.cases.writing import office_templates, placeholders
from campaign.cases.writing.previews import left_open
from campaign.errors import CampaignError, Conflict, Forbidden, Refused, Unknown
from campaign.language import LANGUAGES
from campaign.office import organisation, second_person
from campaign.office.permissions import Permission
from campaign.sentences import Sentence, counted
from campaign.storage.tables import Action, Organiser, Update
from campaign.vocabulary import TemplateKind, UpdateStatus
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action
from campaign.web.organise.action.form_input import instant
from campaign.web.organise.action.previews import in_brackets
from campaign.web.organise.action.texts import begun_from
from campaign.web.organise.words import worded
from campaign.web.rendering import url

blueprint = Blueprint("updates", __name__, url_prefix="/actions/<slug>/updates")

TAB = "updates.index"
# All of a mail's HTML before what it says.
_MAIN = re.compile(r"\A.*?<main\b[^>]*>", re.S)


@dataclass(frozen=True)
class Mail:
    """A message as its reader sees it."""

    locale: str
    sender: str
    subject: str
    html: Markup
    plain: str


@blueprint.get("/")
@needs(Permission.READ)
def index(slug: str) -> str:
    """All updates of an action, and how far those on their way have come."""
    action = read_action(slug)
    with door().storage.reading() as session:
        found = [(it, update_mails.progress(session, it)) for it in updates.of_action(session, action.id)]
        asked = update_mails.count_subscribers(session, action.id)
        zone = organisation.zone(session)
        templates = office_templates.of_kind(session, TemplateKind.UPDATE)
    return action_page(
        "organise/action/updates.html",
        action,
        TAB,
        found=found,
        asked=asked,
        told=updates.TOLD,
        zone=str(zone),
        office_zone=zone,
        templates=[it for it in templates if it.locale in _languages(action, ())],
    )


@blueprint.post("/")
@needs(Permission.SEND)
def begin(slug: str) -> Response:
    """A new draft; its form is filled from a template, if one was chosen."""
    with door().storage.writing() as session:
        made = updates.begin(session, door().storage.vault, actor(), slug, clock.now())
    chosen = {"template": request.form["template"]} if request.form.get("template") else {}
    return redirect(url("updates.show", slug=slug, update_id=made.id, **chosen))


@blueprint.get("/<int:update_id>")
@needs(Permission.READ)
def show(
    slug: str, update_id: int, problem: str | None = None, typed: dict[str, News] | None = None, *, over: bool = False
) -> str:
    """One update: its texts as a form while it is a draft, as mails, and how far it has come.

    `template` fills what is empty in the form, or takes the place of what was written (`over`); nothing is saved by it.
    """
    action, found = _held(slug, update_id)
    texts = {it.locale: News(it.subject, it.body) for it in found.texts}
    seals = {tag: it.edit_token for tag, it in texts.items()}
    begun = ""
    if not problem and request.values.get("template") and found.status is UpdateStatus.DRAFT:
        if request.method == "POST":
            # As they were read: what somebody else saves meanwhile is not seen, and must not be overwritten.
            seals = {tag: request.form.get(f"seal-{tag}", "") for tag in seals}
        typed, begun = _laid(action, typed if typed is not None else texts, over=over)
    with door().storage.reading() as session:
        progress, asked = update_mails.progress(session, found), update_mails.count_subscribers(session, action.id)
        mails = [_mail(found, it.locale) for it in found.texts if it.subject and it.body]
        mine = updates.needs_another(session, found, me().id)
        may_queue = updates.may_send(session, me().role)
        readers = update_mails.readers(session, action.id)
        zone = organisation.zone(session)
        reviewed = second_person.needed(session)
        planner = session.get(Organiser, found.planned_by_id) if found.planned_by_id is not None else None
        templates = office_templates.of_kind(session, TemplateKind.UPDATE)
    languages = _languages(action, texts)
    return action_page(
        "organise/action/update.html",
        action,
        TAB,
        update=found,
        languages=languages,
        texts=texts,
        shown={tag: (typed or texts).get(tag, News()) for tag in languages},
        typed=typed,
        seals=seals,
        begun=begun,
        templates=[it for it in templates if it.locale in languages],
        mails=mails,
        progress=progress,
        asked=asked,
        readers=[(tag, n, _read_in(found, action, tag)) for tag, n in readers.items()],
        mine=mine,
        may_queue=may_queue,
        faults=obstacles.sentences(updates.obstacles(found, action)),
        held_for=obstacles.read(found.held_for),
        problem=problem,
        zone=str(zone),
        office_zone=zone,
        reviewed=reviewed,
        planned_by=planner.name if planner is not None else None,
        seen=updates.mark(found),
        at=request.form.get("at") or (f"{found.send_at.astimezone(zone):%Y-%m-%dT%H:%M}" if found.send_at else ""),
        later=request.form["when"] == "at" if "when" in request.form else found.send_at is not None,
    )


@blueprint.post("/<int:update_id>")
@needs(Permission.SEND)
def write(slug: str, update_id: int) -> Response | tuple[str, int]:
    """Save the texts of a draft."""
    _held(slug, update_id)
    typed = {
        tag: News(" ".join(request.form.get(f"subject-{tag}", "").split()), request.form.get(f"body-{tag}", "").strip())
        for tag in LANGUAGES
        if f"body-{tag}" in request.form
    }
    if request.form.get("do") in {"start", "replace"}:
        return show(slug, update_id, typed=typed, over=request.form["do"] == "replace"), 200
    edit_tokens = {
        tag: edit_token for tag in typed if (edit_token := request.form.get(f"seal-{tag}"))
    }  # none where nothing was
    try:
        with door().storage.writing() as session:
            updates.write(session, door().storage.vault, actor(), update_id, typed, edit_tokens, clock.now())
    except (Refused, Conflict) as error:
        return show(slug, update_id, sentence_of(error), typed), error.status
    flash(_("Saved. Below is the e-mail that people will get."))
    return redirect(url("updates.show", slug=slug, update_id=update_id))


@blueprint.post("/<int:update_id>/trial")
@needs(Permission.SEND)
def trial(slug: str, update_id: int) -> Response | tuple[str, int]:
    """Send it to oneself."""
    _action, found = _held(slug, update_id)
    try:
        with door().storage.writing() as session:
            languages = update_mails.languages(session, found.action_id)
            mails = updates.send_to_oneself(session, door().storage.vault, actor(), update_id, clock.now(), languages)
    except CampaignError as error:
        return show(slug, update_id, sentence_of(error)), error.status
    sent = counted(
        "Test sent to %(email)s: %(n)s e-mail.",
        "Test sent to %(email)s: %(n)s e-mails, one per language.",
        mails,
        email=me().email,
    )
    flash(worded(sent))
    return redirect(url("updates.show", slug=slug, update_id=update_id))


@blueprint.post("/<int:update_id>/queue")
@needs(Permission.REVIEW)
def queue(slug: str, update_id: int) -> Response | tuple[str, int]:
    """Send it to everyone who asked, now or at a time of the office's clocks.

    Where a second person looks first, whoever may review is one.
    """
    _held(slug, update_id)
    _refuse_other_roles()
    later, seen = request.form.get("when") == "at", request.form.get("seen")
    try:
        if request.form.get("sure") != "yes":
            raise Refused("Confirm that you want to send it to everyone who asked for updates.")
        with door().storage.writing() as session:
            vault, now = door().storage.vault, clock.now()
            if later:
                zone = str(organisation.zone(session))
                at = instant(request.form.get("at", ""), zone, Sentence("Choose the day and time it is sent."))
                planned_updates.plan(session, vault, actor(), update_id, at, now, seen=seen)
            else:
                updates.queue(session, vault, actor(), update_id, now, seen=seen)
    except (Refused, Conflict) as error:
        return show(slug, update_id, sentence_of(error)), error.status
    flash(_("Planned. It will be sent at that time.") if later else _("The update is being sent."))
    return redirect(url("updates.show", slug=slug, update_id=update_id))


@blueprint.post("/<int:update_id>/not-yet")
@needs(Permission.REVIEW)
def not_yet(slug: str, update_id: int) -> Response | tuple[str, int]:
    """Let it not go out by itself after all."""
    _held(slug, update_id)
    _refuse_other_roles()
    try:
        with door().storage.writing() as session:
            planned_updates.plan_no_more(session, door().storage.vault, actor(), update_id, clock.now())
    except Conflict as error:
        return show(slug, update_id, sentence_of(error)), error.status
    flash(_("It is a draft again and is not sent by itself."))
    return redirect(url("updates.show", slug=slug, update_id=update_id))


@blueprint.post("/<int:update_id>/cancel")
@needs(Permission.SEND)
def cancel(slug: str, update_id: int) -> Response | tuple[str, int]:
    """Throw a draft away, or hold back what has not left yet."""
    _held(slug, update_id)
    try:
        with door().storage.writing() as session:
            updates.cancel(session, door().storage.vault, actor(), update_id, clock.now())
    except Conflict as error:
        return show(slug, update_id, sentence_of(error)), error.status
    flash(_("Cancelled. E-mails already sent cannot be taken back."))
    return redirect(url("updates.index", slug=slug))


def _languages(action: Action, texts: Iterable[str]) -> list[str]:
    """In which languages an update may be written, the original first."""
    return list(dict.fromkeys([action.original_locale, *(it.locale for it in action.texts), *texts]))


def _laid(action: Action, there: Mapping[str, News], *, over: bool) -> tuple[dict[str, News], str]:
    """The texts of a form with those of the template that was chosen, and what is said of it."""
    with door().storage.reading() as session:
        template = office_templates.kept(session, request.values.get("template", 0, int), TemplateKind.UPDATE)
        known = placeholders.known(action_named(session, action.slug), template.locale)
    words = office_templates.begun(template, known)
    laid, stay = office_templates.laid_into(asdict(there.get(template.locale, News())), words, over=over)
    return {**there, template.locale: News(**laid)}, begun_from(template, stay)


def _read_in(found: Update, action: Action, locale: str) -> str | None:
    """The language of the text that a reader of `locale` gets, as `update_mails` chooses it; None without a text."""
    written = [it.locale for it in found.texts if it.body]
    return next((it for it in (locale, action.original_locale) if it in written), written[0] if written else None)


def _refuse_other_roles() -> None:
    with door().storage.reading() as session:
        if not updates.may_send(session, me().role):
            raise Forbidden("Your role does not allow this. Ask an admin if you need it.")


def _held(slug: str, update_id: int) -> tuple[Action, Update]:
    action = read_action(slug)
    with door().storage.reading() as session:
        found, _of = updates.held(session, update_id)
    if found.action_id != action.id:
        raise Unknown("This update does not exist.")
    return action, found


def _mail(found: Update, locale: str) -> Mail:
    """The mail as `news` writes it, taken apart to be shown; its HTML is from our own template."""
    here = door().settings.base_url
    with door().storage.reading() as session:
        _update, action = updates.held(session, found.id)
        reader = update_mails.on_trial(action, locale, me().name, me().email, here)
        message = update_mails.as_mail(session, found, action, reader, "<trial@localhost>", here, clock.now())
        text = next((it for it in found.texts if it.locale == locale), None)
        brackets = left_open([text.subject, text.body] if text is not None else [], list(action.case.figures))
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    written = html.get_content() if html is not None else ""
    return Mail(
        locale=reader.locale,
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        html=in_brackets(
            Markup(_MAIN.sub("", written).partition("</main>")[0]),  # noqa: S704 - autoescaped in its template
            brackets,
        ),
        plain=plain.get_content() if plain is not None else "",
    )
