"""Supporters' own letters: those the system sends for them, and how many they say they have sent themselves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.base import BIG, At, Base, BigKey, Key, LongText
from campaign.storage.tables.officials import Official
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import ChannelKind, LetterAnswer, LetterStatus, Paper


class LetterConsent(Base):
    """What a supporter was told before a letter is sent for them, word for word; a new wording is a new version."""

    __tablename__ = "letter_consents"
    __table_args__ = (UniqueConstraint("locale", "version"),)

    id: Mapped[Key]
    locale: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    text: Mapped[LongText]
    created_at: Mapped[At]


class PostRun(Base):
    """Letters to one official that were printed to go by post. Once `posted_on` is known, their words are forgotten."""

    __tablename__ = "post_runs"
    __table_args__ = (one_of("paper", Paper),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"))
    paper: Mapped[Paper] = mapped_column(Word(Paper))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    posted_on: Mapped[date | None]

    official: Mapped[Official] = relationship()


class Letter(Base):
    """One supporter's letter to one official, which the system sends or prints because they asked for it.

    `content` is the encrypted letter as it was agreed to; it goes when the letter has ended and nothing can come back
    of it. `text_hash` (keyed) is of its words: the same words go to the same official once from one signature. While it
    is `queued` a worker may hold it on lease; `due_at` is when it may go at the earliest.
    """

    __tablename__ = "letters"
    __table_args__ = (
        one_of("status", LetterStatus),
        one_of("answer", LetterAnswer),
        CheckConstraint("status NOT IN ('drafted', 'queued') OR content IS NOT NULL", name="has_words_to_send"),
        CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="leased_until_some_time"),
        CheckConstraint("lease IS NULL OR status = 'queued'", name="leased_while_queued"),
        CheckConstraint("status NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL", name="sent_at_some_time"),
        CheckConstraint("(status = 'printed') = (post_run_id IS NOT NULL)", name="printed_in_a_run"),
        UniqueConstraint("signature_id", "official_id", "text_hash"),
        # The sweep asks each official's queue for what is due, and for what went out in the last hour and day.
        Index("ix_letters_due", "official_id", "status", "due_at"),
        Index("ix_letters_sent", "official_id", "sent_at"),
        Index("ix_letters_of_action", "action_id", "status"),
        Index("ix_letters_post_run_id", "post_run_id"),
    )

    id: Mapped[BigKey]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"))
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"))
    signature_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("signatures.id", ondelete="SET NULL"))
    locale: Mapped[str] = mapped_column(String(16))
    status: Mapped[LetterStatus] = mapped_column(Word(LetterStatus))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    text_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    letter_consent_id: Mapped[int | None] = mapped_column(ForeignKey("letter_consents.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    due_at: Mapped[At]
    attempts: Mapped[int]
    lease: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(String(80))  # a status code and its class; never what a server wrote
    post_run_id: Mapped[int | None] = mapped_column(ForeignKey("post_runs.id", ondelete="RESTRICT"))
    # Whether its writer wishes to be asked, once, if there was an answer; and what they said.
    ask_answer: Mapped[bool] = mapped_column(default=False, server_default=false())
    answer: Mapped[LetterAnswer | None] = mapped_column(Word(LetterAnswer))


class LetterReminder(Base):
    """Somebody asked to be reminded of a letter that they began. It goes with the message that it becomes."""

    __tablename__ = "letter_reminders"

    signature_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("signatures.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[At]
    due_at: Mapped[At] = mapped_column(index=True)


class LetterReport(Base):
    """One letter that was sent and is not counted yet; the roll-up takes it out as it counts it."""

    __tablename__ = "letter_reports"

    id: Mapped[BigKey]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    channel: Mapped[ChannelKind] = mapped_column(Word(ChannelKind))
    day: Mapped[date]  # in the case's zone


class LetterTally(Base):
    """Letters of one action by day and channel, as supporters reported them."""

    __tablename__ = "letter_tallies"
    __table_args__ = (CheckConstraint("count >= 0", name="never_negative"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    channel: Mapped[ChannelKind] = mapped_column(Word(ChannelKind), primary_key=True)
    count: Mapped[int]
