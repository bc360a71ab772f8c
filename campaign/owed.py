"""What is owed in the background at this moment: one statement, whatever there is.

An idle installation asks nothing else. Each room says of its own what its sweep would find, by an index that holds what
waits and nothing that is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from campaign.appeals.counting import letter_reports, tallies, visits
from campaign.appeals.mails import update_mails
from campaign.appeals.network import rounds
from campaign.appeals.relay import queue
from campaign.appeals.signature_admin import invalidation
from campaign.cases import planned_updates
from campaign.delivery import build_queue, freeze_requests
from campaign.mail import outbox
from campaign.office.webhooks import notices


def sweeps(session: Session, now: datetime) -> frozenset[str]:
    """The names of the sweeps that would find work."""
    asked = _asked(now)
    found = session.execute(select(*(it.label(name) for name, it in asked.items()))).one()
    return frozenset(name for name, it in zip(asked, found, strict=True) if it)


def _asked(now: datetime) -> Mapping[str, ColumnElement[bool]]:
    return {
        "count": or_(tallies.owed(), letter_reports.owed(), visits.owed()),
        "post": outbox.owed(now),
        "spread": or_(rounds.owed(now), update_mails.owed(), planned_updates.owed(now)),
        "freeze": freeze_requests.owed(),
        "invalidate": invalidation.owed(),
        "build": build_queue.owed(),
        "forward": queue.owed(),
        "tell": notices.owed(now),
    }
