"""Who looks after an action besides its owner, and what is to be done by when. Only organisers ever see any of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import At, Base, Key, LongText
from campaign.storage.types import Instant


class Watcher(Base):
    """An organiser who wants an action among their own. Ends with their access."""

    __tablename__ = "watchers"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organisers.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Task(Base):
    """What is to be done in an action by the end of a day at the office; without an organiser it is its owner's."""

    __tablename__ = "tasks"
    __table_args__ = (
        # What is due, asked for on every board: what is done is never looked at.
        Index(
            "ix_tasks_open",
            "on",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    on: Mapped[date]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"), index=True)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class Note(Base):
    """What an organiser tells others about an action. Its words are in no audit event, and nothing public has them."""

    __tablename__ = "notes"

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    text: Mapped[LongText]
    created_at: Mapped[At]


class Mention(Base):
    """An organiser whom a note mentions, found when it was saved."""

    __tablename__ = "mentions"

    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organisers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
