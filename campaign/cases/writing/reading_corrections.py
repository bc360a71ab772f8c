"""What organisers moved while they imported a bulletin: kept with the draft, and counted over the office.

The span is a piece of the bulletin. It goes with the words of a draft that was thrown away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.importing.placing import Correction
from campaign.storage.tables import Action, ReadingCorrection


def keep(session: Session, action: Action, corrections: Iterable[Correction], now: datetime) -> None:
    """Keep the lines that an organiser gave to other fields than the reader did, a line each."""
    for it in corrections:
        kept = ReadingCorrection(
            action_id=action.id, line=it.line, span=it.span, was=it.was, becomes=it.becomes, created_at=now
        )
        session.add(kept)
    session.flush()


def counted(session: Session) -> list[tuple[str, str, int]]:
    """(field it was read as, field it was moved to, how often), most frequent first, officials as one."""
    rows = session.execute(select(ReadingCorrection.was, ReadingCorrection.becomes)).all()
    times = Counter((_kind(was), _kind(becomes)) for was, becomes in rows)
    return sorted(((was, becomes, n) for (was, becomes), n in times.items()), key=lambda it: (-it[2], it[0], it[1]))


def _kind(field: str) -> str:
    """ "officials.2.name" as "officials.name"."""
    return re.sub(r"\.(?:\d+|new)\.", ".", field)
