"""Figures: entering them, choosing which one letters quote, and correcting one with all that it reaches in view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.evidence import figure_corrections, figure_proposals, figure_usage
from campaign.cases.evidence.facts import FigureFacts
from campaign.errors import CampaignError, Conflict, Unknown
from campaign.language import ORIGINAL
from campaign.office.permissions import Permission
from campaign.publication.figures import said, written
from campaign.storage.tables import Case, Figure
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.texts import PROPOSED
from campaign.web.organise.case.case_pages import answered, asked_page, blueprint, case_read, named
from campaign.web.organise.case.fact_forms import read, shown
from campaign.web.rendering import page, url

# What belongs to the page that was sent, and not to what was typed.
_OF_THE_PAGE = frozenset({"csrf_token", "drawn_for", "step", "urgent"})


@blueprint.route("/<slug>/figures/new", methods=["GET", "POST"])
@needs(Permission.EDIT)
def add_figure(slug: str) -> Response | str | tuple[str, int]:
    """Enter a number from a source; `key` may come with the link."""
    case = _case(slug)

    def form(typed: Mapping[str, str], faults: Mapping[str, str], problem: str | None = None) -> str:
        return asked_page(
            "organise/case/part.html", FigureFacts, typed, faults, case, title="A figure", problem=problem
        )

    if request.method == "GET":
        return form({"key": request.args.get("key", "")}, {})
    entered = read(FigureFacts, request.form)
    if entered.faults:
        return form(request.form, entered.faults), 422
    try:
        with door().storage.writing() as session:
            figure_corrections.add_figure(session, door().storage.vault, actor(), case.id, entered.facts, clock.now())
    except CampaignError as error:
        return form(request.form, {}, str(error)), error.status
    return answered("Saved.", slug, f"figures-{entered.facts.key}")


@blueprint.route("/<slug>/figures/<int:figure_id>", methods=["GET", "POST"])
@needs(Permission.EDIT)
def correct(slug: str, figure_id: int) -> Response | str | tuple[str, int]:
    """Correct a figure in three steps: the form; every text that quotes it, before and after; and the yes."""
    case = _case(slug)
    with door().storage.reading() as session:
        figure = _figure(session, case, figure_id)
    now_says = FigureFacts.of(figure)

    def form(
        typed: Mapping[str, str], faults: Mapping[str, str], problem: str | None = None, moved: bool = False
    ) -> str:
        return asked_page(
            "organise/case/figure.html", FigureFacts, typed, faults, case, title=f"Correct (({figure.key}))",
            problem=problem, figure=figure,
            edit_token=now_says.edit_token() if moved or not typed.get("seal") else typed["seal"],
            now_says=shown(now_says) if moved else None,
            removal=url("cases.remove_figure", slug=slug, figure_id=figure_id),
        )  # fmt: skip

    if request.method == "GET":
        return form(shown(now_says), {})
    typed = {**request.form.to_dict(), "key": figure.key}
    entered = read(FigureFacts, typed)
    faults = dict(entered.faults)
    if not request.form.get("reason", "").strip():
        faults["reason"] = "Give a reason. It is kept with the text versions and in the audit trail."
    if request.form.get("step") == "back":
        return form(typed, {})
    if faults:
        return form(typed, faults), 422
    to = replace(entered.facts, key=figure.key)
    if request.form.get("step") != "confirm":
        return _preview(case, figure, to, typed)
    try:
        with door().storage.writing() as session:
            made = figure_proposals.correct(
                session, door().storage.vault, actor(), case.id, figure_id, to,
                request.form.get("seal", ""), request.form.get("reason", ""), clock.now(), urgent=_urgent(),
            )  # fmt: skip
    except CampaignError as error:
        return form(typed, {}, str(error), moved=isinstance(error, Conflict)), error.status
    return answered(f"Corrected. {_told(made)}" if made else PROPOSED, slug, f"figures-{figure.key}")


@blueprint.route("/<slug>/figures/<int:figure_id>/quote", methods=["GET", "POST"])
@needs(Permission.EDIT)
def quote(slug: str, figure_id: int) -> Response | str | tuple[str, int]:
    """Choose this figure for letters and texts: what it changes, and why."""
    case = _case(slug)

    def form(problem: str | None = None) -> str:
        with door().storage.reading() as session:
            figure = _figure(session, case, figure_id)
            of_key = select(Figure).where(Figure.case_id == case.id, Figure.key == figure.key, Figure.quoted)
            quoted = session.scalars(of_key.options(joinedload(Figure.source))).one_or_none()
            reach = figure_usage.of_choice(session, figure)
            waits = figure_proposals.waits(session, figure, chosen=True)
        return page(
            "organise/case/quote.html", case=case, case_title=named(case), figure=figure, quoted=quoted, reach=reach,
            waits=waits, says={it.id: _words(it) for it in (figure, quoted) if it}, problem=problem,
            why=request.form.get("why", figure.why or ""),
        )  # fmt: skip

    if request.method == "GET":
        return form()
    instead_of = request.form.get("instead_of", "0")
    try:
        with door().storage.writing() as session:
            figure = _figure(session, case, figure_id)
            made = figure_proposals.choose(
                session, door().storage.vault, actor(), case.id, figure_id,
                int(instead_of) if instead_of.isascii() and instead_of.isdecimal() else 0,
                request.form.get("why", ""), clock.now(), urgent=_urgent(),
            )  # fmt: skip
    except CampaignError as error:
        return form(str(error)), error.status
    return answered(f"Chosen. {_told(made)}" if made else PROPOSED, slug, f"figures-{figure.key}")


@blueprint.post("/<slug>/figures/<int:figure_id>/remove")
@needs(Permission.EDIT)
def remove_figure(slug: str, figure_id: int) -> Response:
    """Take a figure out, with the reason."""
    case = _case(slug)
    with door().storage.writing() as session:
        vault, reason = door().storage.vault, request.form.get("reason", "")
        figure_corrections.remove_figure(session, vault, actor(), case.id, figure_id, reason, clock.now())
    return answered("Removed.", slug, "figures")


def _preview(case: Case, figure: Figure, to: FigureFacts, typed: Mapping[str, str]) -> str:
    with door().storage.reading() as session:
        reach = figure_usage.of_correction(session, figure, to)
        waits = figure_proposals.waits(session, figure)
    sources = {it.id: it for it in case.sources}
    changes = [
        (tag, written(int(figure.value), figure.qualifier, tag), written(to.value, to.qualifier, tag))
        for tag in sorted({ORIGINAL, *figure.qualifier, *to.qualifier, *(it.place.locale for it in reach.quotations)})
    ]
    return page(
        "organise/case/correction.html", case=case, case_title=named(case), figure=figure, to=to, reach=reach,
        waits=waits, changes=changes,
        source=said(sources[to.source_id].publisher, ORIGINAL) if to.source_id in sources else "",
        typed={name: value for name, value in typed.items() if name not in _OF_THE_PAGE},
    )  # fmt: skip


def _urgent() -> bool:
    return request.form.get("urgent") == "yes"


def _case(slug: str) -> Case:
    with door().storage.reading() as session:
        return case_read(session, slug)


def _figure(session: Session, case: Case, figure_id: int) -> Figure:
    found = session.scalars(
        select(Figure).where(Figure.id == figure_id, Figure.case_id == case.id).options(joinedload(Figure.source))
    ).one_or_none()
    if found is None:
        raise Unknown("This figure is no longer part of the case.")
    return found


def _words(figure: Figure) -> str:
    return f"{written(int(figure.value), figure.qualifier, ORIGINAL)} ({said(figure.source.publisher, ORIGINAL)})"


def _told(made: figure_corrections.Rewritten) -> str:
    texts, letters = len(made.texts), len(made.letters)
    if not texts and not letters:
        return "No text changed."
    return f"New versions: {texts} texts, {letters} letters. Earlier versions are kept."
