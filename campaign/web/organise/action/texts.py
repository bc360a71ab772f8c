"""The texts of an action, all languages side by side: typed, previewed, kept while typing, saved; their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Blueprint, flash, make_response, redirect, request
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.writing import autosaves, office_templates, placeholders, proposals, texts, versions
from campaign.cases.writing import previews as writing_previews
from campaign.cases.writing.office_templates import Kept
from campaign.cases.writing.previews import Typed
from campaign.cases.writing.proposals import Wanted
from campaign.cases.writing.texts import Words
from campaign.errors import Conflict, Refused
from campaign.language import LANGUAGES
from campaign.office.permissions import Permission
from campaign.sentences import Sentence
from campaign.storage.tables import Organisation, Organiser, Remark
from campaign.vocabulary import CorrectionKind, TemplateKind
from campaign.web.app_state import door
from campaign.web.forms import many_lines, one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action import previews
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action
from campaign.web.organise.action.actions import local, posted_form
from campaign.web.organise.action.part_names import as_list, languages, part_called
from campaign.web.rendering import url

PROPOSED = Sentence("Proposed. Someone else sees the change under “Checks and review” and publishes it.")

blueprint = Blueprint("texts", __name__, url_prefix="/actions/<slug>/texts")

Answer = Response | str | tuple[str, int]
PART = "texts"


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """All languages side by side; `take` fills in what was typed and not saved."""
    return _shown(slug)


@blueprint.post("/")
@needs(Permission.EDIT)
def save(slug: str) -> Answer:
    """Save all languages; or show them as they would look, with another language, or beside what someone else saved."""
    wish = request.form.get("do", "save")
    shown = _before_saving(slug, wish)
    if shown is not None:
        return shown
    typed = typed_texts(request.form)
    removed = {tag for tag in typed if request.form.get(f"remove-{tag}") == "yes"}
    try:
        form = posted_form({tag: request.form[f"seal-{tag}"] for tag in typed if request.form.get(f"seal-{tag}")})
        change = wanted_change(request.form)
        with door().storage.writing() as session:
            action, vault = action_named(session, slug), door().storage.vault
            changed, waits = proposals.save_texts(
                session, vault, actor(), slug, form, typed, removed, change, clock.now()
            )
            autosaves.drop(session, action.id, me().id, PART)
    except Conflict as conflict:
        return _shown(slug, request.form, problem=sentence_of(conflict), conflict=True), conflict.status
    except Refused as error:
        return _shown(slug, request.form, problem=sentence_of(error)), error.status
    if changed and waits:
        flash(_(PROPOSED))
        return redirect(url("texts.show", slug=slug))
    flash(_("Saved: %(languages)s.", languages=languages(changed)) if changed else _("Nothing changed."))
    return redirect(url("texts.show", slug=slug))


def _before_saving(slug: str, wish: str) -> str | None:
    """The page with what was typed, where a button wants something else than saving; None for that."""
    match wish:
        case "preview":
            return _shown(slug, request.form, preview=request.form.get("preview_locale", ""))
        case "add":
            return _shown(slug, request.form, added=request.form.get("add", ""))
        case "start" | "replace":
            return _begun(slug, request.form, over=wish == "replace")
    return None


def wanted_change(form: Mapping[str, str]) -> Wanted:
    """How a change of a public action is meant, as its form says. Raises `Refused` if an urgent one says no reason."""
    kind, reason = form.get("kind", ""), one_line(form.get("reason"))[:500]
    urgent = form.get("urgent") == "yes"
    if urgent and not reason:
        raise Refused("Say why this correction cannot wait. The other organisers are told at once.")
    return Wanted(CorrectionKind(kind) if kind in set(CorrectionKind) else CorrectionKind.EDIT, reason, urgent)


@blueprint.post("/preview")
@needs(Permission.EDIT)
def preview(slug: str) -> str:
    """A fragment: what was typed, as readers would see it."""
    read_action(slug)
    return previews.texts(slug, _tongue(request.form.get("preview_locale", "")), Typed(typed_texts(request.form)))


@blueprint.post("/printed")
@needs(Permission.EDIT)
def printed(slug: str) -> str:
    """A fragment: how much paper it takes."""
    read_action(slug)
    return previews.printed(slug, _tongue(request.form.get("preview_locale", "")), Typed(typed_texts(request.form)))


@blueprint.post("/bulletin.pdf")
@needs(Permission.EDIT)
def bulletin(slug: str) -> Response:
    """The bulletin of what was typed."""
    read_action(slug)
    tongue = _tongue(request.form.get("preview_locale", ""))
    return pdf(previews.bulletin_print(slug, tongue, Typed(typed_texts(request.form))), f"{slug}-{tongue}.pdf")


@blueprint.post("/autosave")
@needs(Permission.EDIT)
def autosave(slug: str) -> Answer:
    """Keep what was typed, for who typed it."""
    names = {"locales", "revision"} | {
        f"{part}-{tag}" for tag in _tags(request.form) for part in (*versions.PARTS, "seal", "remove")
    }
    keep_typed(slug, PART, names)
    return "", 204


@blueprint.post("/autosave/drop")
@needs(Permission.EDIT)
def drop(slug: str) -> Response:
    """Throw away what was typed and not saved."""
    drop_typed(slug, PART)
    return redirect(url("texts.show", slug=slug))


@blueprint.get("/<tag>/versions")
@needs(Permission.READ)
def history(slug: str, tag: str) -> str:
    """Every version of a text; `version` is compared with `against`, by default the one before."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        kept = texts.kept_versions(session, action.id, tag)
        who = {it.id: it.name for it in session.scalars(select(Organiser)).all()}
    by_number = {it.version: texts.of_version(it) for it in kept}
    newest = max(by_number, default=0)
    version = request.args.get("version", newest, int)
    against = request.args.get("against", version - 1, int)
    rows = [(it.version, who.get(it.organiser_id or 0, ""), it.created_at, it.why) for it in kept]
    return action_page(
        "organise/action/versions.html",
        action,
        "texts.show",
        tongue=tag,
        rows=rows,
        newest=newest,
        version=version,
        against=against,
        differences=differences(by_number.get(against, Words()), by_number[version]) if version in by_number else None,
        address=lambda **more: url("texts.history", slug=slug, tag=tag, **more),
        restore=url("texts.restore", slug=slug, tag=tag),
        keep=url("templates.new", kind="action", action=slug, tag=tag, version=version),
        back=(url("texts.show", slug=slug), _("Back to the texts")),
    )


