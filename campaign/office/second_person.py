"""Whether a second person looks before the public sees something: the office's rule, where there are two who may."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaign.office.permissions import Permission, holders
from campaign.storage.tables import Organisation, Organiser


def has_accepted() -> ColumnElement[bool]:
    """Of organisers: who has taken up their invitation. To nobody else a mail goes about what is not public yet."""
    return Organiser.password.is_not(None)


def needed(session: Session) -> bool:
    """The office asks for it, and there are two who may review."""
    if not session.scalars(select(Organisation.review_required)).one():
        return False
    may_review = Organiser.role.in_(holders(Permission.REVIEW))
    who = select(func.count()).select_from(Organiser).where(Organiser.active, may_review)
    return (session.scalar(who) or 0) >= 2
