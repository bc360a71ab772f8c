"""The model letters of an action: which there are, and one of them to write, preview, compare and take up again."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.review import inspection
from campaign.cases.writing import (
    autosaves,
    model_letters,
    office_templates,
    placeholders,
    proposals,
    texts,
    versions,
)
from campaign.cases.writing import previews as writing_previews
from campaign.cases.writing.letter_templates import begun_from, hints, starters
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.previews import Typed
from campaign.cases.writing.recipients import label
from campaign.cases.writing.versions import newest_letters
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import LANGUAGES
from campaign.office.permissions import Permission
from campaign.publication.reading import described
from campaign.storage.tables import Action, Organisation, Organiser
from campaign.vocabulary import TemplateKind
from campaign.web.app_state import door
from campaign.web.forms import many_lines, one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action import previews
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action
from campaign.web.organise.action.actions import local, posted_form
from campaign.web.organise.action.texts import PROPOSED, Answer, drop_typed, keep_typed, pdf, wanted_change
from campaign.web.rendering import url

blueprint = Blueprint("model_letters", __name__, url_prefix="/actions/<slug>/letters")

NAMES = ("salutation", "body", "close")
# Before the number of one of the office's own templates, among the names of those that ship.
OWN = "own-"


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """Which letters there are: a row a language, a column for all and for each official; the pages of each."""
    now = clock.now()
    with door().storage.reading() as session:
        action = action_named(session, slug)
        shown = described(session, slug, action.original_locale)
        officials = [(it.official, it.role) for it in action.recipients]
    sheets = inspection.letter_sheets(shown, clock.local_day(now, action.case.time_zone), inspection.titles_of(action))
    there = {(it.locale, it.official_id or 0): it for it in newest_letters(action)}
    order = [action.original_locale, *action.languages, *(it.locale for it in action.texts), *(it for it, _ in there)]
    tongues = [it for it in dict.fromkeys(order) if it in LANGUAGES]
    return action_page(
        "organise/action/letters.html",
        action,
        "model_letters.show",
        tongues=tongues,
        officials=[(it, role, label(it)) for it, role in officials],
        there=there,
        fits={key: inspection.fits(sheet) for key, sheet in sheets.items()},
        addable=[it for it in LANGUAGES.values() if it.tag not in tongues],
    )


@blueprint.get("/in")
@needs(Permission.READ)
def in_language(slug: str) -> Response:
    """The letter in a language that was chosen from a list."""
    read_action(slug)
    return redirect(url("model_letters.edit", slug=slug, tag=_known(request.args.get("tag", "")), official_id=0))


@blueprint.get("/<tag>/<int:official_id>")
@needs(Permission.READ)
def edit(slug: str, tag: str, official_id: int) -> str:
    """One letter; official 0 stands for all who have none of their own. `starter` begins it from a starter letter."""
    which = _which(tag, official_id)
    chosen = request.args.get("starter")
    return _shown(slug, which) if chosen is None else _started(slug, which, chosen)


@blueprint.post("/<tag>/<int:official_id>")
@needs(Permission.EDIT)
def save(slug: str, tag: str, official_id: int) -> Answer:
    """Save it; or show it as it would look, or beside what someone else saved."""
    which, wish = _which(tag, official_id), request.form.get("do", "save")
    if wish == "preview":
        return _shown(slug, which, request.form, preview=True)
    try:
        change, words = wanted_change(request.form), typed_letter(request.form)
        with door().storage.writing() as session:
            form = posted_form({which.part: request.form.get("seal", "")})
            waits = proposals.save_letter(
                session, door().storage.vault, actor(), slug, form, which, words, change, clock.now()
            )
            autosaves.drop(session, action_named(session, slug).id, me().id, which.part)
    except Conflict as conflict:
        return _shown(slug, which, request.form, problem=sentence_of(conflict), conflict=True), conflict.status
    except Refused as error:
        return _shown(slug, which, request.form, problem=sentence_of(error)), error.status
    flash(_(PROPOSED) if waits else _("Saved."))
    return redirect(url("model_letters.edit", slug=slug, tag=tag, official_id=official_id))


@blueprint.post("/<tag>/<int:official_id>/preview")
@needs(Permission.EDIT)
def preview(slug: str, tag: str, official_id: int) -> str:
    """A fragment: what was typed, on paper."""
    which = _which(tag, official_id)
    read_action(slug)
    return previews.letter(slug, which, Typed(letters={which: typed_letter(request.form)}))


@blueprint.post("/<tag>/<int:official_id>/letter.pdf")
@needs(Permission.EDIT)
def printed(slug: str, tag: str, official_id: int) -> Response:
    """The letter of what was typed, as PDF."""
    which = _which(tag, official_id)
    read_action(slug)
    content = previews.letter_print(slug, which, Typed(letters={which: typed_letter(request.form)}))
    if content is None:
        raise Refused("This letter has no recipient. First choose an official who is asked to act.")
    return pdf(content, f"{slug}-letter-{tag}.pdf")


@blueprint.post("/<tag>/<int:official_id>/autosave")
@needs(Permission.EDIT)
def autosave(slug: str, tag: str, official_id: int) -> Answer:
    """Keep what was typed, for who typed it."""
    keep_typed(slug, _which(tag, official_id).part, {*NAMES, "seal", "revision"})
    return "", 204


@blueprint.post("/<tag>/<int:official_id>/autosave/drop")
@needs(Permission.EDIT)
def drop(slug: str, tag: str, official_id: int) -> Response:
    """Throw away what was typed and not saved."""
    drop_typed(slug, _which(tag, official_id).part)
    return redirect(url("model_letters.edit", slug=slug, tag=tag, official_id=official_id))


@blueprint.post("/<tag>/<int:official_id>/remove")
@needs(Permission.EDIT)
def remove(slug: str, tag: str, official_id: int) -> Response:
    """Take a letter out of a draft."""
    with door().storage.writing() as session:
        model_letters.remove(session, door().storage.vault, actor(), slug, _which(tag, official_id), clock.now())
    flash(_("Letter removed. The history keeps its text."))
    return redirect(url("model_letters.show", slug=slug))


@blueprint.get("/<tag>/<int:official_id>/versions")
@needs(Permission.READ)
def history(slug: str, tag: str, official_id: int) -> str:
    """Every version of a letter; `version` is compared with `against`, by default the one before."""
    which = _which(tag, official_id)
    with door().storage.reading() as session:
        action = action_named(session, slug)
        kept = model_letters.kept_versions(session, action.id, which)
        who = {it.id: it.name for it in session.scalars(select(Organiser)).all()}
    by_number = {it.version: model_letters.words_of(it) for it in kept}
    newest = max(by_number, default=0)
    version = request.args.get("version", newest, int)
    against = request.args.get("against", version - 1, int)
    there = {"slug": slug, "tag": tag, "official_id": official_id}
    return action_page(
        "organise/action/versions.html",
        action,
        "model_letters.show",
        tongue=tag,
        rows=[
            (it.version, who.get(it.organiser_id or 0, ""), it.created_at, True if it.used_at else None) for it in kept
        ],
        newest=newest,
        version=version,
        against=against,
        differences=_differences(by_number.get(against, LetterWords()), by_number[version])
        if version in by_number
        else None,
        address=lambda **more: url("model_letters.history", **there, **more),
        restore=url("model_letters.restore", **there),
        keep=url("templates.new", kind="letter", action=slug, tag=tag, official=official_id, version=version),
        back=(url("model_letters.edit", **there), _("Back to the letter")),
    )


@blueprint.post("/<tag>/<int:official_id>/restore")
@needs(Permission.EDIT)
def restore(slug: str, tag: str, official_id: int) -> Response:
    """Say again what a version said."""
    number = request.form.get("version", 0, int)
    with door().storage.writing() as session:
        which = _which(tag, official_id)
        waits = proposals.restore_letter(session, door().storage.vault, actor(), slug, which, number, clock.now())
    flash(_(PROPOSED) if waits else _("Version %(number)s restored as the newest version.", number=number))
    return redirect(url("model_letters.edit", slug=slug, tag=tag, official_id=official_id))


def typed_letter(fields: Mapping[str, str]) -> LetterWords:
    """The letter of a form."""
    return LetterWords(
        one_line(fields.get("salutation")), many_lines(fields.get("body")), one_line(fields.get("close"))
    )


def _started(slug: str, which: Which, chosen: str) -> str:
    """The form with a letter template in it, one of the office's own or one that ships; the salutation and the close of
    a letter that is there stay."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        words = _of_template(session, action, which, chosen)
        kept = model_letters.kept_versions(session, action.id, which)
    if words is None:
        raise Unknown("There is no sample letter template for this in this language.")
    saved = model_letters.words_of(kept[0] if kept else None)
    fields = {
        "body": words.body,
        "salutation": saved.salutation or words.salutation,
        "close": saved.close or words.close,
        "seal": saved.edit_token,
        "revision": str(action.revision),
    }
    return _shown(slug, which, fields, starter=chosen)


