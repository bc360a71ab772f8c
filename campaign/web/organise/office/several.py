"""Several actions at once: chosen from the board as it is filtered, changed by one press, told in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask import session as visit
from werkzeug.wrappers import Response

from campaign import clock, language
from campaign.cases import several
from campaign.cases.board import queries
from campaign.cases.board.rules import Board, Row
from campaign.cases.several import Doing, Done, Left, Undoing, Wanted
from campaign.errors import CampaignError, Forbidden, Refused
from campaign.office import ownership
from campaign.office.permissions import Permission
from campaign.sentences import Sentence, counted, joined, listed
from campaign.web.app_state import door
from campaign.web.locales import current, sentence_of
from campaign.web.organise.account.authorisation import actor, allowed, me, needs
from campaign.web.organise.action.steps import told
from campaign.web.organise.office import board
from campaign.web.organise.words import worded
from campaign.web.rendering import page, url

blueprint = Blueprint("several", __name__, url_prefix="/several")

# Of the actions that were left for one reason, so many are named.
MOST_NAMED = 5
NOBODY = "nobody"
_KEPT = "several"


@blueprint.get("/")
@needs(Permission.EDIT)
def show() -> str:
    """The actions of the board as it is filtered, to choose among."""
    return _page()


@blueprint.post("/")
@needs(Permission.EDIT)
def change() -> Response | tuple[str, int]:
    """Do one thing to those that were chosen."""
    try:
        wanted = _wanted()
        with door().storage.writing() as session:
            done = several.perform(session, door().storage.vault, actor(), _chosen(), wanted, clock.now())
    except CampaignError as error:
        return _page(sentence_of(error)), error.status
    # What undoes it lies in the visit, encrypted, until something else is done to several.
    visit[_KEPT] = [{**asdict(it), "who": me().id} for it in several.undoing(done)]
    flash(worded(said(done)))
    return redirect(url("several.show", **board.narrowed()))


@blueprint.post("/undo")
@needs(Permission.EDIT)
def undo() -> Response | tuple[str, int]:
    """Take back what one did last."""
    try:
        with door().storage.writing() as session:
            undone = several.undo(session, door().storage.vault, actor(), _undoing(), clock.now())
    except CampaignError as error:
        return _page(sentence_of(error)), error.status
    visit.pop(_KEPT, None)
    flash(
        worded(
            counted("Undone. %(n)s action is as it was.", "Undone. %(n)s actions are as they were.", undone)
        )
    )  # fmt: skip
    return redirect(url("several.show", **board.narrowed()))


def said(done: Done) -> Sentence:
    """What came of it, and which were left for what reason."""
    return joined([_so(done) if done.so else Sentence("No action was changed."), *_left(done.left)])


def _so(done: Done) -> Sentence:
    n, tag = done.so, done.wanted.tag
    if done.wanted.doing is Doing.TAG:
        return counted("%(n)s action has the tag “%(tag)s”.", "%(n)s actions have the tag “%(tag)s”.", n, tag=tag)
    if done.wanted.doing is Doing.UNTAG:
        return counted(
            "%(n)s action is without the tag “%(tag)s”.", "%(n)s actions are without the tag “%(tag)s”.", n, tag=tag
        )
    if done.wanted.doing is Doing.ARCHIVE:
        return counted("%(n)s action is archived.", "%(n)s actions are archived.", n)
    if done.owner is None:
        return counted("%(n)s action has no owner.", "%(n)s actions have no owner.", n)
    return counted("%(who)s owns %(n)s action.", "%(who)s owns %(n)s actions.", n, who=done.owner)


def _left(left: Sequence[Left]) -> list[Sentence]:
    """Those that were left, under their reasons."""
    if not left:
        return []
    by_reason: dict[str, list[Left]] = {}
    for it in left:
        by_reason.setdefault(it.why, []).append(it)
    found = [counted("%(n)s was left.", "%(n)s were left.", len(left))]
    for those in by_reason.values():
        named: list[object] = [it.action for it in those[:MOST_NAMED]]
        if len(those) > MOST_NAMED:
            named.append(counted("%(n)s more", "%(n)s more", len(those) - MOST_NAMED))
        found.append(Sentence("%(actions)s: %(why)s", actions=listed(named), why=those[0].why))
    return found


def _wanted() -> Wanted:
    """What the pressed button asks for. Raises `Refused` if it is none of ours, `Forbidden` if one may not."""
    try:
        doing = Doing(request.form.get("do", ""))
    except ValueError:
        raise Refused("Choose what to do.") from None
    if doing is Doing.ARCHIVE and not allowed(Permission.PUBLISH):
        raise Forbidden("You may not archive actions.")
    owner = request.form.get("owner", "")
    if doing is Doing.OWNER and owner != NOBODY and not (owner.isascii() and owner.isdecimal() and len(owner) < 10):
        raise Refused("Choose who is to own them.")
    owner_id = int(owner) if doing is Doing.OWNER and owner != NOBODY else None
    return Wanted(doing, request.form.get("tag", ""), owner_id)


def _chosen() -> list[str]:
    return request.form.getlist("listed" if request.form.get("all") else "action")


def _undoing() -> list[Undoing]:
    """What undoes what this person did last in this visit. Raises `Refused` if there is nothing."""
    kept: list[dict[str, Any]] = visit.get(_KEPT) or []
    if not kept or any(it["who"] != me().id for it in kept):
        raise Refused("There is nothing to undo.")
    return [
        Undoing(
            Wanted(Doing(it["wanted"]["doing"]), it["wanted"]["tag"], it["wanted"]["owner_id"]),
            tuple(it["slugs"]),
            it["given_to"],
        )
        for it in kept
    ]


def _page(problem: str | None = None) -> str:
    asked, now = replace(board.asked(), unfolded=True), clock.now()
    with door().storage.reading() as session:
        found = queries.read(session, asked, now, told(session, now))
        people = ownership.owners_to_be(session)
    return page(
        "organise/office/several.html",
        rows=_rows(found),
        tags=sorted(found.tags, key=language.sort_key(current())),
        people=people,
        nobody=NOBODY,
        chosen=frozenset(_chosen()),
        narrowed=board.narrowed(),
        undoable=bool(visit.get(_KEPT)),
        problem=problem,
    )


def _rows(found: Board) -> list[Row]:
    return [row for section in found.sections for row in section.rows]
