"""Through its life: forms that extend, stop, close with an outcome, go on with, and put away an action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.cases.lifecycle import discarding, opening_and_closing, transitions
from campaign.cases.writing import further_information
from campaign.errors import Conflict, Gone, Refused
from campaign.office.permissions import Permission
from campaign.storage.tables import Action, Extension
from campaign.vocabulary import Outcome
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action.action_tabs import action_page, read_action
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

    def work(session: Session) -> None:
        try:
            until = date.fromisoformat(request.form.get("until", ""))
        except ValueError as error:
            raise Refused("Enter the new deadline.") from error
        transitions.extend(session, door().storage.vault, actor(), slug, until, _words("reason"), clock.now())

    return _done(slug, "extend", work, "Deadline extended. Pages and calendars show it now.")


@blueprint.post("/<slug>/stop")
@needs(Permission.STOP)
def stop(slug: str) -> Answer:
    """Stop it at once."""

    def work(session: Session) -> None:
        if request.form.get("sure") != "yes":
            raise Refused("Confirm that nobody should write about this case any more.")
        transitions.stop(session, door().storage.vault, actor(), slug, _words("reason"), clock.now())

    answer = _done(slug, "stop", work, "Action stopped. The public page says so, and queued e-mails are not sent.")
    door().prints.forget(slug)
    return answer


@blueprint.post("/<slug>/outcome")
@needs(Permission.PUBLISH)
def conclude(slug: str) -> Answer:
    """Say what became of it; one that is open closes with it."""

    def work(session: Session) -> None:
        kind = next((it for it in Outcome if it == request.form.get("outcome")), None)
        if kind is None:
            raise Refused("Choose one: positive, mixed, negative or unclear.")
        transitions.conclude(session, door().storage.vault, actor(), slug, kind, _words("words"), clock.now())

    return _done(slug, "outcome", work, "Outcome saved. It is on the public page.")


@blueprint.post("/<slug>/close")
@needs(Permission.PUBLISH)
def close(slug: str) -> Answer:
    """End signing before the deadline; the outcome may be told later."""

    def work(session: Session) -> None:
        opening_and_closing.close(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "close", work, "Action closed. Nobody can sign any more.")


@blueprint.post("/<slug>/discard")
@needs(Permission.EDIT)
def discard(slug: str) -> Answer:
    """Throw away a draft that nobody outside has seen."""

    def work(session: Session) -> None:
        discarding.discard(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "discard", work, "Draft discarded. You can restore it for 30 days.")


@blueprint.post("/<slug>/restore")
@needs(Permission.EDIT)
def restore(slug: str) -> Answer:
    """Take back a draft that was thrown away."""

    def work(session: Session) -> None:
        discarding.restore(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "discard", work, "Draft restored.")


@blueprint.post("/<slug>/further-information")
@needs(Permission.EDIT)
def follow(slug: str) -> Response:
    """Draft the next action of the case; if there is one, go there."""
    try:
        with door().storage.writing() as session:
            there = further_information.follow(session, door().storage.vault, actor(), slug, clock.now()).slug
    except Conflict as told:
        with door().storage.reading() as session:
            next_one = further_information.successor(session, read_action(slug))
        if next_one is None:
            raise
        flash(str(told))
        return redirect(_overview(next_one.slug))
    flash("This is the next action in the case, copied from the one before. Add a deadline and what is new.")
    return redirect(_overview(there))


@blueprint.post("/<slug>/archive")
@needs(Permission.PUBLISH)
def archive(slug: str) -> Answer:
    """Put it away."""

    def work(session: Session) -> None:
        transitions.archive(session, door().storage.vault, actor(), slug, clock.now())

    return _done(slug, "archive", work, "Archived. Its public page stays.")


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
        return show(slug, str(error), part), error.status
    flash(said)
    return redirect(_overview(slug))


def _overview(slug: str) -> str:
    return url("actions.show", slug=slug)


def _words(name: str) -> dict[str, str]:
    """{language: words} of the fields `name-en`, `name-ur`, …"""
    fields = ((it.removeprefix(f"{name}-"), said) for it, said in request.form.items() if it.startswith(f"{name}-"))
    return dict(fields)
