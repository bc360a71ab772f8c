"""Translations: what there is to translate, a page a language with the original beside it, and files for elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, make_response, redirect, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.writing import autosaves, po_files, proposals, translating
from campaign.cases.writing.part_names import CALLED
from campaign.cases.writing.passages import ALL_OFFICIALS, Passage
from campaign.cases.writing.po_files import Taken
from campaign.cases.writing.proposals import Wanted
from campaign.cases.writing.recipients import label
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import LANGUAGES
from campaign.office.permissions import Permission
from campaign.storage.tables import Action, Organisation
from campaign.web.app_state import door
from campaign.web.forms import many_lines, one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, allowed, me, needs
from campaign.web.organise.action.action_tabs import title_of
from campaign.web.organise.action.actions import local, posted_form
from campaign.web.organise.action.texts import PROPOSED, Answer, drop_typed, keep_typed, wanted_change
from campaign.web.rendering import page, url

blueprint = Blueprint("translations", __name__, url_prefix="/translations")


@blueprint.get("/")
@needs(Permission.TRANSLATE)
def index() -> str:
    """Every action that may be translated, and how far each language is."""
    with door().storage.reading() as session:
        rows = translating.list_actions(session)
    return page("organise/action/translations.html", rows=rows, tongues=list(LANGUAGES))


@blueprint.get("/<slug>/in")
@needs(Permission.TRANSLATE)
def in_language(slug: str) -> Response:
    """The page of a language that was chosen from a list."""
    return redirect(url("translations.show", slug=slug, tag=_known(request.args.get("tag", ""))))


@blueprint.get("/<slug>/<tag>")
@needs(Permission.TRANSLATE)
def show(slug: str, tag: str) -> str:
    """An action in a language beside its original; `take` fills in what was typed and not saved."""
    return _shown(slug, tag)


@blueprint.post("/<slug>/<tag>")
@needs(Permission.TRANSLATE)
def save(slug: str, tag: str) -> Answer:
    """Save what was typed; a change of a public action waits for someone else, if the office asks for that."""
    try:
        form, wanted = posted_form(_edit_tokens(request.form)), _wanted()
        with door().storage.writing() as session:
            waits = translating.save(
                session, door().storage.vault, actor(), slug, tag, form, _typed(request.form), wanted, clock.now()
            )
            autosaves.drop(session, translating.read(session, slug, tag).action.id, me().id, _part(tag))
    except Conflict as conflict:
        sentence = _("Someone changed these texts while you were translating. Your translation is in the form below.")
        return _shown(slug, tag, request.form, sentence, anew=True), conflict.status
    except Refused as error:
        return _shown(slug, tag, request.form, sentence_of(error)), error.status
    flash(_(PROPOSED) if waits else _("Saved."))
    return redirect(url("translations.show", slug=slug, tag=tag))


@blueprint.get("/<slug>/<tag>.po")
@needs(Permission.TRANSLATE)
def download(slug: str, tag: str) -> Response:
    """What there is to translate, for a translator's own program."""
    with door().storage.reading() as session:
        found = translating.read(session, slug, tag)
        names = _names(found.action)
    response = make_response(po_files.write(slug, tag, found.passages, lambda passage: _called(passage, names)))
    response.headers["Content-Type"] = "text/x-gettext-translation; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{tag}.po"'
    return response


@blueprint.post("/<slug>/<tag>/file")
@needs(Permission.TRANSLATE)
def upload(slug: str, tag: str) -> Answer:
    """Fill the form from a file. Nothing is saved before its reader has seen it."""
    with door().storage.reading() as session:
        found = translating.read(session, slug, tag)
    handed_in = request.files.get("file")
    try:
        if handed_in is None or not handed_in.filename:
            raise Refused("Choose a file.")
        taken = po_files.read(handed_in.read(po_files.LARGEST + 1), slug, tag, found.passages)
    except Refused as error:
        return _shown(slug, tag, problem=sentence_of(error)), error.status
    fields = {f"passage-{key}": value for key, value in taken.values.items()}
    return _shown(slug, tag, fields, taken=taken, anew=True)


