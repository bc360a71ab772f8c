"""One action's signatures: the table, and taking names out as a file."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from campaign import clock, language
from campaign.appeals.signature_admin import moderation, screening
from campaign.appeals.signature_admin import table as signature_table
from campaign.appeals.signature_admin.table import Filter
from campaign.errors import CampaignError
from campaign.office.permissions import Permission
from campaign.sentences import listed as in_a_list
from campaign.storage.tables import Action
from campaign.vocabulary import Disclosure, SignatureStatus
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise.account.authorisation import actor, allowed, needs
from campaign.web.organise.action.action_tabs import action_page, read_action
from campaign.web.organise.downloads import CSV, XLSX, download
from campaign.web.organise.words import worded

blueprint = Blueprint("signatures", __name__, url_prefix="/actions/<slug>/signatures")

TAB = "signatures.show"
Choice = TypeVar("Choice", bound=StrEnum)


@blueprint.get("/")
@needs(Permission.READ)
def show(slug: str) -> str:
    """How many there are; for who may see names, the table, narrowed down by the address of the page."""
    action = read_action(slug)
    return _table(action, _filter(request.args, action))


@blueprint.post("/find")
@needs(Permission.SIGNATURES)
def find(slug: str) -> str | tuple[str, int]:
    """Look for a name or an address: sent in the body, so that neither stands in an address or a log."""
    action = read_action(slug)
    narrowed = _filter(request.form, action)
    try:
        return _table(action, narrowed, sought=True)
    except CampaignError as error:
        return _table(action, Filter(), problem=sentence_of(error), values=request.form), error.status


@blueprint.get("/export")
@needs(Permission.EXPORT)
def ask_export(slug: str) -> str:
    """What would be taken out, and why."""
    action = read_action(slug)
    return _export_page(action, _filter(request.args, action))


@blueprint.post("/export")
@needs(Permission.EXPORT)
def export(slug: str) -> Response | tuple[str, int]:
    """The file; that it was taken is recorded before the first line of it is read."""
    action = read_action(slug)
    narrowed = _filter(request.form, action)
    here = door().storage
    try:
        with here.writing() as session:
            up_to = signature_table.begin_export(
                session, here.vault, actor(), action, narrowed, request.form.get("reason", ""), clock.now()
            )
    except CampaignError as error:
        return _export_page(action, narrowed, sentence_of(error)), error.status
    table = signature_table.exported(here, action.id, narrowed, up_to)
    return download(table, f"signatures-{slug}", XLSX if request.form.get("form") == XLSX else CSV)


def _table(
    action: Action,
    narrowed: Filter,
    *,
    sought: bool = False,
    problem: str | None = None,
    values: MultiDict[str, str] | None = None,
) -> str:
    here, now = door().storage, clock.now()
    listed, offered = None, tuple[str, ...]()
    with here.reading() as session:
        totals = signature_table.totals(session, action.id)
        waiting = moderation.waiting(session, action.id)
        recent = screening.panel(session, here.vault, action.id, now, names=False).recent
        if allowed(Permission.SIGNATURES):
            listed = signature_table.listed(
                session, here.vault, action.id, narrowed, request.args.get("before", type=numbers.whole)
            )
            offered = signature_table.countries(session, action.id)
    return action_page(
        "organise/support/signatures.html",
        action,
        TAB,
        totals=totals,
        waiting=waiting,
        said=screening.verdict(recent),
        listed=listed,
        countries=offered,
        narrowed=narrowed,
        kept=kept(narrowed),
        sought=sought,
        problem=problem,
        values=values or {},
        statuses=list(SignatureStatus),
        disclosures=list(Disclosure),
    )


def _export_page(action: Action, narrowed: Filter, problem: str | None = None) -> str:
    return action_page(
        "organise/support/signatures_export.html",
        action,
        TAB,
        kept=kept(narrowed),
        filtered=filtered(narrowed),
        problem=problem,
    )


def kept(narrowed: Filter) -> dict[str, str]:
    """A filter as a page's address carries it: without a name or an address of anyone."""
    told = {
        "status": narrowed.status,
        "country": narrowed.country,
        "day": narrowed.day,
        "disclosure": narrowed.disclosure,
        "words": None if narrowed.words is None else ("yes" if narrowed.words else "no"),
    }
    return {name: str(value) for name, value in told.items() if value}


def filtered(narrowed: Filter) -> str:
    """What a filter leaves, in the reader's language; empty for one that asks for nothing."""
    told = [
        (_("Status"), worded(narrowed.status) if narrowed.status else None),
        (_("Country"), language.country_name(narrowed.country, current()) if narrowed.country else None),
        (_("Day of signing"), language.day(narrowed.day, current()) if narrowed.day else None),
        (_("Who can see the name"), worded(narrowed.disclosure) if narrowed.disclosure else None),
        (
            _("Message"),
            None if narrowed.words is None else _("with a message") if narrowed.words else _("without a message"),
        ),
    ]
    asked = [_("%(name)s: %(value)s", name=name, value=value) for name, value in told if value]
    return in_a_list(asked)(current()) if asked else ""


def _filter(values: MultiDict[str, str], action: Action) -> Filter:
    """What is asked for; whatever is not understood asks for nothing."""
    return Filter(
        status=_choice(SignatureStatus, values.get("status")),
        country=values.get("country", "").strip().upper()[:2] or None,
        day=day(values.get("day")),
        disclosure=_choice(Disclosure, values.get("disclosure")),
        words={"yes": True, "no": False}.get(values.get("words", "")),
        # Never from the address of a page, which browsers and logs keep.
        name=request.form.get("name", "").strip() or None,
        email=request.form.get("email", "").strip() or None,
        time_zone=action.case.time_zone,
    )


def day(written: str | None) -> date | None:
    """A day as browsers write it; None for anything else."""
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None


def _choice(words_of: type[Choice], written: str | None) -> Choice | None:
    try:
        return words_of(written or "")
    except ValueError:
        return None
