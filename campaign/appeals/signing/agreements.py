"""Wordings that people agreed to: each is kept, and what is stored of someone points at the one they saw."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.storage.tables import LetterConsent, NetworkConsent, ReasonConsent
from campaign.storage.upsert import insert_or_leave


def kept(
    session: Session,
    table: type[LetterConsent] | type[NetworkConsent] | type[ReasonConsent],
    locale: str,
    text: str,
    now: datetime,
) -> int:
    """The id of the wording in force in a language. One that is new is kept, as the next version, when it is first
    agreed to."""
    while True:
        newest = session.execute(
            select(table.id, table.version, table.text)
            .where(table.locale == locale)
            .order_by(table.version.desc())
            .limit(1)
        ).one_or_none()
        if newest is not None and newest.text == text:
            return int(newest.id)
        version = newest.version + 1 if newest else 1
        # Two who agree at the same moment: the constraint lets one in, and the other finds it.
        made = insert_or_leave(session, table, locale=locale, version=version, text=text, created_at=now)
        if made is not None:
            return made
