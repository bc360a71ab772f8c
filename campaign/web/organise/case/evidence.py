"""The parts of a case that no text quotes: subjects, timeline, sources. Entering, changing, taking out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.evidence import case_parts as room
from campaign.cases.evidence.case_parts import Part, PartFacts
from campaign.cases.evidence.facts import EventFacts, SourceFacts, SubjectFacts
from campaign.errors import CampaignError, Conflict, Unknown
from campaign.office.permissions import Permission
from campaign.storage.tables import Case
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.case.case_pages import answered, asked_page, blueprint, case_read
from campaign.web.organise.case.fact_forms import read, shown
from campaign.web.rendering import url


@dataclass(frozen=True)
class _Part:
    """A kind of part, by the word in its address: what is entered, and what its pages are called."""

    facts: type[PartFacts]
    new: str
    change: str


PARTS = {
    "subjects": _Part(SubjectFacts, "Person at risk", "Person at risk"),
    "events": _Part(EventFacts, "Timeline event", "Timeline event"),
    "sources": _Part(SourceFacts, "A source", "A source"),
}


@blueprint.route("/<slug>/<kind>/new", methods=["GET", "POST"])
@needs(Permission.EDIT)
def add_part(slug: str, kind: str) -> Response | str | tuple[str, int]:
    """Enter a subject, an event or a source."""
    case, part = _found(slug, kind)
    if request.method == "GET":
        return _page(case, part, {}, {}, part.new)
    entered = read(part.facts, request.form)
    if entered.faults:
        return _page(case, part, request.form, entered.faults, part.new), 422
    try:
        with door().storage.writing() as session:
            room.add(session, door().storage.vault, actor(), case.id, entered.facts, clock.now())
    except CampaignError as error:
        return _page(case, part, request.form, {}, part.new, problem=str(error)), error.status
    return answered("Saved.", slug, kind)


@blueprint.route("/<slug>/<kind>/<int:part_id>", methods=["GET", "POST"])
@needs(Permission.EDIT)
def change_part(slug: str, kind: str, part_id: int) -> Response | str | tuple[str, int]:
    """Change one; where somebody else did so meanwhile, both versions are shown and nothing is lost."""
    case, part = _found(slug, kind)
    now_says = part.facts.of(_row(case, kind, part_id))
    more = {
        "edit_token": now_says.edit_token(),
        "removal": url("cases.remove_part", slug=slug, kind=kind, part_id=part_id),
    }
    if request.method == "GET":
        return _page(case, part, shown(now_says), {}, part.change, **more)
    entered = read(part.facts, request.form)
    if entered.faults:
        # The edit token of the form that was sent: what was changed meanwhile is still noticed.
        more["edit_token"] = request.form.get("seal", "")
        return _page(case, part, request.form, entered.faults, part.change, **more), 422
    try:
        with door().storage.writing() as session:
            edit_token = request.form.get("seal", "")
            room.change(
                session, door().storage.vault, actor(), case.id, part_id, entered.facts, edit_token, clock.now()
            )
    except CampaignError as error:
        both = shown(now_says) if isinstance(error, Conflict) else None
        answer = _page(case, part, request.form, {}, part.change, problem=str(error), now_says=both, **more)
        return answer, error.status
    return answered("Saved.", slug, kind)


@blueprint.post("/<slug>/<kind>/<int:part_id>/remove")
@needs(Permission.EDIT)
def remove_part(slug: str, kind: str, part_id: int) -> Response:
    """Take one out, with the reason."""
    case, part = _found(slug, kind)
    with door().storage.writing() as session:
        vault, reason = door().storage.vault, request.form.get("reason", "")
        room.remove(session, vault, actor(), case.id, part.facts, part_id, reason, clock.now())
    return answered("Removed.", slug, kind)


def _found(slug: str, kind: str) -> tuple[Case, _Part]:
    if kind not in PARTS:
        raise Unknown("This part of the case does not exist.")
    with door().storage.reading() as session:
        return case_read(session, slug), PARTS[kind]


def _row(case: Case, kind: str, part_id: int) -> Part:
    rows: list[Part] = {"subjects": case.subjects, "events": case.events, "sources": case.sources}[kind]  # type: ignore[assignment]
    found = next((it for it in rows if it.id == part_id), None)
    if found is None:
        raise Unknown("This is no longer part of the case.")
    return found


def _page(
    case: Case,
    part: _Part,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    title: str,
    **more: object,
) -> str:
    return asked_page("organise/case/part.html", part.facts, typed, faults, case, title=title, **more)
