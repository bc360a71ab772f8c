"""The end of printed volumes: files go when their stated time is over; code, numbers and hashes stay.

A copy that somebody holds can still be verified by its hash. What is deleted is ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.delivery import volumes
from campaign.storage import Storage
from campaign.storage.tables import Action, Dossier, Organisation
from campaign.vocabulary import ActionStatus

ENDED = (ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED)


def over(session: Session, now: datetime) -> list[tuple[int, str]]:
    """(id, code) of dossiers whose volumes have outlived the stated days since the end of their action."""
    days = session.scalar(select(Organisation.volume_days)) or 0
    rows = session.execute(
        select(Dossier.id, Dossier.code)
        .join(Action, Action.id == Dossier.action_id)
        .where(
            Dossier.volumes_ended_at.is_(None),
            Action.status.in_(ENDED),
            Action.ended_at < now - timedelta(days=days),
        )
        .order_by(Dossier.id)
    ).all()
    return [(row.id, row.code) for row in rows]


def end(storage: Storage, now: datetime) -> int:
    """Delete the files of volumes that are over; returns of how many dossiers."""
    with storage.reading() as session:
        dossiers = over(session, now)
    for dossier_id, code in dossiers:
        for name in storage.files.names_under(volumes.folder(code)):
            storage.files.remove(name)
        # Recorded last: killed in between, the next sweep deletes what is left.
        with storage.writing() as session:
            session.execute(update(Dossier).where(Dossier.id == dossier_id).values(volumes_ended_at=now))
    return len(dossiers)
