"""The picture of a case: handed in with its consent and its descriptions, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.evidence import pictures
from campaign.cases.evidence.pictures import PictureFacts
from campaign.errors import CampaignError
from campaign.language import LANGUAGES
from campaign.office.permissions import Permission
from campaign.publication.pictures import KINDS, WIDTHS, file_name
from campaign.publication.reading import PUBLIC
from campaign.storage.tables import Action, Case, CasePicture
from campaign.vocabulary import Focus, PictureKind
from campaign.web.app_state import door
from campaign.web.forms import many_lines, one_line
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.case.case_pages import answered, blueprint, case_read, named
from campaign.web.rendering import page

KIND_NAMES = {
    PictureKind.NO_PERSON: "No person",
    PictureKind.DRAWING: "A drawing, no real person",
    PictureKind.PEOPLE: "People who are not at risk",
    PictureKind.PEOPLE_AT_RISK: "People at risk",
}


@blueprint.route("/<slug>/picture", methods=["GET", "POST"])
@needs(Permission.EDIT)
def picture(slug: str) -> Response | str | tuple[str, int]:
    """Hand in a picture, or change what is said of it."""
    with door().storage.reading() as session:
        case = case_read(session, slug)
        stored = _stored(session, case)
    if request.method == "GET":
        return _page(case, stored, _shown(stored), {})
    facts, now = _typed(request.form), clock.now()
    faults = facts.faults(now.date())
    given = request.files.get("file")
    content = given.read() if given is not None else b""
    try:
        drawn = pictures.drawn(content) if content else None
    except CampaignError as error:
        faults["file"] = str(error)
        drawn = None
    if stored is None and drawn is None:
        faults.setdefault("file", "Choose a picture file.")
    if faults:
        return _page(case, stored, request.form, faults), 422
    before = stored.mark if stored is not None else None
    if drawn is not None:
        for name, body in drawn.files.items():
            door().storage.files.write(name, body)
    with door().storage.writing() as session:
        pictures.keep(session, door().storage.vault, actor(), case_read(session, slug), drawn, facts, now)
    if drawn is not None and before is not None:
        _forget(before)
    return answered("Picture saved.", slug)


@blueprint.post("/<slug>/picture/remove")
@needs(Permission.EDIT)
def remove_picture(slug: str) -> Response:
    """Show it no more, and delete its files: a consent can be taken back."""
    with door().storage.writing() as session:
        case = case_read(session, slug)
        stored = _stored(session, case)
        pictures.remove(session, door().storage.vault, actor(), case, clock.now())
    if stored is not None:
        _forget(stored.mark)
    return answered("Picture removed.", slug)


def _stored(session: Session, case: Case) -> CasePicture | None:
    return session.scalars(select(CasePicture).where(CasePicture.case_id == case.id)).one_or_none()


def _forget(mark: str) -> None:
    """Delete the files of a picture that no case shows any more."""
    with door().storage.reading() as session:
        if session.scalar(select(CasePicture.case_id).where(CasePicture.mark == mark).limit(1)) is not None:
            return
    for width in WIDTHS:
        for kind in KINDS:
            door().storage.files.remove(file_name(mark, width, kind))


def _typed(form: Mapping[str, str]) -> PictureFacts:
    kind, focus = one_line(form.get("kind")), one_line(form.get("focus"))
    return PictureFacts(
        # What is not said is what needs the most care.
        kind=PictureKind(kind) if kind in {*PictureKind} else PictureKind.PEOPLE_AT_RISK,
        alt={tag: text for tag in LANGUAGES if (text := one_line(form.get(f"alt-{tag}")))},
        credit={tag: text for tag in LANGUAGES if (text := one_line(form.get(f"credit-{tag}")))},
        focus=Focus(focus) if focus in {*Focus} else Focus.CENTRE,
        consent=many_lines(form.get("consent")),
        consent_on=_day(one_line(form.get("consent_on"))),
        at_risk_stated=form.get("at_risk_stated") == "yes",
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _shown(stored: CasePicture | None) -> dict[str, str]:
    if stored is None:
        return {}
    words = {f"alt-{tag}": text for tag, text in stored.alt.items()}
    words |= {f"credit-{tag}": text for tag, text in stored.credit.items()}
    return words | {
        "kind": stored.kind,
        "focus": stored.focus,
        "consent": stored.consent,
        "consent_on": stored.consent_on.isoformat(),
        "at_risk_stated": "yes" if stored.at_risk_stated else "",
    }


def _page(case: Case, stored: CasePicture | None, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    with door().storage.reading() as session:
        public = session.scalar(select(Action.id).where(Action.case_id == case.id, Action.status.in_(PUBLIC)).limit(1))
    return page(
        "organise/case/picture.html",
        case=case,
        title=named(case),
        stored=stored,
        public=public is not None,
        typed=typed,
        faults=faults,
        kinds=KIND_NAMES,
        places=list(Focus),
        locales=list(LANGUAGES.values()),
    )
