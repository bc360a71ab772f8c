"""Checks and review: what the checks say, what a second person says, and publication, now or at an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.lifecycle import zones
from campaign.cases.review import approval, changes, inspection
from campaign.cases.review.approval import Judged
from campaign.cases.review.checks import Level, checks
from campaign.cases.writing import proposals, waiting_changes
from campaign.cases.writing.model_letters import Which
from campaign.cases.writing.previews import Typed
from campaign.cases.writing.recipients import label
from campaign.cases.writing.versions import newest_letters
from campaign.errors import CampaignError, Conflict, Unknown
from campaign.language import LANGUAGES
from campaign.office.permissions import Permission
from campaign.sentences import Sentence
from campaign.storage.tables import Action, Organisation, Organiser, Remark
from campaign.vocabulary import ActionStatus
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.action import previews
from campaign.web.organise.action.action_tabs import action_named, action_page, read_action
from campaign.web.organise.action.actions import local, next_step, posted_form, where
from campaign.web.organise.action.form_input import instant
from campaign.web.organise.action.part_names import part_called
from campaign.web.organise.action.texts import pdf
from campaign.web.rendering import url

blueprint = Blueprint("review", __name__, url_prefix="/actions/<slug>/review")

Answer = Response | tuple[str, int]


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str, problem: str | None = None) -> str:
    """The checks with the pages of every letter, the remarks, and the next step."""
    judged = _judged(slug)
    with door().storage.reading() as session:
        action = action_named(session, slug)
        people = {it.id: it.name for it in session.scalars(select(Organiser)).all()}
        remarks = session.scalars(select(Remark).where(Remark.action_id == action.id).order_by(Remark.id)).all()
        needed = approval.review_needed(session)
        step = next_step(session, action, clock.now())
        zone = session.scalars(select(Organisation.time_zone)).one()
        waiting = waiting_changes.waiting(session, action.id)
        typed = waiting_changes.as_typed(session, action.id)
        places = _places(action, typed)
    return action_page(
        "organise/action/review.html",
        action,
        "review.show",
        problem=problem,
        judged=judged,
        levels=[(level, [it for it in judged.found if it.level is level]) for level in Level],
        where=where,
        step=step,
        remarks=[it for it in remarks if it.settled_at is None],
        settled=[it for it in remarks if it.settled_at is not None],
        people=people,
        parts=_parts(action),
        needed=needed,
        changes=waiting,
        as_it_will_be=_as_it_will_be(slug, places, typed),
        me_id=me().id,
        mine=action.submitted_by_id == me().id,
        before_opening=action.status in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW},
        opens=local(action.opens_at, zone),
        zone=zone,
        zones=zones.choices(action.case),
        typed=request.form,
    )


@blueprint.post("/submit")
@needs(Permission.EDIT)
def submit(slug: str) -> Answer:
    """Put it forward for review."""

    judged = _judged(slug)

    def work(session: Session) -> None:
        approval.submit(session, door().storage.vault, actor(), slug, judged, clock.now())

    return _done(slug, work, _("Submitted. Someone else will review it."))


@blueprint.post("/remind")
@needs(Permission.EDIT)
def remind(slug: str) -> Answer:
    """Write to those who may approve it once more."""

    def work(session: Session) -> None:
        approval.remind(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, work, _("Reviewers reminded. They get an e-mail with everything that is waiting for them."))


@blueprint.post("/approve")
@needs(Permission.REVIEW)
def approve(slug: str) -> Answer:
    """Say yes to what someone else put forward."""

    def decide(session: Session, judged: Judged) -> None:
        approval.approve(session, door().storage.vault, actor(), slug, judged, clock.now())

    return _decided(slug, decide, _("Approved. Any change now cancels the approval."))


@blueprint.post("/send-back")
@needs(Permission.REVIEW)
def send_back(slug: str) -> Answer:
    """Say not yet, and why."""

    def work(session: Session) -> None:
        words = request.form.get("text", "")
        approval.send_back(session, door().storage.vault, actor(), slug, words, clock.now())

    return _done(slug, work, _("Sent back to draft with your comment."))


@blueprint.get("/<tag>/bulletin.pdf")
@needs(Permission.READ)
def bulletin(slug: str, tag: str) -> Response:
    """The bulletin in a language as it will be, what waits for a second person included."""
    return pdf(previews.bulletin_print(slug, _known(tag), _waiting(slug)), f"{slug}-{tag}.pdf")


@blueprint.get("/<tag>/<int:official_id>/letter.pdf")
@needs(Permission.READ)
def letter(slug: str, tag: str, official_id: int) -> Response:
    """A model letter as it will be printed; official 0 stands for all who have none of their own."""
    content = previews.letter_print(slug, Which(_known(tag), official_id or None), _waiting(slug))
    if content is None:
        raise Unknown("This letter goes to nobody.")
    return pdf(content, f"{slug}-letter-{tag}.pdf")


@blueprint.post("/changes/<int:proposal_id>/publish")
@needs(Permission.REVIEW)
def publish_change(slug: str, proposal_id: int) -> Answer:
    """Let readers see a change that someone else proposed."""

    def work(session: Session) -> None:
        vault, now = door().storage.vault, clock.now()
        changes.publish(session, vault, actor(), slug, proposal_id, now, two_people.publish)

    return _done(slug, work, _("Published. Readers see it within seconds."))


@blueprint.post("/changes/<int:proposal_id>/reject")
@needs(Permission.REVIEW)
def reject_change(slug: str, proposal_id: int) -> Answer:
    """Leave it as it is, and say why."""

    def work(session: Session) -> None:
        words = request.form.get("text", "")
        proposals.reject(session, door().storage.vault, actor(), slug, proposal_id, words, clock.now())

    return _done(slug, work, _("Rejected. What readers see stays as it is."))


@blueprint.post("/remarks")
@needs(Permission.REVIEW)
def remark(slug: str) -> Answer:
    """Remark on a part."""

    def work(session: Session) -> None:
        part, words = request.form.get("part", "whole"), request.form.get("text", "")
        known = dict(_parts(action_named(session, slug)))
        approval.remark(
            session, door().storage.vault, actor(), slug, part if part in known else "whole", words, clock.now()
        )

    return _done(slug, work, _("Comment added. It is shown next to the texts."))


@blueprint.post("/remarks/<int:remark_id>/settle")
@needs(Permission.EDIT)
def settle(slug: str, remark_id: int) -> Answer:
    """What a remark asked for is done."""

    def work(session: Session) -> None:
        approval.settle(session, door().storage.vault, actor(), slug, remark_id, clock.now())

    read_action(slug)
    return _done(slug, work, _("Settled."))


@blueprint.post("/publish")
@needs(Permission.PUBLISH)
def publish(slug: str) -> Answer:
    """Open it now, or at an hour of the office's clock."""
    now = clock.now()
    at = request.form.get("at", "").strip() if request.form.get("when") == "at" else None

    def decide(session: Session, judged: Judged) -> None:
        vault = door().storage.vault
        case = action_named(session, slug).case
        zones.choose(session, vault, actor(), case, request.form.get("time_zone", ""), now)
        if at is None:
            approval.publish(session, vault, actor(), slug, judged, now)
        else:
            zone = session.scalars(select(Organisation.time_zone)).one()
            hour = instant(at, zone, Sentence("Choose the day and time it opens."))
            approval.publish_at(session, vault, actor(), slug, judged, hour, now)

    done = _("Published. The public page is open.") if at is None else _("Scheduled. It will open at that time.")
    return _decided(slug, decide, done)