@blueprint.post("/<slug>/<tag>/autosave")
@needs(Permission.TRANSLATE)
def autosave(slug: str, tag: str) -> Answer:
    """Keep what was typed, for who typed it."""
    _readable(slug, tag)
    keep_typed(slug, _part(tag), {name for name in request.form if name.startswith("passage-")} | {"revision"})
    return "", 204


@blueprint.post("/<slug>/<tag>/autosave/drop")
@needs(Permission.TRANSLATE)
def drop(slug: str, tag: str) -> Response:
    """Throw away what was typed and not saved."""
    _readable(slug, tag)
    drop_typed(slug, _part(tag))
    return redirect(url("translations.show", slug=slug, tag=tag))


def _shown(
    slug: str,
    tag: str,
    fields: Mapping[str, str] | None = None,
    problem: str | None = None,
    *,
    taken: Taken | None = None,
    anew: bool = False,
) -> str:
    """`anew`: the form is about what stands now, whatever it was about when it was sent."""
    with door().storage.reading() as session:
        found = translating.read(session, slug, tag)
        names = _names(found.action)
        unsaved = autosaves.unsaved(session, found.action.id, me().id, _part(tag))
        zone = session.scalars(select(Organisation.time_zone)).one()
        asks = proposals.is_public(found.action)
    if fields is None and unsaved is not None and request.args.get("take"):
        fields = unsaved.fields
    passages = [replace(it, target=(fields or {}).get(f"passage-{it.key}", it.target)) for it in found.passages]
    sent = fields is not None and not anew and "revision" in fields
    return page(
        "organise/action/translate.html",
        action=found.action,
        heading=title_of(found.action),
        tag=tag,
        passages=[(it, _called(it, names)) for it in passages],
        waits=found.waits,
        revision=fields["revision"] if fields is not None and sent else found.action.revision,
        edit_tokens=_edit_tokens(fields) if fields is not None and sent else found.edit_tokens,
        raw=fields or {},
        asks=asks,
        problem=problem,
        unsaved_at=local(unsaved.saved_at, zone) if unsaved is not None and fields is None else None,
        stale_draft=unsaved is not None and unsaved.base != found.action.revision,
        taken=taken,
        labels={it.key: _called(it, names) for it in passages},
    )


def _names(action: Action) -> dict[int, str]:
    return {it.official_id: _(label(it.official)) for it in action.recipients}


def _called(passage: Passage, names: Mapping[int, str]) -> str:
    part = _(CALLED[passage.part])
    if passage.official_id is None:
        return part
    if passage.official_id == ALL_OFFICIALS:
        return _("Letter to all: %(part)s", part=part)
    return _("Letter to %(official)s: %(part)s", official=names.get(passage.official_id, ""), part=part)


def _typed(fields: Mapping[str, str]) -> dict[str, str]:
    typed = {name.removeprefix("passage-"): value for name, value in fields.items() if name.startswith("passage-")}
    return {key: one_line(value) if Passage(key, "").one_line else many_lines(value) for key, value in typed.items()}


def _edit_tokens(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("seal-"): value for name, value in fields.items() if name.startswith("seal-") and value}


def _wanted() -> Wanted:
    change = wanted_change(request.form)
    # Whoever sees texts alone publishes nothing by themselves.
    return replace(change, urgent=change.urgent and allowed(Permission.EDIT))


def _part(tag: str) -> str:
    return f"translation:{tag}"


def _readable(slug: str, tag: str) -> None:
    with door().storage.reading() as session:
        translating.read(session, slug, tag)


def _known(tag: str) -> str:
    if tag not in LANGUAGES:
        raise Unknown("There is no such language here.")
    return tag
