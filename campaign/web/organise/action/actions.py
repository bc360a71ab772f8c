"""An action at its desk: where it stands, its particulars and its statement of doing no harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.board import queries
from campaign.cases.review import held, inspection
from campaign.cases.review.checks import Check, Part, checks, stops, warnings
from campaign.cases.writing import particulars
from campaign.cases.writing.particulars import Particulars, Statement
from campaign.cases.writing.texts import Form
from campaign.errors import Conflict, Refused
from campaign.office import notes, ownership, tasks
from campaign.office.audit import Actor
from campaign.office.next_steps import Step
from campaign.office.permissions import Permission
from campaign.storage.tables import Action, HarmStatement, Organisation, Organiser
from campaign.vocabulary import ActionKind, ActionStatus
from campaign.web.app_state import door
from campaign.web.forms import many_lines
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action import steps
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action
from campaign.web.organise.action.part_names import as_list, languages, part_called
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import url

blueprint = Blueprint("actions", __name__, url_prefix="/actions")
blueprint.app_template_global("part_called")(part_called)
blueprint.app_template_filter("listed")(as_list)
blueprint.app_template_filter("languages")(languages)

Answer = Response | tuple[str, int]


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
        people, to_do = ownership.read(session, action.id), tasks.of_action(session, action.id, now)
        written = notes.of_action(session, action.id)
    return action_page(
        "organise/action/overview.html",
        action,
        "actions.show",
        stops=stops(found),
        warnings=warnings(found),
        where=where,
        step=step,
        harm=harm,
        people=people,
        tasks=to_do,
        notes=written,
        longest_note=notes.LONGEST,
        me_id=me().id,
        opens=local(action.opens_at, office_zone),
        office_zone=office_zone,
        public=action.status not in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW},
    )


@blueprint.get("/<slug>/particulars", endpoint="particulars")
@needs(Permission.READ)
def particulars_form(
    slug: str,
    given: Particulars | None = None,
    wrong: Mapping[str, str] | None = None,
    theirs: Particulars | None = None,
    statement: Statement | None = None,
) -> str:
    """Number, kind, deadline, goal and the like; and the statement of doing no harm."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        harm = _harm(session, action)
    shown = given or particulars.typed(action, current())
    differ = [name for name in asdict(shown) if theirs and getattr(theirs, name) != getattr(shown, name)]
    return action_page(
        "organise/action/particulars.html",
        action,
        "actions.show",
        given=shown,
        edit_token=particulars.typed(action).edit_token,
        wrong=wrong or {},
        theirs=theirs,
        differ=differ,
        harm=harm,
        statement=statement or Statement(*((harm[0].consent, harm[0].risk) if harm else ())),
        kinds=list(ActionKind),
        kind_of=ActionKind,
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
        done = two_people.done("actions.particulars", {"slug": slug})
    except Conflict as conflict:
        saved = particulars.typed(read_action(slug), current())
        return particulars_form(slug, given, {"": sentence_of(conflict)}, saved), conflict.status
    except Refused as error:
        return particulars_form(slug, given, {"": sentence_of(error)}), error.status
    flash(_("Saved.") if done else two_people.proposed())
    return redirect(url("actions.show", slug=slug))


@two_people.doing("actions.particulars")
def _detailing(fields: Mapping[str, str], slug: str) -> Doing:
    given, vault = particulars.from_form(fields), door().storage.vault
    form = form_of(fields, {"particulars": fields.get("seal", "")})

    def change(session: Session, who: Actor) -> None:
        particulars.save(session, vault, who, slug, form, given, clock.now())

    return Doing(change, lambda session: held.of_action(session, slug))


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
        return particulars_form(slug, wrong={"harm": sentence_of(error)}, statement=statement), error.status
    flash(_("Signed with your name and today's date."))
    return redirect(url("actions.show", slug=slug))


@blueprint.post("/<slug>/unplaced")
@needs(Permission.EDIT)
def place_line(slug: str) -> Response:
    """A line of the bulletin that was not understood is dealt with."""
    with door().storage.writing() as session:
        line = request.form.get("line", "")
        particulars.place_line(session, door().storage.vault, actor(), slug, line, clock.now())
    flash(_("Line marked as done. You can still read the full bulletin."))
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
    return form_of(request.form, edit_tokens)


def form_of(fields: Mapping[str, str], edit_tokens: dict[str, str]) -> Form:
    """From which revision a form was read."""
    written = fields.get("revision", "")
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise Refused("This form is incomplete. Go back, copy what you typed, and reload the page.")
    return Form(int(written), edit_tokens)


def local(at: datetime | None, zone: str) -> datetime | None:
    """An instant as the office's clock shows it."""
    return None if at is None else at.astimezone(ZoneInfo(zone))


def _harm(session: Session, action: Action) -> tuple[HarmStatement, str] | None:
    found = session.execute(
        select(HarmStatement, Organiser.name)
        .join(Organiser, Organiser.id == HarmStatement.organiser_id)
        .where(HarmStatement.action_id == action.id)
    ).one_or_none()
    return None if found is None else (found[0], found[1])
