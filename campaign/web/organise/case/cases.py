"""Cases: all of them, a new one, and one with everything that is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import current_app, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases import case_tags, tags
from campaign.cases.evidence import case_parts as room
from campaign.cases.evidence import copies as kept_copies
from campaign.cases.evidence.facts import CaseFacts
from campaign.cases.evidence.figure_conflicts import flags, side_by_side
from campaign.cases.evidence.figure_usage import actions_of, names_given_away, title_of
from campaign.cases.places import country_code, time_zone
from campaign.errors import CampaignError, Conflict
from campaign.language import country_name
from campaign.office import audit_reading
from campaign.office.permissions import Permission
from campaign.publication.naming import public_name
from campaign.sentences import Sentence, listed
from campaign.storage.tables import AuditEvent, Case, Figure
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, allowed, needs
from campaign.web.organise.action.action_tabs import ACTION_TABS
from campaign.web.organise.case import case_pages, copies, evidence, figure_grid, figures, listing, picture
from campaign.web.organise.case.case_pages import answered, asked_page, case_read, named, of_case, stale_days
from campaign.web.organise.case.fact_forms import read, shown
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import page

LATEST = 10

# A case is one section of the organisers' side: the views of all these modules stand on one blueprint.
blueprint = case_pages.blueprint
PARTS = (copies, evidence, figure_grid, figures, listing, picture)


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT)
def new() -> Response | str | tuple[str, int]:
    """A new case: its name, and where it is."""
    if request.method == "GET":
        # A link may bring the country: its time zone comes with it.
        country = country_code(request.args.get("country", "")) or ""
        zone, city = time_zone(country) if country else ("", "")
        return _new_page({"country": country, "time_zone": zone, "place-en": city}, {})
    entered = read(CaseFacts, request.form)
    name = request.form.get("title", "")
    if entered.faults:
        return _new_page(request.form, entered.faults), 422
    try:
        with door().storage.writing() as session:
            case = room.create(session, door().storage.vault, actor(), name, entered.facts, clock.now())
    except CampaignError as error:
        return _new_page(request.form, {"title": sentence_of(error)}), error.status
    flash(_("Case created. Now add the people at risk, the timeline and the sources."))
    return redirect(url_for("cases.show", slug=case.slug))


def _new_page(typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    return asked_page("organise/case/new.html", CaseFacts, typed, faults, title=_("New case"))


@blueprint.get("/<slug>")
@needs(Permission.READ)
def show(slug: str) -> str:
    """Everything about a case: who, what happened, figures side by side, sources, actions, history."""
    return _page(slug)


@blueprint.post("/<slug>/tags")
@needs(Permission.EDIT)
def retag(slug: str) -> Response | tuple[str, int]:
    """Give a case the tags that were typed."""
    with door().storage.reading() as session:
        case = case_read(session, slug)
    written, known = request.form.get("tags", ""), request.form.get("read", "")
    try:
        with door().storage.writing() as session:
            case_tags.save(session, door().storage.vault, actor(), case.id, written, known, clock.now())
    except CampaignError as error:
        return _page(slug, sentence_of(error), written), error.status
    return answered(_("Saved."), slug)


def _page(slug: str, tags_fault: str | None = None, tags_typed: str | None = None) -> str:
    now = clock.now()
    with door().storage.reading() as session:
        case = case_read(session, slug)
        counted = session.scalars(
            select(Figure).where(Figure.case_id == case.id).options(selectinload(Figure.source))
        ).all()
        actions = actions_of(session, case.id)
        copied = kept_copies.counted(session, case.id)
        days = stale_days(session)
        raised = flags(session, [case.id], now).get(case.id, [])
        events = session.scalars(
            select(AuditEvent).where(audit_reading.of_case(case.id)).order_by(AuditEvent.id.desc()).limit(LATEST)
        ).all()
        told = audit_reading.lines(session, events)
        subjects = [(it, {tag: public_name(name, it.naming) for tag, name in it.name.items()}) for it in case.subjects]
    return page(
        "organise/case/show.html",
        case=case,
        title=named(case),
        tags_fault=tags_fault,
        tags_typed=tags.typed(case.tags) if tags_typed is None else tags_typed,
        tags_read=tags.typed(case.tags),
        dangerous=_dangerous(case),
        subjects=subjects,
        given_away=names_given_away(actions, case.subjects),
        sources={it.id: it for it in case.sources},
        resting={it.id: sum(figure.source_id == it.id for figure in counted) for it in case.sources},
        copied=copied,
        groups=side_by_side(counted, days, clock.local_day(now, case.time_zone)),
        stale_days=days,
        flags=raised,
        actions=[(it, title_of(it)) for it in actions],
        action_page=next(it for _title, it, _permission in ACTION_TABS if it in current_app.view_functions),
        events=told,
        editing=allowed(Permission.EDIT),
    )


def _dangerous(case: Case) -> Sentence | None:
    """In which other countries being named is dangerous, as a sentence."""
    if not case.at_risk_countries:
        return None
    there = listed(partial(country_name, code) for code in case.at_risk_countries)
    return Sentence("being named is also dangerous in %(countries)s", countries=there)


@blueprint.route("/<slug>/where", methods=["GET", "POST"])
@needs(Permission.EDIT)
def where(slug: str) -> Response | str | tuple[str, int]:
    """Change where a case is, and where being named could be dangerous."""
    with door().storage.reading() as session:
        case = case_read(session, slug)
    now_says = CaseFacts.of(case)

    def form(
        typed: Mapping[str, str], faults: Mapping[str, str], problem: str | None = None, moved: bool = False
    ) -> str:
        return asked_page(
            "organise/case/part.html", CaseFacts, typed, faults, case, title=_("Country and place"), problem=problem,
            edit_token=now_says.edit_token(), now_says=shown(now_says) if moved else None,
        )  # fmt: skip

    if request.method == "GET":
        return form(shown(now_says), {})
    entered = read(CaseFacts, request.form)
    if entered.faults:
        return form(request.form, entered.faults), 422
    try:
        done = two_people.done("cases.where", {"slug": slug})
    except two_people.Waits:
        raise
    except CampaignError as error:
        return form(request.form, {}, sentence_of(error), moved=isinstance(error, Conflict)), error.status
    return answered(_("Saved.") if done else two_people.proposed(), slug)


@two_people.doing("cases.where")
def _moving(fields: Mapping[str, str], slug: str) -> Doing:
    with door().storage.reading() as session:
        case = case_read(session, slug)
    facts, token, vault = read(CaseFacts, fields).facts, fields.get("seal", ""), door().storage.vault
    return of_case(case, lambda session, who: room.edit(session, vault, who, case.id, facts, token, clock.now()))