@blueprint.post("/not-yet")
@needs(Permission.PUBLISH)
def not_yet(slug: str) -> Answer:
    """Let it not open by itself after all."""

    def work(session: Session) -> None:
        approval.publish_not_yet(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, work, _("Scheduled opening cancelled."))


def _done(slug: str, work: Callable[[Session], None], said: str) -> Answer:
    """Do it in one transaction; say that it is done, or show the page again with what was typed and why not."""
    read_action(slug)
    try:
        with door().storage.writing() as session:
            work(session)
    except CampaignError as error:
        return show(slug, sentence_of(error)), error.status
    flash(said)
    return redirect(url("review.show", slug=slug))


def _decided(slug: str, decide: Callable[[Session, Judged], None], said: str) -> Answer:
    """As `_done`, on the checks of what the visitor saw. No transaction waits while letters are laid out."""
    read_action(slug)
    try:
        judged = _as_seen(slug)
    except CampaignError as error:
        return show(slug, sentence_of(error)), error.status
    return _done(slug, lambda session: decide(session, judged), said)


@dataclass(frozen=True)
class InLanguage:
    """What readers of a language will see: the page, and each letter with the official it is for (0: all others)."""

    tag: str
    page: Markup
    letters: tuple[tuple[int, str, Markup], ...]


def _places(action: Action, typed: Typed) -> dict[str, list[tuple[int, str]]]:
    """{language: each letter in it, as (official, name)}, for every language in which there is something to see."""
    names = {it.official.id: label(it.official) for it in action.recipients}
    letters = {(it.locale, it.official_id or 0) for it in newest_letters(action)}
    letters |= {(it.locale, it.official_id or 0) for it in typed.letters}
    tags = [action.original_locale, *(it.locale for it in action.texts), *typed.texts, *(tag for tag, _ in letters)]
    return {
        tag: [(to, names.get(to, "")) for locale, to in sorted(letters) if locale == tag]
        for tag in sorted(set(tags), key=lambda tag: (tag != action.original_locale, tag))
        if tag in LANGUAGES
    }


def _as_it_will_be(slug: str, places: Mapping[str, list[tuple[int, str]]], typed: Typed) -> list[InLanguage]:
    return [
        InLanguage(
            tag,
            previews.texts(slug, tag, typed),
            tuple((to, name, previews.letter(slug, Which(tag, to or None), typed)) for to, name in letters),
        )
        for tag, letters in places.items()
    ]


def _waiting(slug: str) -> Typed:
    with door().storage.reading() as session:
        return waiting_changes.as_typed(session, read_action(slug).id)


def _known(tag: str) -> str:
    if tag not in LANGUAGES:
        raise Unknown("There is no such language.")
    return tag


def _judged(slug: str) -> Judged:
    now = clock.now()
    with door().storage.reading() as session:
        seen = inspection.inspect(session, slug, now)
    return Judged(seen.revision, checks(inspection.measured(seen), now))


def _as_seen(slug: str) -> Judged:
    """The checks as they are now, if the action is still as the visitor saw it."""
    judged, form = _judged(slug), posted_form({})
    if judged.revision != form.revision:
        raise Conflict("This action was changed after you opened the page. Check it again, then decide.")
    return judged


def _parts(action: Action) -> list[tuple[str, str]]:
    """(part, what it is called) for everything a remark can be about."""
    tongues = [it.locale for it in action.texts]
    letters = list(dict.fromkeys(it.locale for it in action.letters))
    told = [
        "whole",
        *(f"text:{it}" for it in tongues),
        *(f"letter:{it}" for it in letters),
        "recipients",
        "particulars",
        "harm",
    ]
    return [(it, part_called(it)) for it in told]
