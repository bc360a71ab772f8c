"""The Letters tab: what supporters asked us to send, official by official, and the post runs of what goes on paper.

Counts alone: a supporter's name and words are nowhere but in the file that is printed.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from campaign import clock
from campaign.appeals.relay import answers, post_runs, queue_status
from campaign.appeals.relay.post_runs import Pile
from campaign.errors import Conflict, Refused, Unknown
from campaign.office.permissions import Permission
from campaign.printing.sheets.envelope import Envelope
from campaign.sentences import Sentence, counted
from campaign.storage.tables import Action
from campaign.vocabulary import LetterStatus, Paper
from campaign.web import downloads, numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.action import steps
from campaign.web.organise.action.action_tabs import action_page, read_action
from campaign.web.organise.action.form_input import Typed
from campaign.web.rendering import url

blueprint = Blueprint("letters", __name__, url_prefix="/actions/<slug>/queue")

Answer = Redirect | tuple[str, int]

# What the office calls a letter that stands there, in the order of its way.
SAID = {
    LetterStatus.DRAFTED: Sentence("shown to the writer, not agreed yet"),
    LetterStatus.QUEUED: Sentence("waiting to be sent"),
    LetterStatus.SENT: Sentence("sent, nothing came back"),
    LetterStatus.DELIVERED: Sentence("delivered"),
    LetterStatus.BOUNCED: Sentence("returned"),
    LetterStatus.PRINTED: Sentence("printed"),
    LetterStatus.DROPPED: Sentence("not sent, deleted"),
}


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str, form: Typed | None = None) -> str:
    """Each official's letters by where they stand, what needs a person, and the post runs."""
    action, now = read_action(slug), clock.now()
    with door().storage.reading() as session:
        found = queue_status.of_action(session, action.id, now, live=not door().settings.demo, own=steps.own_days())
        runs = post_runs.of_action(session, action.id)
        told = answers.of_action(session, action.id)
    return action_page(
        "organise/support/queue.html",
        action,
        "letters.show",
        queues=found,
        concerns=queue_status.concerns,
        runs=runs,
        told=told,
        said=SAID,
        total=sum(it.total for it in found),
        most=post_runs.MOST,
        kept=queue_status.UNSENT_KEPT.days,
        envelopes=list(Envelope),
        form=form,
        today=clock.local_day(now, action.case.time_zone),
    )


@blueprint.post("/")
@needs(Permission.DELIVER)
def print_them(slug: str) -> Answer:
    """Take letters to one official out of the queue, to be printed: the late ones, or all."""
    action, now = read_action(slug), clock.now()
    official_id = request.form.get("official", -1, type=numbers.whole)
    form = Typed(f"run-{official_id}")
    paper = form.one_of(Paper, "paper")
    if paper is None:
        return show(slug, form), 422
    try:
        with door().storage.writing() as session:
            most = _how_many(session, action, official_id)
            post_runs.begin(session, door().storage.vault, actor(), action.id, official_id, paper, now, most=most)
    except (Refused, Conflict) as error:
        form.wrong[""] = sentence_of(error)
        return show(slug, form), error.status
    flash(
        _("These letters now go by post, not by e-mail. Print them below, and mark them as posted once they have gone.")
    )
    return redirect(url("letters.show", slug=slug) + "#runs")


@blueprint.get("/<int:run_id>/letters.pdf")
@needs(Permission.DELIVER)
def sheets(slug: str, run_id: int) -> Response:
    """The letters of a run, each on its own sheets, however it is printed."""
    return downloads.download(_pile(slug, run_id).pdf(), "application/pdf", f"{slug}-letters-{run_id}.pdf")


@blueprint.get("/<int:run_id>/envelopes.pdf")
@needs(Permission.DELIVER)
def envelopes(slug: str, run_id: int) -> Response:
    """An envelope for each letter of a run; `size` (dl, c5, no10) chooses."""
    try:
        size = Envelope(request.args.get("size", Envelope.DL))
    except ValueError as error:
        raise Refused("This envelope is not known: choose dl, c5 or no10.") from error
    return downloads.download(
        _pile(slug, run_id).envelopes(size), "application/pdf", f"{slug}-envelopes-{run_id}.pdf"
    )  # fmt: skip


@blueprint.get("/<int:run_id>/labels.pdf")
@needs(Permission.DELIVER)
def labels(slug: str, run_id: int) -> Response:
    """A label for each letter of a run, on sheets of 24."""
    return downloads.download(_pile(slug, run_id).labels(), "application/pdf", f"{slug}-labels-{run_id}.pdf")


@blueprint.post("/<int:run_id>/posted")
@needs(Permission.DELIVER)
def posted(slug: str, run_id: int) -> Answer:
    """Tick a run off: it is in the post, and its words are forgotten."""
    form = Typed(f"posted-{run_id}")
    on = form.day("on", _("Enter the day they were posted."))
    if on is None:
        return show(slug, form), 422
    try:
        with door().storage.writing() as session:
            _of(session, slug, run_id)
            n = post_runs.posted(session, door().storage.vault, actor(), run_id, on, clock.now())
    except Refused as error:
        form.wrong["on"] = sentence_of(error)
        return show(slug, form), error.status
    except Conflict as error:
        form.wrong[""] = sentence_of(error)
        return show(slug, form), error.status
    marked = counted(
        "One letter is marked as posted and counted. The texts are deleted.",
        "%(n)s letters are marked as posted and counted. The texts are deleted.",
        n,
    )
    flash(marked.inside(current()))
    return redirect(url("letters.show", slug=slug) + "#runs")


def _how_many(session: Session, action: Action, official_id: int) -> int:
    """All that may be printed, or those alone that will not leave before the deadline."""
    if request.form.get("which") != "late":
        return post_runs.MOST
    found = queue_status.of_action(session, action.id, clock.now(), live=not door().settings.demo, own=steps.own_days())
    late = next((it.late for it in found if it.official_id == official_id), 0)
    if not late:
        raise Refused("All letters to this official will be sent in time.")
    return late


def _pile(slug: str, run_id: int) -> Pile:
    with door().storage.reading() as session:
        _of(session, slug, run_id)
        return post_runs.pile(session, door().storage.vault, run_id, clock.now())


def _of(session: Session, slug: str, run_id: int) -> None:
    if post_runs.one(session, run_id).action_id != read_action(slug).id:
        raise Unknown("This post run does not exist.")
