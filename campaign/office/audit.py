"""The audit trail: every change by staff is appended, and chained to the one before by a keyed hash.

`record` belongs in the transaction of the change: what happened and that it was recorded are one.

A second chain is for strangers, who have no key: each link is the SHA-256 of the link before and of the event's line as
`export` writes it. A line holds the event's keyed hash, so that nobody can guess what stands behind a printed link.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.storage import Vault
from campaign.storage.tables import AuditEvent, AuditHead


@dataclass(frozen=True)
class Actor:
    """Who did something: an organiser, or no person at all. `name` is kept as it is at that moment."""

    id: int | None
    name: str


COMMAND_LINE = Actor(None, "command line")
SCHEDULE = Actor(None, "schedule")

# What one event about several actions, or cases, is about, and where in `after` their ids stand: a list of numbers.
SEVERAL, SEVERAL_CASES = "actions", "cases"
MEMBERS = "members"

_FIRST = bytes(32)  # what the first link is made from


@dataclass(frozen=True)
class About:
    """What a change was made to: a kind of thing and its id, and the action or case it belongs to."""

    kind: str
    id: int | None = None
    action_id: int | None = None
    case_id: int | None = None


def record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    about: About,
    now: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Append one event. `what` is a past participle with its object: "action opened", "figure corrected".

    `before` and `after` hold what changed and nothing more: never a supporter's name or address. Values are written
    as JSON; dates and enums as their text.
    """
    head = session.scalars(select(AuditHead).with_for_update()).one()
    event = AuditEvent(
        id=head.last_id + 1,
        at=now.astimezone(UTC),
        organiser_id=actor.id,
        who=actor.name[:120],
        what=what,
        object_kind=about.kind,
        object_id=about.id,
        action_id=about.action_id,
        case_id=about.case_id,
        before=_json(before),
        after=_json(after),
        reason=reason or None,
    )
    event.digest = _digest(vault, event, head.digest)
    session.add(event)
    head.last_id, head.digest = event.id, event.digest
    head.link = _link(head.link or _FIRST, event)
    session.flush()


@dataclass(frozen=True)
class Head:
    """How far the trail goes: the last event's number, and the link that stands for all up to it, in hexadecimal."""

    event: int
    link: str


def head(session: Session) -> Head:
    """The end of the trail as it is now."""
    stored = session.scalars(select(AuditHead)).one()
    return Head(stored.last_id, bytes(stored.link or _FIRST).hex())


def export(session: Session) -> Iterator[bytes]:
    """Each event as a line of JSON, in order, for who checks the trail without us."""
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)):
        yield _line(event) + b"\n"


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Both states, cut down to what differs."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def faults(session: Session, vault: Vault) -> list[str]:
    """What is wrong with the chain, in sentences; empty if every event stands as it was written."""
    found: list[str] = []
    previous, link, last = _FIRST, _FIRST, 0
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)):
        if event.id != last + 1:
            found.append(f"Audit events {last + 1} to {event.id - 1} are missing.")
        if not hmac.compare_digest(event.digest, _digest(vault, event, previous)):
            found.append(f"Audit event {event.id} has been changed.")
        previous, link, last = event.digest, _link(link, event), event.id
    head = session.scalars(select(AuditHead)).one_or_none()
    if head is None or head.last_id != last or not hmac.compare_digest(head.digest, previous):
        found.append(f"The end of the audit trail is missing. The last event is now {last}.")
    elif not found and not hmac.compare_digest(head.link or _FIRST, link):
        found.append("The link of the audit trail that signature books print is not that of its events.")
    return found


def _link(previous: bytes, event: AuditEvent) -> bytes:
    return hashlib.sha256(previous + _line(event)).digest()


def _line(event: AuditEvent) -> bytes:
    """An event as it is exported. What a printed link stands for hangs on every sign of it: it never changes."""
    told = {
        "event": event.id,
        "at": event.at.astimezone(UTC).isoformat(),
        "organiser": event.organiser_id,
        "who": event.who,
        "what": event.what,
        "object": event.object_kind,
        "object_id": event.object_id,
        "action": event.action_id,
        "case": event.case_id,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "seal": event.digest.hex(),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(vault: Vault, event: AuditEvent, previous: bytes) -> bytes:
    row = [
        event.id,
        event.at.astimezone(UTC).isoformat(),
        event.organiser_id,
        event.who,
        event.what,
        event.object_kind,
        event.object_id,
        event.action_id,
        event.case_id,
        event.before,
        event.after,
        event.reason,
        previous.hex(),
    ]
    return vault.keyed_hash("audit", json.dumps(row, ensure_ascii=False))


def _json(values: Mapping[str, object] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
