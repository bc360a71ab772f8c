"""The network: who asked to be told of new urgent actions, what they were told first, and how far each round came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import BIG, At, Base, BigKey, Key, LongText, TextLines
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import MemberStatus, Rhythm


class NetworkConsent(Base):
    """What someone was told when they joined, word for word; a new wording is a new version."""

    __tablename__ = "network_consents"
    __table_args__ = (UniqueConstraint("locale", "version"),)

    id: Mapped[Key]
    locale: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    text: Mapped[LongText]
    created_at: Mapped[At]


class Member(Base):
    """Someone who asked to be told of new actions: an address and wishes, no name, no country of theirs.

    The address is encrypted and found by a keyed hash of its own, so no row says whether it has signed anything. Who
    leaves is deleted, and so is who does not confirm in time.
    """

    __tablename__ = "network_members"
    __table_args__ = (
        one_of("status", MemberStatus),
        one_of("rhythm", Rhythm),
        CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at_some_time"),
        UniqueConstraint("reference"),
        UniqueConstraint("email_hash"),
        Index("ix_network_members_expiry", "status", "expires_at"),
    )

    id: Mapped[BigKey]
    reference: Mapped[bytes] = mapped_column(LargeBinary(16))  # random; what links in mails are made from
    status: Mapped[MemberStatus] = mapped_column(Word(MemberStatus))
    email: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    email_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    locale: Mapped[str] = mapped_column(String(16))
    countries: Mapped[TextLines]  # of actions; none: all
    themes: Mapped[TextLines]  # of `Theme`; none: all
    rhythm: Mapped[Rhythm] = mapped_column(Word(Rhythm))
    discreet: Mapped[bool]  # e-mails that do not say what they are about
    consent_id: Mapped[int] = mapped_column(ForeignKey("network_consents.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    expires_at: Mapped[At]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class NetworkRound(Base):
    """One thing that goes out to the network: a new action, or a week's new actions. `reached` is the last member."""

    __tablename__ = "network_rounds"
    __table_args__ = (
        CheckConstraint("(action_id IS NULL) = (week IS NOT NULL)", name="of_an_action_or_a_week"),
        CheckConstraint("(week IS NULL) = (since IS NULL)", name="a_week_has_a_beginning"),
        UniqueConstraint("action_id"),
        UniqueConstraint("week"),
    )

    id: Mapped[Key]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    week: Mapped[str | None] = mapped_column(String(8))  # ISO 8601: 2026-W48
    since: Mapped[datetime | None] = mapped_column(Instant)
    reached: Mapped[int] = mapped_column(BIG)
    created_at: Mapped[At]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
