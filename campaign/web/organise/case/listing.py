"""The list of cases: narrowed by words and by a tag, as a file, and tags on several of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response as Download
from flask import flash, redirect, request
from flask import session as visit
from werkzeug.wrappers import Response

from campaign import clock, language
from campaign.cases import case_tags, tags
from campaign.cases.board import case_list
from campaign.cases.board.case_list import CaseList
from campaign.cases.case_tags import Doing, Done
from campaign.errors import CampaignError, Refused
from campaign.language import country_name
from campaign.office import saved_filters, search
from campaign.office.permissions import Permission
from campaign.office.saved_filters import Listing
from campaign.office.spreadsheets import Cells
from campaign.sentences import Sentence, counted, in_language, joined
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import current, sentence_of
from campaign.web.organise.account.authorisation import actor, me, needs
from campaign.web.organise.case.case_pages import blueprint
from campaign.web.organise.downloads import download
from campaign.web.organise.words import worded
from campaign.web.rendering import page, url

# What undoes what was done last to several cases lies under this in the visit, encrypted.
_KEPT = "several_cases"
_NARROWED = ("q", "tag", "page")
HEADINGS = (
    Sentence("Case"),
    Sentence("Country"),
    Sentence("Actions"),
    Sentence("Open actions"),
    Sentence("Next threat"),
    Sentence("Needs attention"),
    Sentence("Tags"),
)


@blueprint.get("/")
@needs(Permission.READ)
def index() -> str:
    """All cases, those with open actions first; or those that hold some words, in the case or in one of its actions."""
    return _page()


def _page(problem: str | None = None) -> str:
    with door().storage.reading() as session:
        saved = saved_filters.of_page(session, me().id, Listing.CASES)
        in_use = case_tags.in_use(session)
    return page(
        "organise/case/index.html",
        listed=_listed(request.args.get("page", 1, type=numbers.whole)),
        sought=_sought(),
        tag=_tag(),
        saved=saved,
        kept_narrowed=saved_filters.narrowed(Listing.CASES, request.args),
        tags=sorted(in_use, key=language.sort_key(current())),
        chosen_tag=next((it for it in in_use if tags.key(it) == tags.key(_tag())), None),
        undoable=bool(visit.get(_KEPT)),
        chosen=frozenset(_chosen()),
        narrowed=_narrowed(),
        problem=problem,
    )


@blueprint.get("/cases.<form>")
@needs(Permission.READ)
def as_file(form: str) -> Download:
    """The same cases for a spreadsheet, those of every page."""
    return download(_rows(_listed(None), current()), "cases", form)


def _narrowed() -> dict[str, str]:
    return {name: request.args[name] for name in _NARROWED if request.args.get(name)}


def _sought() -> str:
    return " ".join(request.args.get("q", "").split())[:100]


def _tag() -> str:
    return request.args.get("tag", "")[: tags.LONGEST]


def _listed(at: int | None) -> CaseList:
    with door().storage.reading() as session:
        among = search.cases(session, me().role, _sought()) if _sought() else None
        if _tag():
            tagged = case_tags.having(session, _tag())
            among = tagged if among is None else among & tagged
        return case_list.read(session, clock.now(), among, at)


def _rows(listed: CaseList, locale: str) -> Iterator[Cells]:
    yield tuple(in_language(it, locale) for it in HEADINGS)
    for it in listed.cases:
        needs_attention = "; ".join(in_language(flag.words, locale) for flag in it.flags)
        yield (
            it.title,
            country_name(it.country, locale),
            it.actions,
            it.open,
            it.threat,
            needs_attention,
            ", ".join(it.tags),
        )


@blueprint.post("/tags")
@needs(Permission.EDIT)
def several() -> Response | tuple[str, int]:
    """Add a tag to those that were chosen, or take it away."""
    try:
        doing, chosen = _doing(), _chosen()
        with door().storage.writing() as session:
            done = case_tags.perform(
                session, door().storage.vault, actor(), chosen, doing, request.form.get("tag", ""), clock.now()
            )
    except CampaignError as error:
        return _page(sentence_of(error)), error.status
    visit[_KEPT] = {"who": me().id, "do": done.doing, "tag": done.tag, "slugs": list(done.changed)}
    flash(worded(said(done)))
    return _back()


@blueprint.post("/tags/undo")
@needs(Permission.EDIT)
def undo() -> Response | tuple[str, int]:
    """Take back what one did last."""
    kept: dict[str, Any] = visit.get(_KEPT) or {}
    try:
        if kept.get("who") != me().id or not kept["slugs"]:
            raise Refused("There is nothing to undo.")
        back = case_tags.BACK[Doing(kept["do"])]
        with door().storage.writing() as session:
            done = case_tags.perform(
                session, door().storage.vault, actor(), kept["slugs"], back, kept["tag"], clock.now()
            )  # fmt: skip
    except CampaignError as error:
        return _page(sentence_of(error)), error.status
    visit.pop(_KEPT, None)
    n = len(done.changed)
    flash(worded(counted("Undone. %(n)s case is as it was.", "Undone. %(n)s cases are as they were.", n)))
    return _back()


def said(done: Done) -> Sentence:
    """What came of it, and which were left for what reason."""
    n, tag = done.so, done.tag
    if not n:
        so = Sentence("No case was changed.")
    elif done.doing is Doing.TAG:
        so = counted("%(n)s case has the tag “%(tag)s”.", "%(n)s cases have the tag “%(tag)s”.", n, tag=tag)
    else:
        so = counted(
            "%(n)s case is without the tag “%(tag)s”.", "%(n)s cases are without the tag “%(tag)s”.", n, tag=tag
        )
    return joined([so, *(Sentence("%(actions)s: %(why)s", actions=name, why=why) for name, why in done.left)])


def _doing() -> Doing:
    try:
        return Doing(request.form.get("do", ""))
    except ValueError:
        raise Refused("Choose what to do.") from None


def _chosen() -> list[str]:
    return request.form.getlist("listed" if request.form.get("all") else "case")


def _back() -> Response:
    return redirect(url("cases.index", **_narrowed()))
