"""What someone has typed and not saved: kept for them alone, until they take it or throw it away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.errors import Refused
from campaign.storage.tables import Autosave
from campaign.storage.upsert import insert_or_leave

LONGEST = 400_000


@dataclass(frozen=True)
class Unsaved:
    """What was typed: the fields of the form, from which revision it was begun, and when it was kept."""

    base: int
    fields: Mapping[str, str]
    saved_at: datetime


def keep(
    session: Session, action_id: int, organiser_id: int, part: str, base: int, fields: Mapping[str, str], now: datetime
) -> None:
    """Keep the fields of a form as they are now. `part` says of what ("texts", "letter:en:3"), in 80 characters."""
    content = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True)
    if len(content) > LONGEST or len(part) > 80:
        raise Refused("This text is too long to save as a draft. Please save it now.")
    values = {"base": base, "content": content, "saved_at": now}
    key = {"action_id": action_id, "organiser_id": organiser_id, "part": part}
    if insert_or_leave(session, Autosave, **key, **values) is None:
        session.execute(update(Autosave).filter_by(**key).values(**values))


def unsaved(session: Session, action_id: int, organiser_id: int, part: str) -> Unsaved | None:
    """What this person typed here and did not save."""
    found = session.scalars(
        select(Autosave).filter_by(action_id=action_id, organiser_id=organiser_id, part=part)
    ).one_or_none()
    return None if found is None else Unsaved(found.base, json.loads(found.content), found.saved_at)


def drop(session: Session, action_id: int, organiser_id: int, part: str) -> None:
    """Throw it away: it was saved, or is not wanted."""
    session.execute(delete(Autosave).filter_by(action_id=action_id, organiser_id=organiser_id, part=part))
