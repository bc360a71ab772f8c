"""Letters that supporters say they have sent: how many, by which channel, and nothing of who."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import Base, BigKey
from campaign.storage.types import Word, one_of
from campaign.vocabulary import ChannelKind


class LetterReport(Base):
    """One "I sent it" that is not counted yet; the roll-up takes it out as it counts it."""

    __tablename__ = "letter_reports"
    __table_args__ = (one_of("channel", ChannelKind),)

    id: Mapped[BigKey]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    channel: Mapped[ChannelKind] = mapped_column(Word(ChannelKind))
    day: Mapped[date]  # in the case's zone


class LetterTally(Base):
    """Letters of one action by day and channel, as supporters reported them."""

    __tablename__ = "letter_tallies"
    __table_args__ = (
        one_of("channel", ChannelKind),
        CheckConstraint("count >= 0", name="never_negative"),
    )

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    channel: Mapped[ChannelKind] = mapped_column(Word(ChannelKind), primary_key=True)
    count: Mapped[int]
