"""Where signatures come from: the tag of a link that was followed, kept until the signature is confirmed, then counted.

No row here ever stands beside a signature that counts.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import BIG, Base, BigKey

LONGEST_TAG = 10
# What a partial index is of; a statement is served by it if it says the same.
CONFIRMED = "day IS NOT NULL"


class Visit(Base):
    """A visit by a tagged link that led to a signature. While that is pending the row knows it, and no day; once it is
    confirmed the row knows the day (in the case's zone) and no signature, until the count takes it out."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("(signature_id IS NULL) = (day IS NOT NULL)", name="signature_or_day"),
        Index("ix_visits_confirmed", "id", sqlite_where=text(CONFIRMED), postgresql_where=text(CONFIRMED)),
    )

    id: Mapped[BigKey]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    signature_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("signatures.id", ondelete="CASCADE"), unique=True)
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG))
    locale: Mapped[str] = mapped_column(String(16))
    day: Mapped[date | None]


class VisitDay(Base):
    """Confirmed signatures of an action by tag and day. "" stands for all tags beyond the most that are told apart."""

    __tablename__ = "visit_days"
    __table_args__ = (CheckConstraint("count >= 0", name="never_negative"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class VisitLanguage(Base):
    """The same by tag and language of the page. Apart from the days: together they could point at a signature."""

    __tablename__ = "visit_languages"
    __table_args__ = (CheckConstraint("count >= 0", name="never_negative"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int]
