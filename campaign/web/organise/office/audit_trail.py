"""The audit trail as a page: what was done, by whom, from what to what."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select

from campaign.office.permissions import Permission
from campaign.storage.tables import AuditEvent
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.action.action_tabs import action_named, action_page
from campaign.web.rendering import page

blueprint = Blueprint("trail", __name__, url_prefix="/audit")

AT_ONCE = 100


@blueprint.get("/")
@needs(Permission.AUDIT)
def show() -> str:
    """The newest events first; `before` pages on, `action`, `case`, `kind` and `id` narrow it down."""
    wanted = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(AT_ONCE + 1)
    for name, column in (("action", AuditEvent.action_id), ("case", AuditEvent.case_id), ("id", AuditEvent.object_id)):
        value = request.args.get(name, type=numbers.whole)
        if value is not None:
            wanted = wanted.where(column == value)
    if kind := request.args.get("kind"):
        wanted = wanted.where(AuditEvent.object_kind == kind)
    if (before := request.args.get("before", type=numbers.whole)) is not None:
        wanted = wanted.where(AuditEvent.id < before)
    with door().storage.reading() as session:
        found = session.scalars(wanted).all()
    more = found[AT_ONCE - 1].id if len(found) > AT_ONCE else None
    narrowed = {name: value for name, value in request.args.items() if name != "before"}
    return page("organise/office/audit.html", events=[told(it) for it in found[:AT_ONCE]], more=more, narrowed=narrowed)


@blueprint.get("/actions/<slug>")
@needs(Permission.READ)
def of_action(slug: str) -> str:
    """What was done to one action, newest first."""
    with door().storage.reading() as session:
        action = action_named(session, slug)
        found = session.scalars(
            select(AuditEvent).where(AuditEvent.action_id == action.id).order_by(AuditEvent.id.desc()).limit(AT_ONCE)
        ).all()
    return action_page("organise/action/history.html", action, "trail.of_action", events=[told(it) for it in found])


def told(event: AuditEvent) -> dict[str, Any]:
    """One event for a page: `changes` are (name, before, after)."""
    before, after = json.loads(event.before or "{}"), json.loads(event.after or "{}")
    return {
        "event": event,
        "changes": [(key, before.get(key), after.get(key)) for key in sorted({**before, **after})],
    }
