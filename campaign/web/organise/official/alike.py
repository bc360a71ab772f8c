"""Officials that may stand in the directory twice, in groups: one decision a group, and it is remembered."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from campaign import clock
from campaign.cases.review import held
from campaign.errors import CampaignError
from campaign.office.audit import Actor
from campaign.office.permissions import Permission
from campaign.officials import directory, duplicates, merging, validation
from campaign.officials.merging import ALL
from campaign.sentences import counted
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import _, sentence_of
from campaign.web.organise import two_people
from campaign.web.organise.account.authorisation import actor, needs
from campaign.web.organise.official.officials import PARTS, blueprint, entries_of, said_of, ways_of
from campaign.web.organise.two_people import Doing
from campaign.web.organise.words import worded
from campaign.web.rendering import page, url

AT_ONCE = 30
MEMBER, REVISION, TAKEN = "member", "revision:", "take:"


@blueprint.get("/duplicates")
@needs(Permission.READ)
def alike() -> str:
    """Who may be one, in groups, and who was found to be different people."""
    return _alike()


@blueprint.post("/duplicates/chosen")
@needs(Permission.EDIT)
def chosen() -> Redirect | tuple[str, int]:
    """Decide about the ticked members of a group: look at them side by side, or tell them apart."""
    try:
        ticked = _members(request.form)
        with door().storage.writing() as session:
            if request.form.get("do") != "apart":
                merging.members(session, ticked)
                return redirect(url("officials.compare", **{MEMBER: ticked}))
            merging.tell_apart(session, door().storage.vault, actor(), ticked, clock.now())
    except CampaignError as error:
        return _alike(sentence_of(error)), error.status
    said = counted(
        "Remembered: %(n)s different official.", "Remembered: %(n)s different officials.", len(set(ticked))
    )  # fmt: skip
    flash(worded(said))
    return redirect(url_for("officials.alike"))


@blueprint.post("/duplicates/again")
@needs(Permission.EDIT)
def compare_again() -> Redirect:
    """Have some compared again who were found to be different people."""
    with door().storage.writing() as session:
        merging.ask_again(session, door().storage.vault, actor(), _members(request.form), clock.now())
    flash(_("They are compared again."))
    return redirect(url_for("officials.alike"))


@blueprint.get("/duplicates/compare")
@needs(Permission.EDIT)
def compare() -> str | Redirect | tuple[str, int]:
    """Some side by side: which entry stays, and whose part each of its parts is."""
    ticked = _members(request.args)
    if not ticked:
        return redirect(url_for("officials.alike"))
    try:
        return _compare(ticked)
    except CampaignError as error:
        return _alike(sentence_of(error)), error.status


@blueprint.post("/duplicates")
@needs(Permission.EDIT)
def merge() -> Redirect | tuple[str, int]:
    """Make one of them."""
    try:
        done = two_people.done("officials.merge", {})
    except two_people.Waits:
        raise
    except CampaignError as error:
        return _alike(sentence_of(error)), error.status
    said = _("Merged. Actions and letters moved to the entry you kept. What was sent stays on record.")
    flash(said if done else two_people.proposed())
    return redirect(url_for("officials.show", official_id=_whole(request.form, "kept", 0)))


@two_people.doing("officials.merge")
def _merging(fields: Mapping[str, str]) -> Doing:
    kept, revisions, vault = _whole(fields, "kept", 0), _revisions(fields), door().storage.vault
    taken = {
        name.removeprefix(TAKEN): _whole(fields, name, -1) for name in fields if name.startswith(TAKEN)
    }  # fmt: skip

    def change(session: Session, who: Actor) -> None:
        merging.merge(session, vault, who, kept, revisions, taken, clock.now())

    return Doing(change, lambda session: held.of_officials(session, list(revisions)))


def _revisions(fields: Mapping[str, str]) -> dict[int, int]:
    """{member: revision at which it was read}."""
    found = {}
    for name in fields:
        number = name.removeprefix(REVISION)
        if name != number and number.isascii() and number.isdecimal() and len(number) < 19:
            found[int(number)] = _whole(fields, name, -1)
    # A proposal of an older version names two, and takes no part of the other.
    for which in ("kept", "gone"):
        if f"{which}_revision" in fields:
            found[_whole(fields, which, 0)] = _whole(fields, f"{which}_revision", -1)
    return found


def _alike(problem: str | None = None) -> str:
    with door().storage.reading() as session:
        everyone = {it.id: it for it in directory.directory(session)}
        apart = merging.distinct(session)
        found = duplicates.groups(entries_of(everyone.values()), apart)
        shown = found[:AT_ONCE]
        asked = merging.asked_in(session, {number for group in shown for number in group.members})
    known = [it for it in apart if it[0] in everyone and it[1] in everyone]
    return page(
        "organise/official/duplicates.html",
        groups=shown,
        more=len(found) - len(shown),
        apart=duplicates.connected(known),
        everyone=everyone,
        asked=asked,
        said=said_of,
        ways_of=ways_of,
        problem=problem,
    )


def _compare(ticked: list[int]) -> str:
    with door().storage.reading() as session:
        officials = merging.members(session, ticked)
        asked = merging.asked_in(session, ticked)
    kept = merging.to_keep(officials, asked)
    entries = {it.id: validation.of(it) for it in officials}
    return page(
        "organise/official/compare.html",
        officials=officials,
        kept=kept,
        parts=merging.parts(entries, kept),
        of_all=ALL,
        called=PARTS,
        asked=asked,
        said=said_of,
        read=directory.read,
    )


def _members(given: MultiDict[str, str]) -> list[int]:
    """The officials that a form or an address names; what is no number names nobody."""
    return [number for it in given.getlist(MEMBER) if (number := _number(it)) is not None]


def _number(written: str) -> int | None:
    try:
        return numbers.whole(written)
    except ValueError:
        return None


def _whole(fields: Mapping[str, str], name: str, otherwise: int) -> int:
    number = _number(fields.get(name, ""))
    return otherwise if number is None else number
