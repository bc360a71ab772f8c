"""Actions: their chain, their texts per locale, their recipients and model letters."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.action_number import ActionNumber
from campaign.storage.tables.base import At, Base, Key, LongText, TextLines
from campaign.storage.tables.cases import Case
from campaign.storage.tables.officials import Official
from campaign.storage.types import Instant, Word, Words, one_of
from campaign.vocabulary import ActionKind, ActionStatus, Outcome, RecipientRole, Shield


class Action(Base):
    """One call to act. `deadline` is the last day on which appeals are asked for, in the case's time zone."""

    __tablename__ = "actions"
    __table_args__ = (
        one_of("kind", ActionKind),
        one_of("status", ActionStatus),
        one_of("outcome_kind", Outcome),
        one_of("shield", Shield),
        CheckConstraint("(shield = 'pause') = (paused_at IS NOT NULL)", name="paused_since"),
        CheckConstraint("approved_by_id IS NULL OR approved_at IS NOT NULL", name="approved_at_some_time"),
        CheckConstraint("seats IN (1, 2)", name="seats_one_or_two"),
        CheckConstraint("goal IS NULL OR goal > 0", name="goal_positive"),
        CheckConstraint("status IN ('draft', 'in_review') OR deadline IS NOT NULL", name="deadline_known_when_public"),
        CheckConstraint("status IN ('draft', 'in_review') OR issued_on IS NOT NULL", name="issued_when_public"),
        CheckConstraint("previous_id IS NULL OR previous_id <> id", name="no_loop"),
        CheckConstraint("discarded_at IS NULL OR status = 'draft'", name="discarded_as_a_draft"),
        # The list of open actions, by deadline.
        Index("ix_actions_status_deadline", "status", "deadline"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="RESTRICT"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    serial: Mapped[int | None]
    year: Mapped[int | None]
    index_reference: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[ActionKind] = mapped_column(Word(ActionKind))
    status: Mapped[ActionStatus] = mapped_column(Word(ActionStatus))
    issued_on: Mapped[date | None]
    deadline: Mapped[date | None]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), unique=True)
    previous_index: Mapped[str | None]  # an earlier action that is not in this system
    previous_url: Mapped[str | None]
    goal: Mapped[int | None]
    seats: Mapped[int]  # signatures taken from one address: 1, or 2 where a household may share it
    original_locale: Mapped[str] = mapped_column(String(16))
    languages: Mapped[TextLines]  # in which the recipients prefer to be written to
    created_at: Mapped[At]
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    stop_reason: Mapped[dict[str, str] | None] = mapped_column(Words)
    outcome: Mapped[dict[str, str] | None] = mapped_column(Words)
    outcome_kind: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    outcome_on: Mapped[date | None]
    # Who looks after it, from its draft on: an organiser who may edit; None where nobody does.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"), index=True)
    # Review: who put it forward, who said yes, and when it opens by itself once approved.
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    opens_at: Mapped[datetime | None] = mapped_column(Instant)
    shield: Mapped[Shield] = mapped_column(Word(Shield), default=Shield.NONE, server_default=Shield.NONE)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    # Counts every saving of anything an organiser writes here: two who edit at once find out.
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    # A draft that was thrown away: nobody sees it, and after a while nothing of it is left but its name.
    discarded_at: Mapped[datetime | None] = mapped_column(Instant)
    followed_id: Mapped[int | None]  # which action it was to follow, should it be taken back
    imported_text: Mapped[str | None] = mapped_column(Text)
    unplaced: Mapped[TextLines]  # lines of an imported bulletin that were not understood
    # The office's own words for it, for organisers alone: nothing that is published reads them.
    tags: Mapped[TextLines] = mapped_column(default=list, server_default="[]")

    case: Mapped[Case] = relationship()
    texts: Mapped[list[ActionText]] = relationship(order_by="ActionText.locale", cascade="all, delete-orphan")
    recipients: Mapped[list[Recipient]] = relationship(order_by="Recipient.position", cascade="all, delete-orphan")
    letters: Mapped[list[ModelLetter]] = relationship(
        order_by="ModelLetter.locale, ModelLetter.version", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> ActionNumber | None:
        """ "UA 56/25", once it has one."""
        if self.serial is None or self.year is None:
            return None
        return ActionNumber(year=self.year, serial=self.serial)


class ActionText(Base):
    """What an action says in one language. Texts are Markdown in the strict subset of `campaign.prose`."""

    __tablename__ = "action_texts"
    __table_args__ = (UniqueConstraint("action_id", "locale"),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(16))
    title: Mapped[str]
    # What a signer says, in one sentence of at most 120 letters; it stands above the button.
    ask: Mapped[str | None] = mapped_column(String(120))
    summary: Mapped[LongText]
    demands: Mapped[TextLines]
    background: Mapped[LongText]
    after_deadline: Mapped[LongText | None]


class Recipient(Base):
    """An official of one action."""

    __tablename__ = "recipients"
    __table_args__ = (
        UniqueConstraint("action_id", "official_id"),
        UniqueConstraint("action_id", "position"),
        one_of("role", RecipientRole),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"), index=True)
    role: Mapped[RecipientRole] = mapped_column(Word(RecipientRole))
    position: Mapped[int]

    official: Mapped[Official] = relationship()


class ModelLetter(Base):
    """One version of the text supporters start from; a used version is never changed, a new one is added."""

    __tablename__ = "model_letters"
    __table_args__ = (
        # NULLs are distinct in a UNIQUE constraint: letters for every recipient need an index of their own.
        Index(
            "uq_model_letters_for_all",
            "action_id",
            "locale",
            "version",
            unique=True,
            sqlite_where=text("official_id IS NULL"),
            postgresql_where=text("official_id IS NULL"),
        ),
        Index(
            "uq_model_letters_for_one",
            "action_id",
            "locale",
            "official_id",
            "version",
            unique=True,
            sqlite_where=text("official_id IS NOT NULL"),
            postgresql_where=text("official_id IS NOT NULL"),
        ),
        CheckConstraint("version > 0", name="version_counts_from_one"),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"), index=True)
    locale: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    salutation: Mapped[str]
    body: Mapped[LongText]
    close: Mapped[str]
    created_at: Mapped[At]
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    # What its fields said when a correction replaced it: an old version reads as it was printed.
    filled: Mapped[dict[str, str] | None] = mapped_column(Words)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