@blueprint.post("/<tag>/restore")
@needs(Permission.EDIT)
def restore(slug: str, tag: str) -> Response:
    """Say again what a version said."""
    number = request.form.get("version", 0, int)
    with door().storage.writing() as session:
        waits = proposals.restore_text(session, door().storage.vault, actor(), slug, tag, number, clock.now())
    flash(_(PROPOSED) if waits else _("Version %(number)s restored as the newest version.", number=number))
    return redirect(url("texts.show", slug=slug) + f"#text-{tag}")


def keep_typed(slug: str, part: str, names: set[str]) -> None:
    """Keep the named fields of the posted form as unsaved."""
    fields = {name: request.form[name] for name in names if name in request.form}
    form = posted_form({})
    with door().storage.writing() as session:
        action = action_named(session, slug)
        autosaves.keep(session, action.id, me().id, part, form.revision, fields, clock.now())


def drop_typed(slug: str, part: str) -> None:
    """Throw away what is unsaved of a part."""
    with door().storage.writing() as session:
        autosaves.drop(session, action_named(session, slug).id, me().id, part)
    flash(_("Unsaved text deleted."))


def typed_texts(fields: Mapping[str, str]) -> dict[str, Words]:
    """{language: words} of a form."""
    return {
        tag: Words(
            title=one_line(fields.get(f"title-{tag}")),
            ask=one_line(fields.get(f"ask-{tag}")),
            summary=many_lines(fields.get(f"summary-{tag}")),
            demands=texts.demands_of(many_lines(fields.get(f"demands-{tag}"))),
            background=many_lines(fields.get(f"background-{tag}")),
            after_deadline=many_lines(fields.get(f"after_deadline-{tag}")),
        )
        for tag in _tags(fields)
    }


def differences(old: Words, new: Words) -> list[tuple[str, tuple[versions.Piece, ...]]]:
    """(part, what became of its words) of each part that differs."""
    pairs = [(name, _lines(getattr(old, name)), _lines(getattr(new, name))) for name in versions.PARTS]
    return [(name, versions.compare(before, after)) for name, before, after in pairs if before != after]


def pdf(content: bytes, name: str) -> Response:
    """A print that is looked at and not kept."""
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _begun(slug: str, form: Mapping[str, str], *, over: bool) -> str:
    """What was typed with the words of a template where nothing stands, or `over` all of it. Nothing is saved."""
    with door().storage.reading() as session:
        number = form.get("template", "")
        template = office_templates.kept(session, int(number) if number.isdecimal() else 0, TemplateKind.ACTION)
        known = placeholders.known(action_named(session, slug), template.locale)
    tag, typed = template.locale, typed_texts(form)
    there = office_templates.parts_of(typed.get(tag, Words()))
    laid, stay = office_templates.laid_into(there, office_templates.begun(template, known), over=over)
    fields = {**form, **{f"{part}-{tag}": said for part, said in laid.items()}}
    fields["locales"] = " ".join([*typed, *([] if tag in typed else [tag])])
    return _shown(slug, fields, begun=begun_from(template, stay))


