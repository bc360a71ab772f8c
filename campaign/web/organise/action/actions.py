"""An action at its desk: beginning one, where it stands, its particulars and its statement of doing no harm."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.board import queries
from campaign.cases.evidence import adopting
from campaign.cases.importing.readers import read_file, read_text
from campaign.cases.lifecycle.discarding import RESTORABLE
from campaign.cases.places import country_code
from campaign.cases.review import inspection
from campaign.cases.review.checks import Check, Part, checks, stops, warnings
from campaign.cases.writing import drafts, particulars, reading_corrections
from campaign.cases.writing.drafts import Beginning
from campaign.cases.writing.particulars import Particulars, Statement
from campaign.cases.writing.texts import Form
from campaign.errors import CampaignError, Conflict, Refused
from campaign.language import LANGUAGES, ORIGINAL, countries
from campaign.office.next_steps import Step
from campaign.office.permissions import Permission
from campaign.storage.tables import Action, Case, HarmStatement, Organisation, Organiser
from campaign.vocabulary import ActionKind, ActionStatus
from campaign.web.app_state import door
from campaign.web.forms import many_lines
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action import readings, steps
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action, title_of
from campaign.web.rendering import page, url

blueprint = Blueprint("actions", __name__, url_prefix="/actions")

Answer = Response | tuple[str, int]


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
    return page(
        "organise/action/new.html",
        problem=problem,
        way=way,
        cases=cases,
        known=known,
        discarded=[(it, title_of(it)) for it in discarded],
        earlier=[(it, title_of(it)) for it in earlier],
        countries=countries(ORIGINAL),
        tongues=list(LANGUAGES.values()),
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
        reading = readings.read(text, request.form)
        bulletin = readings.without_nobody(reading.bulletin)
        with door().storage.reading() as session:
            known = drafts.imported_before(session, bulletin, text)
        if known is not None and request.form.get("again") != "yes":
            said = "This bulletin was imported before. Go on with that action, or import it again."
            return new(said, "import", known), 409
        if "look" in request.form and readings.fits(text):
            return _looked_at(reading)
        with door().storage.writing() as session:
            case = request.form.get("case") or None
            made = drafts.imported(session, door().storage.vault, actor(), bulletin, text, clock.now(), case)
            reading_corrections.keep(session, made, reading.corrections, clock.now())
            adopting.adopt(
                session, door().storage.vault, actor(), made.case_id, reading.source,
                reading.chosen_figures, reading.chosen_events, clock.now(),
            )  # fmt: skip
    except CampaignError as error:
        problem = error
    if problem is not None:
        if "shown-title" in request.form and (again := _read_plainly(text)):
            return _looked_at(again, str(problem)), problem.status
        return new(str(problem), "import"), problem.status
    left = len(bulletin.unplaced)
    for doubt in bulletin.doubts:
        flash(f"Check this: “{doubt.value}” was left out of the draft. {doubt.why}")
    if bulletin.missing:
        flash(f"The document does not give: {', '.join(bulletin.missing)}.")
    flash(
        f"Imported as a draft. {left} lines could not be placed. You find them next to the forms."
        if left
        else "Imported as a draft."
    )
    return redirect(url("actions.show", slug=made.slug))


def _looked_at(reading: readings.Reading, problem: str | None = None) -> str:
    """Both sides of a bulletin: its lines, each with the field it went to, and the form."""
    return page(
        "organise/action/reading.html",
        reading=reading,
        bulletin=reading.bulletin,
        problem=problem,
        case=request.form.get("case", ""),
        again=request.form.get("again", ""),
        countries=countries(ORIGINAL),
        country=country_code(reading.bulletin.country or ""),
        base_country=country_code(reading.base.country or ""),
        targets=readings.targets(reading.bulletin),
        called=readings.called,
        colour=readings.colour,
        doubtful=[(it, readings.field_of(it), readings.offered(it, reading)) for it in reading.bulletin.doubts],
    )


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
            slug = request.form.get("earlier", "")
            made = drafts.copied(session, door().storage.vault, actor(), slug, clock.now(), same_case=same_case)
    except CampaignError as error:
        return new(str(error), "copy"), error.status
    flash("Copied. Add a number and dates.")
    return redirect(url("actions.show", slug=made.slug))


@blueprint.post("/new/empty")
@needs(Permission.EDIT)
def begin() -> Answer:
    """An empty draft with a title."""
    beginning = Beginning(
        title=request.form.get("title", "")[:300],
        locale=request.form.get("locale", ORIGINAL),
        case=request.form.get("case") or None,
        country=request.form.get("country") or None,
    )
    try:
        with door().storage.writing() as session:
            made = drafts.begun(session, door().storage.vault, actor(), beginning, clock.now())
    except CampaignError as error:
        return new(str(error), "empty"), error.status
    flash("Draft created. Add the details first, then the texts.")
    return redirect(url("actions.particulars", slug=made.slug))


@blueprint.get("/<slug>")
@needs(Permission.READ)
def show(slug: str) -> str:
    """Where it stands, what is missing, and the next step."""
    now = clock.now()
    with door().storage.reading() as session:
        action = action_named(session, slug)
        found = checks(inspection.inspect(session, slug, now).written, now)
        step = next_step(session, action, now)
        harm = _harm(session, action)
        office_zone = session.scalars(select(Organisation.time_zone)).one()
    return action_page(
        "organise/action/overview.html",
        action,
        "actions.show",
        stops=stops(found),
        warnings=warnings(found),
        where=where,
        step=step,
        harm=harm,
        opens=local(action.opens_at, office_zone),
        office_zone=office_zone,
        public=action.status not in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW},
    )


@blueprint.get("/<slug>/particulars", endpoint="particulars")
@needs(Permission.READ)
def particulars_form(
    slug: str,
    given: Particulars | None = None,
    wrong: dict[str, str] | None = None,
    theirs: Particulars | None = None,
    statement: Statement | None = None,
) -> str:
    """Number, kind, deadline, goal and the like; and the statement of doing no harm."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        harm = _harm(session, action)
    now_saved = particulars.typed(action)
    shown = given or now_saved
    differ = [name for name in asdict(shown) if theirs and getattr(theirs, name) != getattr(shown, name)]
    return action_page(
        "organise/action/particulars.html",
        action,
        "actions.show",
        given=shown,
        edit_token=now_saved.edit_token,
        wrong=wrong or {},
        theirs=theirs,
        differ=differ,
        harm=harm,
        statement=statement or Statement(*((harm[0].consent, harm[0].risk) if harm else ())),
        kinds=list(ActionKind),
        public=action.status not in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW},
    )


