"""Webhooks: rooms of the office's own elsewhere that are told when something needs somebody, and what they are owed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import At, Base, Key
from campaign.storage.types import Instant, Lines, Word, one_of
from campaign.vocabulary import OfficeEvent, WebhookOutcome


class Webhook(Base):
    """Where to tell, of what, and what became of the last message.

    `address` opens the room to whoever has it, so it is encrypted like a person's. `due_at`: no message goes before.
    While `leased` one worker has it.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        one_of("outcome", WebhookOutcome),
        CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="leased_by_someone"),
    )

    id: Mapped[Key]
    reference: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)  # random: there before the row
    name: Mapped[str] = mapped_column(String(60), unique=True)
    service: Mapped[str] = mapped_column(String(20))  # what of its address may be shown
    address: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    hears: Mapped[list[str]] = mapped_column(Lines)
    locale: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[At]
    due_at: Mapped[At]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    lease: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[WebhookOutcome | None] = mapped_column(Word(WebhookOutcome))
    status_code: Mapped[int | None]
    gave_up_at: Mapped[datetime | None] = mapped_column(Instant)


class WebhookNotice(Base):
    """That something of a kind happened, for one webhook: written with what happened, gone when it was told.

    `case_id` is told to nobody. By it a notice is dropped whose case became sensitive meanwhile.
    """

    __tablename__ = "webhook_notices"
    __table_args__ = (one_of("event", OfficeEvent),)

    id: Mapped[Key]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event: Mapped[OfficeEvent] = mapped_column(Word(OfficeEvent))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    created_at: Mapped[At]
