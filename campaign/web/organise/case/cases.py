"""Cases: all of them, a new one, and one with everything that is known about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import current_app, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.evidence import case_parts as room
from campaign.cases.evidence.facts import CaseFacts
from campaign.cases.evidence.figure_conflicts import EvidenceFlag, flags, side_by_side
from campaign.cases.evidence.figure_usage import actions_of, names_given_away, title_of
from campaign.cases.places import country_code, time_zone
from campaign.errors import CampaignError, Conflict
from campaign.office import audit_reading, search
from campaign.office.permissions import Permission
from campaign.publication.naming import public_name
from campaign.storage.tables import Action, AuditEvent, Case, Event, Figure
from campaign.vocabulary import ActionStatus, EventKind
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import actor, allowed, me, needs
from campaign.web.organise.action.action_tabs import ACTION_TABS
from campaign.web.organise.case import case_pages, evidence, figures, picture
from campaign.web.organise.case.case_pages import answered, asked_page, case_read, named, stale_days
from campaign.web.organise.case.fact_forms import read, shown
from campaign.web.rendering import page

LATEST = 10
PER_PAGE = 40

# A case is one section of the organisers' side: the views of all these modules stand on one blueprint.
blueprint = case_pages.blueprint
PARTS = (evidence, figures, picture)


@dataclass(frozen=True)
class Listed:
    """A case in the list. `threat` is the nearest day of harm ahead."""

    case: Case
    title: str
    actions: int
    open: int
    threat: date | None
    flags: tuple[EvidenceFlag, ...]


@blueprint.get("/")
@needs(Permission.READ)
def index() -> str:
    """All cases, those with open actions first; or those that hold some words, in the case or in one of its actions."""
    now, sought = clock.now(), " ".join(request.args.get("q", "").split())[:100]
    asked = max(1, request.args.get("page", 1, type=numbers.whole))
    with door().storage.reading() as session:
        cases = session.scalars(select(Case).order_by(Case.slug)).all()
        if sought:
            holding = search.cases(session, me().role, sought)
            cases = [it for it in cases if it.id in holding]
        counts: dict[int, list[ActionStatus]] = defaultdict(list)
        for case_id, status in session.execute(
            select(Action.case_id, Action.status).where(Action.discarded_at.is_(None))
        ):
            counts[case_id].append(status)
        cases = sorted(cases, key=lambda it: (-counts[it.id].count(ActionStatus.OPEN), named(it)))
        pages = max(1, -(-len(cases) // PER_PAGE))
        at = min(asked, pages)
        shown = cases[(at - 1) * PER_PAGE : at * PER_PAGE]
        threats: dict[int, list[date]] = defaultdict(list)
        for case_id, on in session.execute(
            select(Event.case_id, Event.on).where(
                Event.kind == EventKind.THREAT, Event.case_id.in_([it.id for it in shown])
            )
        ):
            threats[case_id].append(on)
        raised = flags(session, [it.id for it in shown], now)
    listed = [
        Listed(
            case=it,
            title=named(it),
            actions=len(counts[it.id]),
            open=counts[it.id].count(ActionStatus.OPEN),
            threat=min((on for on in threats[it.id] if on >= clock.local_day(now, it.time_zone)), default=None),
            flags=tuple(raised.get(it.id, ())),
        )
        for it in shown
    ]
    return page("organise/case/index.html", cases=listed, sought=sought, total=len(cases), at=at, pages=pages)


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
        return _new_page(request.form, {"title": str(error)}), error.status
    flash("Case created. Now add the people at risk, the timeline and the sources.")
    return redirect(url_for("cases.show", slug=case.slug))


def _new_page(typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    return asked_page("organise/case/new.html", CaseFacts, typed, faults, title="New case")


@blueprint.get("/<slug>")
@needs(Permission.READ)
def show(slug: str) -> str:
    """Everything about a case: who, what happened, figures side by side, sources, actions, history."""
    now = clock.now()
    with door().storage.reading() as session:
        case = case_read(session, slug)
        counted = session.scalars(
            select(Figure).where(Figure.case_id == case.id).options(selectinload(Figure.source))
        ).all()
        actions = actions_of(session, case.id)
        days = stale_days(session)
        raised = flags(session, [case.id], now).get(case.id, [])
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.case_id == case.id).order_by(AuditEvent.id.desc()).limit(LATEST)
        ).all()
        told = audit_reading.lines(session, events)
        subjects = [(it, {tag: public_name(name, it.naming) for tag, name in it.name.items()}) for it in case.subjects]
    return page(
        "organise/case/show.html",
        case=case,
        title=named(case),
        subjects=subjects,
        given_away=names_given_away(actions, case.subjects),
        sources={it.id: it for it in case.sources},
        resting={it.id: sum(figure.source_id == it.id for figure in counted) for it in case.sources},
        groups=side_by_side(counted, days, clock.local_day(now, case.time_zone)),
        stale_days=days,
        flags=raised,
        actions=[(it, title_of(it)) for it in actions],
        action_page=next(it for _, it, _ in ACTION_TABS if it in current_app.view_functions),
        events=told,
        editing=allowed(Permission.EDIT),
    )


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
            "organise/case/part.html", CaseFacts, typed, faults, case, title="Country and place", problem=problem,
            edit_token=now_says.edit_token(), now_says=shown(now_says) if moved else None,
        )  # fmt: skip

    if request.method == "GET":
        return form(shown(now_says), {})
    entered = read(CaseFacts, request.form)
    if entered.faults:
        return form(request.form, entered.faults), 422
    try:
        with door().storage.writing() as session:
            edit_token = request.form.get("seal", "")
            room.edit(session, door().storage.vault, actor(), case.id, entered.facts, edit_token, clock.now())
    except CampaignError as error:
        return form(request.form, {}, str(error), moved=isinstance(error, Conflict)), error.status
    return answered("Saved.", slug)
