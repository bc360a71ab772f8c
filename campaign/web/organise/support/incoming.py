"""Incoming mail: answers, complaints, and reports that no program could read, for a person to deal with."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign import clock
from campaign.appeals.relay import incoming
from campaign.errors import Conflict, Refused
from campaign.office.permissions import Permission
from campaign.sentences import Sentence
from campaign.storage.tables import Organisation
from campaign.vocabulary import IncomingKind
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.rendering import page, url

blueprint = Blueprint("incoming", __name__, url_prefix="/incoming")

Answer = Response | tuple[str, int]

SAID = {
    IncomingKind.REPLY: Sentence("Reply"),
    IncomingKind.AUTO_REPLY: Sentence("Automatic reply"),
    IncomingKind.COMPLAINT: Sentence("Complaint"),
    IncomingKind.REPORT: Sentence("Report that could not be read"),
    IncomingKind.HANDED_IN: Sentence("Reply that a supporter handed in"),
    IncomingKind.REFUSAL: Sentence("Refusal of all our mail"),
}


@blueprint.get("/")
@needs(Permission.DELIVER)
def show(problem: str | None = None) -> str:
    """What waits for somebody, the newest first; or what was dealt with lately."""
    handled = request.args.get("done") == "yes"
    with door().storage.reading() as session:
        mails = incoming.listed(session, door().storage.vault, handled=handled)
        held_at = session.scalar(select(Organisation.letters_held_at))
    return page(
        "organise/support/incoming.html",
        mails=mails,
        kinds=SAID,
        handled=handled,
        held_at=held_at,
        problem=problem,
        kept=incoming.HANDLED_KEPT.days,
    )


@blueprint.post("/<int:mail_id>/reply")
@needs(Permission.DELIVER)
def record_reply(mail_id: int) -> Answer:
    """Record a mail as the official's answer."""
    return _done(
        lambda session: incoming.record_reply(session, door().storage.vault, actor(), mail_id, clock.now()),
        _("Recorded as the official's reply. The letter counts as delivered."),
    )


@blueprint.post("/<int:mail_id>/done")
@needs(Permission.DELIVER)
def dismiss(mail_id: int) -> Answer:
    """Somebody has looked at it."""
    return _done(
        lambda session: incoming.dismiss(session, door().storage.vault, actor(), mail_id, clock.now()),
        _("Marked as done."),
    )


@blueprint.post("/send-again")
@needs(Permission.SETTINGS)
def send_again() -> Answer:
    """Let letters go again after servers refused us."""
    return _done(
        lambda session: incoming.send_again(session, door().storage.vault, actor(), clock.now()),
        _("Letters are sent again."),
    )


def _done(work: Callable[[Session], None], said: str) -> Answer:
    try:
        with door().storage.writing() as session:
            work(session)
    except (Refused, Conflict) as error:
        return show(sentence_of(error)), error.status
    flash(said)
    return redirect(url("incoming.show"))
