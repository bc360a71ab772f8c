"""The picture of a case: handed in with its consent and its descriptions, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import make_response, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.evidence import pictures
from campaign.cases.evidence.pictures import Drawn, PictureFacts
from campaign.errors import CampaignError, Unknown
from campaign.language import LANGUAGES
from campaign.office.audit import Actor
from campaign.office.permissions import Permission
from campaign.publication.pictures import KINDS, WIDTHS, file_name, is_one
from campaign.publication.reading import PUBLIC
from campaign.sentences import Sentence
from campaign.storage.tables import Action, Case, CasePicture
from campaign.vocabulary import Focus, PictureKind
from campaign.web.app_state import door
from campaign.web.forms import many_lines, one_line
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.case.case_pages import answered, blueprint, case_read, named, of_case
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import page

REASON = "A picture, or what is said of it."
KIND_NAMES = {
    PictureKind.NO_PERSON: Sentence("No person"),
    PictureKind.DRAWING: Sentence("A drawing, no real person"),
    PictureKind.PEOPLE: Sentence("People who are not at risk"),
    PictureKind.PEOPLE_AT_RISK: Sentence("People at risk"),
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
    facts = _typed(request.form)
    faults = facts.faults(clock.now().date())
    given = request.files.get("file")
    content = given.read() if given is not None else b""
    try:
        drawn = pictures.drawn(content) if content else None
    except CampaignError as error:
        faults["file"] = sentence_of(error)
        drawn = None
    if stored is None and drawn is None:
        faults.setdefault("file", _("Choose a picture file."))
    if faults:
        return _page(case, stored, request.form, faults), 422
    before = stored.mark if stored is not None else None
    # Which files there are is said by what was drawn, never by the form.
    fields = {name: value for name, value in request.form.items() if name not in OF_FILES}
    if drawn is not None:
        for name, body in drawn.files.items():
            door().storage.files.write(name, body)
        fields |= {"mark": drawn.mark, "width": str(drawn.width), "height": str(drawn.height)}
    # The file comes once: who hands it in for a public page is not asked for more than the form asks.
    done = two_people.done("cases.picture", {"slug": slug}, fields, reason=REASON)
    if not done:
        return answered(two_people.proposed(), slug)
    if drawn is not None and before is not None:
        _forget(before)
    return answered(_("Picture saved."), slug)


# What a held change knows of the files that were drawn when it was proposed.
OF_FILES = ("mark", "width", "height")


@two_people.doing("cases.picture")
def _keeping(fields: Mapping[str, str], slug: str) -> Doing:
    with door().storage.reading() as session:
        case = case_read(session, slug)
    facts, vault = _typed(fields), door().storage.vault
    drawn = Drawn(fields["mark"], int(fields["width"]), int(fields["height"]), {}) if "mark" in fields else None

    def change(session: Session, who: Actor) -> None:
        pictures.keep(session, vault, who, case_read(session, slug), drawn, facts, clock.now())

    return of_case(case, change)


@blueprint.get("/<slug>/picture/waiting/<mark>.jpeg")
@needs(Permission.READ)
def waiting_picture(slug: str, mark: str) -> Response:
    """The picture that waits for a second person, for who is to look at it."""
    with door().storage.reading() as session:
        case = case_read(session, slug)
        waits = mark in pictures.waiting(session, case.id)
    width = WIDTHS[0]
    if not waits or not is_one(mark, width, "jpeg"):
        raise Unknown("This file was not found.")
    response = make_response(door().storage.files.read(file_name(mark, width, "jpeg")))
    response.mimetype = "image/jpeg"
    return response


@blueprint.post("/<slug>/picture/remove")
@needs(Permission.EDIT)
def remove_picture(slug: str) -> Response:
    """Show it no more, and delete its files: a consent can be taken back."""
    with door().storage.reading() as session:
        stored = _stored(session, case_read(session, slug))
    # A consent can be taken back at any hour: one person is enough, and the others are told at once.
    two_people.done("cases.remove_picture", {"slug": slug}, reason="The picture was removed.", urgent=True)
    if stored is not None:
        _forget(stored.mark)
    return answered(_("Picture removed."), slug)


@two_people.doing("cases.remove_picture")
def _removing(_fields: Mapping[str, str], slug: str) -> Doing:
    with door().storage.reading() as session:
        case = case_read(session, slug)
    vault = door().storage.vault
    return of_case(
        case, lambda session, who: pictures.remove(session, vault, who, case_read(session, slug), clock.now())
    )


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