@blueprint.post("/<slug>/particulars")
@needs(Permission.EDIT)
def save_particulars(slug: str) -> Answer:
    """Save them; or show them again beside what someone else saved meanwhile."""
    given = particulars.from_form(request.form)
    wrong = particulars.faults(given)
    if wrong:
        return particulars_form(slug, given, wrong), 422
    try:
        with door().storage.writing() as session:
            form = posted_form({"particulars": request.form.get("seal", "")})
            particulars.save(session, door().storage.vault, actor(), slug, form, given, clock.now())
    except Conflict as conflict:
        saved = particulars.typed(read_action(slug))
        return particulars_form(slug, given, {"": str(conflict)}, saved), conflict.status
    except Refused as error:
        return particulars_form(slug, given, {"": str(error)}), error.status
    flash("Saved.")
    return redirect(url("actions.show", slug=slug))


@blueprint.post("/<slug>/harm")
@needs(Permission.EDIT)
def state_harm(slug: str) -> Answer:
    """State that it does no harm; who states it, and when, is kept with it."""
    statement = Statement(many_lines(request.form.get("consent")), many_lines(request.form.get("risk")))
    try:
        with door().storage.writing() as session:
            zone = session.scalars(select(Organisation.time_zone)).one()
            particulars.state_harm(session, door().storage.vault, actor(), slug, statement, zone, clock.now())
    except Refused as error:
        return particulars_form(slug, wrong={"harm": str(error)}, statement=statement), error.status
    flash("Signed with your name and today's date.")
    return redirect(url("actions.show", slug=slug))


@blueprint.post("/<slug>/unplaced")
@needs(Permission.EDIT)
def place_line(slug: str) -> Response:
    """A line of the bulletin that was not understood is dealt with."""
    with door().storage.writing() as session:
        line = request.form.get("line", "")
        particulars.place_line(session, door().storage.vault, actor(), slug, line, clock.now())
    flash("Line marked as done. You can still read the full bulletin.")
    back = request.form.get("back", "actions.show")
    return redirect(url(back if back in {"texts.show", "actions.particulars"} else "actions.show", slug=slug))


def where(action: Action, check: Check) -> str:
    """The page on which what a check found is mended."""
    slug, case_page = action.slug, "cases.show"
    places = {
        Part.TEXTS: url("texts.show", slug=slug) + (f"#text-{check.locale}" if check.locale else ""),
        Part.RECIPIENTS: url("recipients.show", slug=slug),
        Part.LETTERS: url("model_letters.show", slug=slug),
        Part.FACTS: url("actions.particulars", slug=slug),
        Part.HARM: url("actions.particulars", slug=slug) + "#harm",
    }
    if check.part is Part.CASE and case_page in current_app.view_functions:
        return url(case_page, slug=action.case.slug)
    return places.get(check.part, places[Part.FACTS])


def next_step(session: Session, action: Action, now: datetime) -> tuple[str, str] | None:
    """(what to do next, the page it is done on), as the board has it; None where nothing waits for a person."""
    step = queries.step_of(session, action.id, me().id, now, steps.told(session, now))
    if step in (None, Step.LOOK):
        return None
    return steps.step_at(step, action.slug, action.case.slug)


def posted_form(edit_tokens: dict[str, str]) -> Form:
    """From which revision the posted form was read."""
    written = request.form.get("revision", "")
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise Refused("This form is incomplete. Go back, copy what you typed, and reload the page.")
    return Form(int(written), edit_tokens)


def local(at: datetime | None, zone: str) -> datetime | None:
    """An instant as the office's clock shows it."""
    return None if at is None else at.astimezone(ZoneInfo(zone))


def _bulletin_text() -> str:
    uploaded = request.files.get("file")
    if uploaded is not None and uploaded.filename:
        return read_file(uploaded.read(), uploaded.filename)
    pasted = request.form.get("text", "")
    if not pasted.strip():
        raise Refused("Choose a file, or paste the text of the bulletin.")
    return read_text(pasted.encode(), "pasted.txt")


def _harm(session: Session, action: Action) -> tuple[HarmStatement, str] | None:
    found = session.execute(
        select(HarmStatement, Organiser.name)
        .join(Organiser, Organiser.id == HarmStatement.organiser_id)
        .where(HarmStatement.action_id == action.id)
    ).one_or_none()
    return None if found is None else (found[0], found[1])
