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
from campaign.cases.review import held
from campaign.errors import CampaignError, Conflict, Unknown
from campaign.language import ORIGINAL
from campaign.office.audit import Actor
from campaign.office.permissions import Permission
from campaign.publication.figures import said, written
from campaign.sentences import Sentence, joined
from campaign.storage.tables import Case, Figure
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.case.case_pages import answered, asked_page, blueprint, case_read, named, of_case
from campaign.web.organise.case.fact_forms import read, shown
from campaign.web.organise.two_people import Doing, proposed
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
            "organise/case/part.html", FigureFacts, typed, faults, case, title=_("A figure"), problem=problem
        )

    if request.method == "GET":
        return form({"key": request.args.get("key", "")}, {})
    entered = read(FigureFacts, request.form)
    if entered.faults:
        return form(request.form, entered.faults), 422
    try:
        done = two_people.done("cases.add_figure", {"slug": slug})
    except two_people.Waits:
        raise
    except CampaignError as error:
        return form(request.form, {}, sentence_of(error)), error.status
    return answered(_("Saved.") if done else proposed(), slug, f"figures-{entered.facts.key}")


@two_people.doing("cases.add_figure")
def _adding(fields: Mapping[str, str], slug: str) -> Doing:
    case, facts, vault = _case(slug), read(FigureFacts, fields).facts, door().storage.vault
    return of_case(
        case, lambda session, who: figure_corrections.add_figure(session, vault, who, case.id, facts, clock.now())
    )


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
            "organise/case/figure.html", FigureFacts, typed, faults, case,
            title=_("Correct %(key)s", key=f"(({figure.key}))"), problem=problem, figure=figure,
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
        faults["reason"] = _("Give a reason. It is kept with the text versions and in the audit trail.")
    if request.form.get("step") == "back":
        return form(typed, {})
    if faults:
        return form(typed, faults), 422
    to = replace(entered.facts, key=figure.key)
    if request.form.get("step") != "confirm":
        return _preview(case, figure, to, typed)
    try:
        said = _corrected(case, figure, to, typed)
    except two_people.Waits:
        raise
    except CampaignError as error:
        return form(typed, {}, sentence_of(error), moved=isinstance(error, Conflict)), error.status
    return answered(said, slug, f"figures-{figure.key}")


def _corrected(case: Case, figure: Figure, to: FigureFacts, typed: Mapping[str, str]) -> str:
    """Correct it, or propose that; the sentence about it."""
    reason = request.form.get("reason", "")
    if _held(case, figure):
        where: dict[str, str | int] = {"slug": case.slug, "figure_id": figure.id}
        done = two_people.done("cases.correct", where, typed, reason=reason, urgent=_urgent())
        return _("Corrected.") if done else proposed()
    with door().storage.writing() as session:
        made = figure_proposals.correct(
            session, door().storage.vault, actor(), case.id, figure.id, to,
            request.form.get("seal", ""), reason, clock.now(), urgent=_urgent(),
        )  # fmt: skip
    return _done(Sentence("Corrected."), made)


@two_people.doing("cases.correct")
def _correcting(fields: Mapping[str, str], slug: str, figure_id: int) -> Doing:
    case, facts, vault = _case(slug), read(FigureFacts, fields).facts, door().storage.vault
    token, reason = fields.get("seal", ""), fields.get("reason", "")

    def change(session: Session, who: Actor) -> None:
        figure_corrections.correct_figure(session, vault, who, case.id, figure_id, facts, token, reason, clock.now())

    return of_case(case, change)


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
    try:
        with door().storage.reading() as session:
            figure = _figure(session, case, figure_id)
        if _held(case, figure, chosen=True):
            why = request.form.get("why", "")
            done = two_people.done("cases.quote", {"slug": slug, "figure_id": figure_id}, reason=why, urgent=_urgent())
            return answered(_("Chosen.") if done else proposed(), slug, f"figures-{figure.key}")
        with door().storage.writing() as session:
            made = figure_proposals.choose(
                session, door().storage.vault, actor(), case.id, figure_id, _number(request.form.get("instead_of")),
                request.form.get("why", ""), clock.now(), urgent=_urgent(),
            )  # fmt: skip
    except two_people.Waits:
        raise
    except CampaignError as error:
        return form(sentence_of(error)), error.status
    return answered(_done(Sentence("Chosen."), made), slug, f"figures-{figure.key}")


@two_people.doing("cases.quote")
def _choosing(fields: Mapping[str, str], slug: str, figure_id: int) -> Doing:
    case, vault = _case(slug), door().storage.vault
    instead_of, why = _number(fields.get("instead_of")), fields.get("why", "")

    def change(session: Session, who: Actor) -> None:
        figure_corrections.choose_figure(session, vault, who, case.id, figure_id, instead_of, why, clock.now())

    return of_case(case, change)


@blueprint.post("/<slug>/figures/<int:figure_id>/remove")
@needs(Permission.EDIT)
def remove_figure(slug: str, figure_id: int) -> Response:
    """Take a figure out, with the reason."""
    where: dict[str, str | int] = {"slug": slug, "figure_id": figure_id}
    done = two_people.done("cases.remove_figure", where, reason=request.form.get("reason", ""))
    return answered(_("Removed.") if done else proposed(), slug, "figures")


@two_people.doing("cases.remove_figure")
def _removing(fields: Mapping[str, str], slug: str, figure_id: int) -> Doing:
    case, reason, vault = _case(slug), fields.get("reason", ""), door().storage.vault

    def change(session: Session, who: Actor) -> None:
        figure_corrections.remove_figure(session, vault, who, case.id, figure_id, reason, clock.now())

    return of_case(case, change)


def _held(case: Case, figure: Figure, *, chosen: bool = False) -> bool:
    """Whether readers could see it though no text quotes it: what is quoted has a proposal of its own."""
    with door().storage.reading() as session:
        if not held.reaches_readers(session, held.of_case(session, case.id)):
            return False
        return not figure_proposals.waits(session, _figure(session, case, figure.id), chosen=chosen)


def _number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() else 0


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
        source=said(sources[to.source_id].publisher, current()) if to.source_id in sources else "",
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
    figure_, publisher = written(int(figure.value), figure.qualifier, current()), figure.source.publisher
    return _("%(figure)s (%(publisher)s)", figure=figure_, publisher=said(publisher, current()))


def _done(what: Sentence, made: figure_corrections.Rewritten | None) -> str:
    """What became of a change: how many texts it gave a new version, or that it waits for a second person."""
    if made is None:
        return proposed()
    texts, letters = len(made.texts), len(made.letters)
    if texts or letters:
        versions = Sentence(
            "New versions: %(texts)s texts, %(letters)s letters. Earlier versions are kept.",
            texts=texts,
            letters=letters,
        )
    else:
        versions = Sentence("No text changed.")
    return joined((what, versions)).inside(current())
