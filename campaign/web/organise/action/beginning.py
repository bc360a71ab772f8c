"""Beginning an action: from a bulletin, shown as it was read and corrected, from an earlier action, from nothing."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from campaign import clock
from campaign.cases.evidence import adopting
from campaign.cases.importing.layouts import Layout
from campaign.cases.importing.readers import read_file, read_text
from campaign.cases.lifecycle.discarding import RESTORABLE
from campaign.cases.places import country_code
from campaign.cases.review import held
from campaign.cases.writing import drafts, office_templates, reading_corrections, reading_layouts
from campaign.cases.writing.drafts import Beginning
from campaign.cases.writing.headings import Heading
from campaign.errors import CampaignError, Refused
from campaign.language import LANGUAGES, ORIGINAL, countries
from campaign.office.permissions import Permission
from campaign.sentences import counted
from campaign.storage.tables import Action, Case
from campaign.vocabulary import TemplateKind
from campaign.web.app_state import door
from campaign.web.forms import one_line
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action import readings
from campaign.web.organise.action.action_tabs import title_of
from campaign.web.organise.action.actions import Answer, blueprint
from campaign.web.organise.action.part_names import as_list
from campaign.web.organise.two_people import Doing
from campaign.web.organise.words import worded
from campaign.web.rendering import page, url

NO_LAYOUT = "-"  # in place of a layout's name: the bulletin is read without one


@blueprint.get("/new")
@needs(Permission.EDIT)
def new(problem: str | None = None, way: str = "", known: Action | None = None) -> str:
    """Three ways to begin: from a bulletin, from an earlier action, from nothing. `known`: what was made of the same
    bulletin before."""
    with door().storage.reading() as session:
        cases = session.scalars(select(Case).order_by(Case.created_at.desc())).all()
        earlier = session.scalars(
            select(Action)
            .where(Action.discarded_at.is_(None))
            .options(selectinload(Action.texts))
            .order_by(Action.created_at.desc())
        ).all()
        discarded = session.scalars(
            select(Action)
            .where(Action.discarded_at > clock.now() - RESTORABLE)
            .options(selectinload(Action.texts))
            .order_by(Action.discarded_at.desc())
        ).all()
        templates = office_templates.of_kind(session, TemplateKind.ACTION)
    return page(
        "organise/action/new.html",
        problem=problem,
        way=way,
        cases=cases,
        known=known,
        discarded=[(it, title_of(it)) for it in discarded],
        earlier=[(it, title_of(it)) for it in earlier],
        countries=countries(current()),
        tongues=list(LANGUAGES.values()),
        templates=templates,
        wanted=request.values,
    )


@blueprint.post("/new/import")
@needs(Permission.EDIT)
def bring() -> Answer | str:
    """A bulletin, uploaded or pasted, is shown as it was read (`look`), or becomes a draft with what was moved, typed
    and chosen there; what was not understood stands beside its forms."""
    problem, text = None, ""
    try:
        text = _bulletin_text()
        reading = _reading(text)
        bulletin = readings.without_nobody(reading.bulletin)
        with door().storage.reading() as session:
            known = drafts.imported_before(session, bulletin, text)
        if known is not None and request.form.get("again") != "yes":
            said = _("This bulletin was imported before. Go on with that action, or import it again.")
            return new(said, "import", known), 409
        if {"look", "reread", "save_layout"} & request.form.keys() and readings.fits(text):
            wrong = _save_layout(reading) if "save_layout" in request.form else None
            return (_looked_at(reading, wrong), 422) if wrong else _looked_at(reading)
        with door().storage.writing() as session:
            case = request.form.get("case") or None
            made = drafts.imported(session, door().storage.vault, actor(), bulletin, text, clock.now(), case)
            reading_corrections.keep(session, made, reading.corrections, clock.now())
            slug = made.slug  # what follows may be tried and taken back, and then everything is read anew
            adopted = two_people.done_in(
                session,
                "actions.adopt",
                {"case_id": made.case_id},
                adopting.as_fields(reading.source, reading.chosen_figures, reading.chosen_events),
                reason="From an imported bulletin.",
            )
    except CampaignError as error:
        problem = error
    if problem is not None:
        if "shown-title" in request.form and (again := _read_plainly(text)):
            return _looked_at(again, sentence_of(problem)), problem.status
        return new(sentence_of(problem), "import"), problem.status
    left = len(bulletin.unplaced)
    if reading.layout:
        flash(_("Read with the layout “%(name)s”.", name=reading.layout.name))
    if not adopted:
        flash(two_people.proposed())
    for doubt in bulletin.doubts:
        flash(_("Check this: “%(value)s” was left out of the draft.", value=doubt.value) + f" {worded(doubt.why)}")
    if bulletin.missing:
        flash(_("The document does not say: %(fields)s.", fields=as_list(map(readings.called, bulletin.missing))))
    flash(
        worded(
            counted(
                "Imported as a draft. %(n)s line could not be placed. You find it next to the forms.",
                "Imported as a draft. %(n)s lines could not be placed. You find them next to the forms.",
                left,
            )
        )
        if left
        else _("Imported as a draft.")
    )
    return redirect(url("actions.show", slug=slug))


@two_people.doing("actions.adopt")
def _adopting(fields: Mapping[str, str], case_id: int) -> Doing:
    given, vault = adopting.of_fields(fields), door().storage.vault
    return Doing(
        lambda session, who: adopting.adopt(session, vault, who, case_id, *given, clock.now()),
        lambda session: held.of_case(session, case_id),
    )


def _looked_at(reading: readings.Reading, problem: str | None = None) -> str:
    """Both sides of a bulletin: its lines, each with the field it went to, and the form."""
    fitting = reading.layout or _layout(reading.text, "")
    return page(
        "organise/action/reading.html",
        reading=reading,
        bulletin=reading.bulletin,
        problem=problem,
        case=request.form.get("case", ""),
        again=request.form.get("again", ""),
        layout=reading.layout.name if reading.layout else NO_LAYOUT,
        no_layout=NO_LAYOUT,
        fitting=fitting,
        layout_name=request.form.get("layout_name") or (reading.layout.name if reading.layout else ""),
        longest_name=reading_layouts.LONGEST_NAME,
        countries=countries(current()),
        country=country_code(reading.bulletin.country or ""),
        base_country=country_code(reading.base.country or ""),
        targets=readings.targets(reading.bulletin),
        called=readings.called,
        colour=readings.colour,
        doubtful=[(it, readings.field_of(it), readings.offered(it, reading)) for it in reading.bulletin.doubts],
    )


def _layout(text: str, chosen: str) -> Layout | None:
    """The layout to read a text with: the one that was `chosen` by name, none for `NO_LAYOUT`, else the fitting one."""
    if chosen == NO_LAYOUT:
        return None
    with door().storage.reading() as session:
        return reading_layouts.for_text(session, text, chosen or None)


def _reading(text: str) -> readings.Reading:
    """The bulletin as the form has it; `reread` reads it anew with another layout, or without one."""
    if "reread" in request.form:
        return readings.read(text, MultiDict(), _layout(text, request.form["reread"]))
    return readings.read(text, request.form, _layout(text, request.form.get("layout", "")))


def _save_layout(reading: readings.Reading) -> str | None:
    """Keep the labels that were chosen of those learnt, under the name that was typed; or what is wrong with them."""
    chosen = {label: field for label, field in reading.learnt.items() if label in request.form.getlist("label")}
    try:
        with door().storage.writing() as session:
            name = one_line(request.form.get("layout_name"))
            kept = reading_layouts.keep(session, door().storage.vault, actor(), name, chosen, clock.now())
    except Refused as problem:
        return sentence_of(problem)
    flash(_("The layout “%(name)s” was saved. The next bulletin with these labels is read with it.", name=kept))
    return None


def _read_plainly(text: str) -> readings.Reading | None:
    """The bulletin without what the form said of it, where that could not be."""
    try:
        return readings.read(text, MultiDict())
    except CampaignError:
        return None


@blueprint.post("/new/copy")
@needs(Permission.EDIT)
def copy() -> Answer:
    """A draft that says what an earlier action said."""
    same_case = request.form.get("same_case") == "yes"
    try:
        with door().storage.writing() as session:
            vault, slug = door().storage.vault, request.form.get("earlier", "")
            made = drafts.copied(
                session, vault, actor(), slug, clock.now(), same_case=same_case, heading=heading_of(request.form)
            )
    except CampaignError as error:
        return new(sentence_of(error), "copy"), error.status
    flash(_("Copied. Add the dates.") if made.number else _("Copied. Add a number and dates."))
    return redirect(url("actions.show", slug=made.slug))


def heading_of(form: Mapping[str, str]) -> Heading:
    """What a draft that is made of an earlier action shall be called."""
    return Heading(one_line(form.get("new_title")), one_line(form.get("new_number")))


@blueprint.post("/new/empty")
@needs(Permission.EDIT)
def begin() -> Answer:
    """An empty draft with a title."""
    beginning = Beginning(
        title=request.form.get("title", "")[:300],
        locale=request.form.get("locale", ORIGINAL),
        case=request.form.get("case") or None,
        country=request.form.get("country") or None,
        template=request.form.get("template", None, int),
    )
    try:
        with door().storage.writing() as session:
            made = drafts.begun(session, door().storage.vault, actor(), beginning, clock.now())
    except CampaignError as error:
        return new(sentence_of(error), "empty"), error.status
    flash(_("Draft created. Add the details first, then the texts."))
    return redirect(url("actions.particulars", slug=made.slug))


def _bulletin_text() -> str:
    uploaded = request.files.get("file")
    if uploaded is not None and uploaded.filename:
        return read_file(uploaded.read(), uploaded.filename)
    pasted = request.form.get("text", "")
    if not pasted.strip():
        raise Refused("Choose a file, or paste the text of the bulletin.")
    return read_text(pasted.encode(), "pasted.txt")
