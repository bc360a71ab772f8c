"""Through its life: forms that extend, stop, close with an outcome, go on with, and put away an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.lifecycle import discarding, opening_and_closing, transitions
from campaign.cases.review import held
from campaign.cases.writing import further_information, proposals
from campaign.cases.writing.proposals import Wanted
from campaign.errors import Conflict, Gone, Refused
from campaign.office.permissions import Permission
from campaign.storage.tables import Action, Extension
from campaign.vocabulary import Outcome
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_page, read_action
from campaign.web.organise.action.beginning import heading_of
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import url

blueprint = Blueprint("life", __name__, url_prefix="/actions")

Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class Life:
    """What `action/life.html` shows besides the action itself."""

    extensions: tuple[Extension, ...]
    successor: Action | None
    languages: tuple[str, ...]  # in which readers are told, the original first
    today: date
    over: bool  # whether its deadline has passed where the case is


@blueprint.get("/<slug>/life")
@needs(Permission.READ)
def show(slug: str, problem: str | None = None, part: str = "") -> str:
    """Where the action stands and what may become of it; with what was typed, after a refusal."""
    return action_page("organise/action/life_page.html", read_action(slug), "actions.show", problem=problem, part=part)


@blueprint.post("/<slug>/extend")
@needs(Permission.PUBLISH)
def extend(slug: str) -> Answer:
    """Move the deadline to a later day."""

    return _held(slug, "life.extend", "extend", _("Deadline extended. Pages and calendars show it now."))


@two_people.doing("life.extend")
def _extending(fields: Mapping[str, str], slug: str) -> Doing:
    try:
        until = date.fromisoformat(fields.get("until", ""))
    except ValueError as error:
        raise Refused("Enter the new deadline.") from error
    words, vault = _words("reason", fields), door().storage.vault
    return _of_action(
        slug, lambda session, who: transitions.extend(session, vault, who, slug, until, words, clock.now())
    )


@blueprint.post("/<slug>/stop")
@needs(Permission.STOP)
def stop(slug: str) -> Answer:
    """Stop it at once."""

    def work(session: Session) -> None:
        if request.form.get("sure") != "yes":
            raise Refused("Confirm that nobody should write about this case any more.")
        vault, now = door().storage.vault, clock.now()
        was_public = transitions.stop(session, vault, actor(), slug, _words("reason", request.form), now)
        if was_public:
            # A stop waits for nobody; the others are told at once.
            told = Wanted(reason="Stopped at once.", urgent=True)
            proposals.published_urgently(session, vault, actor(), slug, "stop", told, now)

    answer = _done(slug, "stop", work, _("Action stopped. The public page says so, and queued e-mails are not sent."))
    door().prints.forget(slug)
    return answer


@blueprint.post("/<slug>/outcome")
@needs(Permission.PUBLISH)
def conclude(slug: str) -> Answer:
    """Say what became of it; one that is open closes with it."""

    return _held(slug, "life.conclude", "outcome", _("Outcome saved. It is on the public page."))


@two_people.doing("life.conclude")
def _concluding(fields: Mapping[str, str], slug: str) -> Doing:
    kind = next((it for it in Outcome if it == fields.get("outcome")), None)
    if kind is None:
        raise Refused("Choose one: positive, mixed, negative or unclear.")
    words, vault = _words("words", fields), door().storage.vault
    return _of_action(
        slug, lambda session, who: transitions.conclude(session, vault, who, slug, kind, words, clock.now())
    )


@blueprint.post("/<slug>/close")
@needs(Permission.PUBLISH)
def close(slug: str) -> Answer:
    """End signing before the deadline; the outcome may be told later."""

    return _held(slug, "life.close", "close", _("Action closed. Nobody can sign any more."))


@two_people.doing("life.close")
def _closing(_fields: Mapping[str, str], slug: str) -> Doing:
    vault = door().storage.vault
    return _of_action(slug, lambda session, who: opening_and_closing.close(session, vault, who, slug, clock.now()))


@blueprint.post("/<slug>/discard")
@needs(Permission.EDIT)
def discard(slug: str) -> Answer:
    """Throw away a draft that nobody outside has seen."""

    def work(session: Session) -> None:
        discarding.discard(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "discard", work, _("Draft discarded. You can restore it for 30 days."))


@blueprint.post("/<slug>/restore")
@needs(Permission.EDIT)
def restore(slug: str) -> Answer:
    """Take back a draft that was thrown away."""

    def work(session: Session) -> None:
        discarding.restore(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "discard", work, _("Draft restored."))


@blueprint.post("/<slug>/further-information")
@needs(Permission.EDIT)
def follow(slug: str) -> Answer:
    """Draft the next action of the case; if there is one, go there."""
    try:
        with door().storage.writing() as session:
            vault, heading = door().storage.vault, heading_of(request.form)
            there = further_information.follow(session, vault, actor(), slug, clock.now(), heading).slug
    except Refused as error:
        return show(slug, sentence_of(error), "follow"), error.status
    except Conflict as told:
        with door().storage.reading() as session:
            next_one = further_information.successor(session, read_action(slug))
        if next_one is None:
            raise
        flash(sentence_of(told))
        return redirect(_overview(next_one.slug))
    flash(_("This is the next action in the case, copied from the one before. Add a deadline and what is new."))
    return redirect(_overview(there))


@blueprint.post("/<slug>/archive")
@needs(Permission.PUBLISH)
def archive(slug: str) -> Answer:
    """Put it away."""

    def work(session: Session) -> None:
        transitions.archive(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "archive", work, _("Archived. Its public page stays."))


@blueprint.app_template_global("life_of")
def life_of(action: Action) -> Life:
    """What the forms of an action need to know."""
    with door().storage.reading() as session:
        languages = dict.fromkeys([action.original_locale, *(it.locale for it in action.texts)])
        today = clock.local_day(clock.now(), action.case.time_zone)
        return Life(
            extensions=transitions.extensions(session, action.id),
            successor=further_information.successor(session, action),
            languages=tuple(languages),
            today=today,
            over=action.deadline is not None and action.deadline < today,
        )


def _done(slug: str, part: str, work: Callable[[Session], None], said: str) -> Answer:
    try:
        with door().storage.writing() as session:
            work(session)
    except (Refused, Conflict, Gone) as error:
        return show(slug, sentence_of(error), part), error.status
    flash(said)
    return redirect(_overview(slug))


def _held(slug: str, name: str, part: str, said: str) -> Answer:
    """The same, of what readers would see: it may wait for a second person."""
    try:
        # What readers are told is the reason, too.
        reason = next((it for tag, it in request.form.items() if tag.startswith(("reason-", "words-")) and it), "")
        done = two_people.done(name, {"slug": slug}, reason=reason)
    except (Refused, Conflict, Gone) as error:
        return show(slug, sentence_of(error), part), error.status
    flash(said if done else two_people.proposed())
    return redirect(_overview(slug))


def _of_action(slug: str, change: held.Change) -> Doing:
    return Doing(change, lambda session: held.of_action(session, slug))


def _overview(slug: str) -> str:
    return url("actions.show", slug=slug)


def _words(name: str, fields: Mapping[str, str]) -> dict[str, str]:
    """{language: words} of the fields `name-en`, `name-ur`, …"""
    return {it.removeprefix(f"{name}-"): said for it, said in fields.items() if it.startswith(f"{name}-")}
