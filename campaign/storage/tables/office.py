"""The organisation that runs this installation: one row, edited by staff, shown on pages and in prints."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from campaign.storage.tables.base import Base, Key, LocalWords, TextLines


class Organisation(Base):
    """Who asks, and what it promises about data. `retention_days` count from the end of an action."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_stated"),
    )

    id: Mapped[Key]
    name: Mapped[LocalWords]
    contact_email: Mapped[str]
    sender_email: Mapped[str]
    postal_address: Mapped[TextLines]
    retention_days: Mapped[int]
    time_zone: Mapped[str]
