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
from campaign.sentences import Sentence
from campaign.storage.tables import Case
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.case.case_pages import answered, asked_page, blueprint, case_read, of_case
from campaign.web.organise.case.fact_forms import read, shown
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import url


@dataclass(frozen=True)
class _Part:
    """A kind of part, by the word in its address: what is entered, and what its pages are called."""

    facts: type[PartFacts]
    new: str
    change: str


PARTS = {
    "subjects": _Part(SubjectFacts, Sentence("Person at risk"), Sentence("Person at risk")),
    "events": _Part(EventFacts, Sentence("Timeline event"), Sentence("Timeline event")),
    "sources": _Part(SourceFacts, Sentence("A source"), Sentence("A source")),
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
        done = two_people.done("cases.add_part", {"slug": slug, "kind": kind})
    except two_people.Waits:
        raise
    except CampaignError as error:
        return _page(case, part, request.form, {}, part.new, problem=sentence_of(error)), error.status
    return answered(_("Saved.") if done else two_people.proposed(), slug, kind)


@two_people.doing("cases.add_part")
def _adding(fields: Mapping[str, str], slug: str, kind: str) -> Doing:
    case, part = _found(slug, kind)
    facts, vault = read(part.facts, fields).facts, door().storage.vault
    return of_case(case, lambda session, who: room.add(session, vault, who, case.id, facts, clock.now()))


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
        done = two_people.done("cases.change_part", {"slug": slug, "kind": kind, "part_id": part_id})
    except two_people.Waits:
        raise
    except CampaignError as error:
        both = shown(now_says) if isinstance(error, Conflict) else None
        answer = _page(case, part, request.form, {}, part.change, problem=sentence_of(error), now_says=both, **more)
        return answer, error.status
    return answered(_("Saved.") if done else two_people.proposed(), slug, kind)


@two_people.doing("cases.change_part")
def _changing(fields: Mapping[str, str], slug: str, kind: str, part_id: int) -> Doing:
    case, part = _found(slug, kind)
    facts, token, vault = read(part.facts, fields).facts, fields.get("seal", ""), door().storage.vault
    return of_case(
        case, lambda session, who: room.change(session, vault, who, case.id, part_id, facts, token, clock.now())
    )


@blueprint.post("/<slug>/<kind>/<int:part_id>/remove")
@needs(Permission.EDIT)
def remove_part(slug: str, kind: str, part_id: int) -> Response:
    """Take one out, with the reason."""
    where: dict[str, str | int] = {"slug": slug, "kind": kind, "part_id": part_id}
    done = two_people.done("cases.remove_part", where, reason=request.form.get("reason", ""))
    return answered(_("Removed.") if done else two_people.proposed(), slug, kind)


@two_people.doing("cases.remove_part")
def _removing(fields: Mapping[str, str], slug: str, kind: str, part_id: int) -> Doing:
    case, part = _found(slug, kind)
    reason, vault = fields.get("reason", ""), door().storage.vault
    return of_case(
        case, lambda session, who: room.remove(session, vault, who, case.id, part.facts, part_id, reason, clock.now())
    )


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