def _of_template(session: Session, action: Action, which: Which, chosen: str) -> LetterWords | None:
    """The letter of a template in the language of this one, with what is known written out; None if there is none."""
    own = chosen.removeprefix(OWN)
    if own == chosen or not own.isdecimal():
        starter = starters().get(chosen)
        return begun_from(starter, which.locale, action.case) if starter is not None else None
    template = office_templates.kept(session, int(own), TemplateKind.LETTER)
    if template.locale != which.locale:
        return None
    official = next((it.official for it in action.recipients if it.official_id == which.official_id), None)
    return LetterWords(**office_templates.begun(template, placeholders.known(action, which.locale, official)))


def _shown(
    slug: str,
    which: Which,
    fields: Mapping[str, str] | None = None,
    problem: str | None = None,
    starter: str = "",
    *,
    preview: bool = False,
    conflict: bool = False,
) -> str:
    with door().storage.reading() as session:
        action = action_named(session, slug)
        official = _official(action, which)
        kept = model_letters.kept_versions(session, action.id, which)
        for_all = model_letters.kept_versions(session, action.id, Which(which.locale))
        unsaved = autosaves.unsaved(session, action.id, me().id, which.part)
        zone = session.scalars(select(Organisation.time_zone)).one()
        own = office_templates.of_kind(session, TemplateKind.LETTER, which.locale)
        own_salutations = {
            label(it.official): words
            for it in action.recipients
            if (words := it.official.salutation.get(which.locale)) and which.official_id in {None, it.official_id}
        }
    saved = model_letters.words_of(kept[0] if kept else None)
    if fields is None and unsaved is not None and request.args.get("take"):
        fields = {**unsaved.fields, "revision": str(unsaved.base)}
    # A letter for one official begins as the one for all.
    beginning = saved if kept else model_letters.words_of(for_all[0] if for_all else None)
    shown = typed_letter(fields) if fields is not None else beginning
    edit_token, revision = saved.edit_token, action.revision
    if fields is not None and not conflict:
        edit_token = fields.get("seal", "")
        revision = int(fields["revision"]) if fields.get("revision", "").isdecimal() else revision
    figures = list(action.case.figures)
    fragment = previews.letter(slug, which, Typed(letters={which: shown})) if preview else None
    return action_page(
        "organise/action/letter.html",
        action,
        "model_letters.show",
        which=which,
        official=official,
        shown=shown,
        edit_token=edit_token,
        revision=revision,
        kept=kept,
        problem=problem,
        theirs=_differences(saved, shown) if conflict else None,
        # What a template is laid over is still there, and is said so before it is typed on.
        unsaved=unsaved if fields is None or starter else None,
        unsaved_at=local(unsaved.saved_at, zone) if unsaved else None,
        fields=writing_previews.fields(figures, [which.locale]),
        unquoted=writing_previews.unknown([shown.body], figures),
        placeholders=writing_previews.left_open(shown.everything, figures),
        hints=hints(shown.body),
        starters=[it for it in starters().values() if which.locale in it.letters],
        starter=starter,
        own_templates=[(f"{OWN}{it.id}", it.name) for it in own],
        own_salutations=own_salutations,
        fragment=fragment,
        writable=action.status in texts.WRITABLE,
        removable=bool(kept) and action.opened_at is None,
    )


def _official(action: Action, which: Which) -> str | None:
    """What the official of a letter is called. Raises `Unknown` for one who is no recipient."""
    if which.official_id is None:
        return None
    found = next((it.official for it in action.recipients if it.official_id == which.official_id), None)
    if found is None:
        raise Unknown("This official is not part of the action.")
    return label(found)


def _which(tag: str, official_id: int) -> Which:
    return Which(_known(tag), official_id or None)


def _known(tag: str) -> str:
    if tag not in LANGUAGES:
        raise Unknown("There are no letters in this language.")
    return tag


def _differences(old: LetterWords, new: LetterWords) -> list[tuple[str, tuple[versions.Piece, ...]]]:
    return [
        (name, versions.compare(getattr(old, name), getattr(new, name)))
        for name in NAMES
        if getattr(old, name) != getattr(new, name)
    ]
