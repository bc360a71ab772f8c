"""The office's own templates: all of them, one to read and write, a new one from nothing or from what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.writing import office_templates, template_sources, versions
from campaign.cases.writing.office_templates import LONGEST_NAME, PARTS, Kept
from campaign.cases.writing.placeholders import PLACEHOLDERS
from campaign.cases.writing.template_sources import Source
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import LANGUAGES, ORIGINAL
from campaign.office.permissions import Permission
from campaign.vocabulary import TemplateKind
from campaign.web.app_state import door
from campaign.web.forms import many_lines, one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_named
from campaign.web.rendering import page, url

blueprint = Blueprint("templates", __name__, url_prefix="/templates")

Answer = Response | tuple[str, int]

ONE_LINE = frozenset({"salutation", "close", "title", "ask", "subject"})


@dataclass(frozen=True)
class Origin:
    """What a new template is kept from: words without what tells of their case, and whether that case is sensitive."""

    words: Mapping[str, str]
    locale: str
    sensitive: bool
    fields: Mapping[str, str]  # where it was found, as the form says it again


@blueprint.get("")
@needs(Permission.READ)
def index() -> str:
    """Every template, by kind and language."""
    with door().storage.reading() as session:
        kept = office_templates.all_kept(session)
    return page(
        "organise/office/templates.html",
        kinds=[(kind, [it for it in kept if it.kind is kind]) for kind in TemplateKind],
    )


@blueprint.get("/new")
@needs(Permission.EDIT)
def new() -> str:
    """An empty one of a kind, or what was written in an action, to be read before it is kept."""
    kind = _kind()
    with door().storage.reading() as session:
        origin = _origin(session, kind)
    words = origin.words if origin is not None else dict.fromkeys(PARTS[kind], "")
    return _form(kind, origin.locale if origin else _language(), "", words, origin)


@blueprint.post("/new")
@needs(Permission.EDIT)
def add() -> Answer:
    """Keep it."""
    kind, name, locale = _kind(), one_line(request.form.get("name")), _language()
    words = _typed(kind)
    with door().storage.reading() as session:
        origin = _origin(session, kind)
    try:
        if origin is not None and origin.sensitive and request.form.get("sure") != "yes":
            raise Refused("This case is sensitive. Confirm that nothing in the template tells of it.")
        with door().storage.writing() as session:
            vault, now = door().storage.vault, clock.now()
            office_templates.add(session, vault, actor(), kind, locale, name, words, now)
    except (Refused, Conflict) as problem:
        return _form(kind, locale, name, words, origin, sentence_of(problem)), problem.status
    flash(_("The template “%(name)s” was saved.", name=name))
    return redirect(url("templates.index"))


@blueprint.get("/<int:template_id>")
@needs(Permission.READ)
def show(template_id: int) -> str:
    """One template: its name and its words."""
    kept = _kept(template_id)
    return _form(kept.kind, kept.locale, kept.name, kept.words, kept=kept)


@blueprint.post("/<int:template_id>")
@needs(Permission.EDIT)
def change(template_id: int) -> Answer:
    """Save other words, or another name."""
    kept, name = _kept(template_id), one_line(request.form.get("name"))
    words, seal = _typed(kept.kind), request.form.get("seal", "")
    try:
        with door().storage.writing() as session:
            vault, now = door().storage.vault, clock.now()
            office_templates.change(session, vault, actor(), template_id, name, words, seal, now)
    except (Refused, Conflict) as problem:
        newest = _kept(template_id)
        outdated = newest.edit_token != seal
        shown = _form(newest.kind, newest.locale, name, words, None, sentence_of(problem), newest, outdated=outdated)
        return shown, problem.status
    flash(_("Saved."))
    return redirect(url("templates.index"))


@blueprint.post("/<int:template_id>/remove")
@needs(Permission.EDIT)
def remove(template_id: int) -> Response:
    """Remove a template."""
    with door().storage.writing() as session:
        office_templates.remove(session, door().storage.vault, actor(), template_id, clock.now())
    flash(_("Template removed. What was begun from it stays."))
    return redirect(url("templates.index"))


def _form(
    kind: TemplateKind,
    locale: str,
    name: str,
    words: Mapping[str, str],
    origin: Origin | None = None,
    problem: str | None = None,
    kept: Kept | None = None,
    *,
    outdated: bool = False,
) -> str:
    theirs = []
    if kept is not None and outdated:
        pairs = [("name", kept.name, name), *((part, kept.words[part], words[part]) for part in PARTS[kind])]
        theirs = [(part, versions.compare(old, new)) for part, old, new in pairs if old != new]
    return page(
        "organise/office/template.html",
        kind=kind,
        tongue=locale,
        name=name,
        words=words,
        parts_of_kind=PARTS[kind],
        one_line=ONE_LINE,
        origin=origin,
        problem=problem,
        kept=kept,
        theirs=theirs,
        tongues=list(LANGUAGES),
        placeholders=PLACEHOLDERS,
        longest_name=LONGEST_NAME,
        sure=request.form.get("sure") == "yes",
    )


def _kept(template_id: int) -> Kept:
    with door().storage.reading() as session:
        return office_templates.kept(session, template_id)


def _kind() -> TemplateKind:
    try:
        return TemplateKind(request.values.get("kind", ""))
    except ValueError as error:
        raise Unknown("There are no templates of this kind.") from error


def _language() -> str:
    locale = request.values.get("language", ORIGINAL)
    return locale if locale in LANGUAGES else ORIGINAL


def _typed(kind: TemplateKind) -> dict[str, str]:
    return {part: (one_line if part in ONE_LINE else many_lines)(request.form.get(part)) for part in PARTS[kind]}


def _origin(session: Session, kind: TemplateKind) -> Origin | None:
    """What the address or the form names: a version of a letter or of a text, or an update. Raises `Unknown`."""
    slug, locale = request.values.get("action", ""), request.values.get("tag", "")
    if not slug:
        return None
    action = action_named(session, slug)
    numbers = {name: request.values.get(name, 0, int) for name in ("version", "official", "update")}
    source = Source(kind, locale, numbers["version"], numbers["official"] or None, numbers["update"])
    return Origin(
        template_sources.words(session, action, source),
        locale,
        action.case.sensitive_since is not None,
        {"action": slug, "tag": locale, **{name: str(it) for name, it in numbers.items() if it}},
    )
