"""The audit trail as a page: what was done, by whom, from what to what, in sentences; narrowed down, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, redirect, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from campaign.office import audit_reading, saved_filters
from campaign.office.audit_reading import Narrowed
from campaign.office.audit_sentences import OBJECTS, WHO
from campaign.office.permissions import Permission
from campaign.office.saved_filters import Listing
from campaign.office.spreadsheets import Cells
from campaign.storage.tables import AuditEvent, Organisation
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import me, needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.organise.downloads import CSV, download
from campaign.web.rendering import page, url

blueprint = Blueprint("trail", __name__, url_prefix="/audit")

AT_ONCE = 100
FILTERS = saved_filters.KNOWN[Listing.AUDIT]


@blueprint.get("/")
@needs(Permission.AUDIT)
def show() -> str:
    """The newest events first; `before` pages on, the rest of the address narrows it down."""
    wanted = _wanted()
    with door().storage.reading() as session:
        wanted = replace(wanted, zone=session.scalar(select(Organisation.time_zone)) or "UTC")
        found, more = audit_reading.page(session, wanted, request.args.get("before", type=numbers.whole), AT_ONCE)
        saved = saved_filters.of_page(session, me().id, Listing.AUDIT)
        people, kinds = audit_reading.people(session), audit_reading.kinds(session)
    return page(
        "organise/office/audit.html",
        events=found,
        more=more,
        wanted=wanted,
        people=people,
        kinds=kinds,
        nobody=WHO,
        objects=OBJECTS,
        narrowed=_filters(),
        saved=saved,
        kept_narrowed=saved_filters.narrowed(Listing.AUDIT, request.args),
    )


@blueprint.get("/audit-trail.<form>")
@needs(Permission.AUDIT)
def as_file(form: str) -> Response:
    """Every event that fits, for a spreadsheet."""
    wanted, storage = _wanted(), door().storage
    with storage.reading() as session:
        wanted = replace(wanted, zone=session.scalar(select(Organisation.time_zone)) or "UTC")

    def events() -> Iterator[Cells]:
        with storage.reading() as session:
            yield from audit_reading.as_file(session, wanted)

    return download(events(), "audit-trail", form)


@blueprint.get("/file")
@needs(Permission.AUDIT)
def where_it_was() -> BaseResponse:
    """The file at its earlier address."""
    return redirect(url("trail.as_file", form=CSV, **_filters()), 301)


@blueprint.get("/actions/<slug>")
@needs(Permission.READ)
def of_action(slug: str) -> str:
    """What was done to one action, newest first."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        found = session.scalars(
            select(AuditEvent).where(audit_reading.of_action(action.id)).order_by(AuditEvent.id.desc()).limit(AT_ONCE)
        ).all()
        events = audit_reading.lines(session, found)
    return action_page("organise/action/history.html", action, "trail.of_action", events=events)


def _filters() -> dict[str, str]:
    return {name: request.args[name] for name in FILTERS if request.args.get(name)}


def _wanted() -> Narrowed:
    args = request.args
    return Narrowed(
        who=args.get("who", "")[:120],
        kind=args.get("kind", "")[:40],
        object_id=args.get("id", type=numbers.whole),
        action_id=args.get("action", type=numbers.whole),
        case_id=args.get("case", type=numbers.whole),
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
    )


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9000 else None