def begun_from(template: Kept, stay: Iterable[str]) -> str:
    """What a page says when a template was laid into its form, and these parts kept what was written."""
    text = template.kind is TemplateKind.UPDATE  # whose body is no letter
    parts = as_list(Sentence("Text") if text and it == "body" else part_called(it) for it in stay)
    if parts:
        return _(
            "Filled from the template “%(name)s”, not saved yet. What you wrote stays in: %(parts)s.",
            name=template.name,
            parts=parts,
        )
    return _("Filled from the template “%(name)s”, not saved yet.", name=template.name)


def _shown(
    slug: str,
    fields: Mapping[str, str] | None = None,
    problem: str | None = None,
    preview: str = "",
    added: str = "",
    *,
    begun: str = "",
    conflict: bool = False,
) -> str:
    with door().storage.reading() as session:
        action = action_named(session, slug)
        unsaved = autosaves.unsaved(session, action.id, me().id, PART)
        zone = session.scalars(select(Organisation.time_zone)).one()
        templates = office_templates.of_kind(session, TemplateKind.ACTION)
        remarks = session.execute(
            select(Remark, Organiser.name)
            .join(Organiser, Organiser.id == Remark.organiser_id)
            .where(Remark.action_id == action.id, Remark.settled_at.is_(None))
            .order_by(Remark.id)
        ).all()
    saved = {it.locale: texts.words_of(it) for it in action.texts}
    if fields is None and unsaved is not None and request.args.get("take"):
        fields = {**unsaved.fields, "revision": str(unsaved.base)}
    typed = typed_texts(fields) if fields is not None else dict(saved)
    edit_tokens = {
        tag: (fields or {}).get(f"seal-{tag}", "") if fields else words.edit_token for tag, words in saved.items()
    }
    revision = int(fields["revision"]) if fields and fields.get("revision", "").isdecimal() else action.revision
    theirs: dict[str, list[tuple[str, tuple[versions.Piece, ...]]]] = {}
    if conflict:
        theirs = {tag: found for tag, words in typed.items() if (found := differences(saved.get(tag, Words()), words))}
        # What was saved meanwhile is seen now: the next saving is made knowing it.
        edit_tokens, revision = {tag: words.edit_token for tag, words in saved.items()}, action.revision
    if added in LANGUAGES and added not in typed:
        typed[added] = Words()
    order = sorted(typed, key=lambda it: (it != action.original_locale, it))
    figures = list(action.case.figures)
    return action_page(
        "organise/action/texts.html",
        action,
        "texts.show",
        columns=[(tag, typed[tag], edit_tokens.get(tag, ""), tag in saved) for tag in order],
        raw=fields or {},
        revision=revision,
        problem=problem,
        begun=begun,
        templates=templates,
        theirs=theirs,
        # What a template is laid over is still there, and is said so before it is typed on.
        unsaved=unsaved if fields is None or begun else None,
        unsaved_at=local(unsaved.saved_at, zone) if unsaved else None,
        stale_draft=unsaved is not None and unsaved.base != action.revision,
        fields=writing_previews.fields(figures, order),
        unquoted={tag: writing_previews.unknown(_sources(typed[tag]), figures) for tag in order},
        placeholders={tag: writing_previews.left_open(typed[tag].everything, figures) for tag in order},
        addable=[it for it in LANGUAGES.values() if it.tag not in typed],
        remarks=[(it, name) for it, name in remarks if it.part == "whole" or it.part.startswith("text")],
        preview_locale=preview if preview in typed else order[0] if order else "",
        fragment=_fragment(slug, preview, typed),
        writable=action.status in texts.WRITABLE,
    )


def _fragment(slug: str, preview: str, typed: Mapping[str, Words]) -> Markup | None:
    if preview not in typed:
        return None
    return previews.texts(slug, preview, Typed(typed)) + previews.printed(slug, preview, Typed(typed))


def _tags(fields: Mapping[str, str]) -> list[str]:
    return [tag for tag in dict.fromkeys(fields.get("locales", "").split()) if tag in LANGUAGES]


def _tongue(tag: str) -> str:
    if tag not in LANGUAGES:
        raise Refused("Choose one of the languages.")
    return tag


def _sources(words: Words) -> list[str]:
    return [words.summary, *words.demands, words.background, words.after_deadline]


def _lines(said: str | tuple[str, ...]) -> str:
    return said if isinstance(said, str) else "\n".join(said)
