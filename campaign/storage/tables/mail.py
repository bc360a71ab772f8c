"""The outbox: messages that the system owes. And what comes in, as far as a person must look at it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import BIG, At, Base, BigKey, Key
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import IncomingKind, MessageKind, MessageStatus


def _only(name: str, which: str, *columns: str) -> Index:
    where = text(which)
    return Index(f"ix_messages_{name}", *columns, sqlite_where=where, postgresql_where=where)


class Message(Base):
    """A message owed to a supporter or an organiser, written in the transaction of its reason.

    It holds no text: the worker writes it from the signature as it then is, so that what was erased meanwhile is
    not sent. `idempotency_key` makes a second "write this message" the same message.
    """

    __tablename__ = "messages"
    __table_args__ = (
        one_of("kind", MessageKind),
        one_of("status", MessageStatus),
        CheckConstraint("(status = 'leased') = (lease IS NOT NULL)", name="leased_by_someone"),
        CheckConstraint(
            "((signature_id IS NULL) <> (organiser_id IS NULL) AND member_id IS NULL)"
            " OR (signature_id IS NULL AND organiser_id IS NULL AND member_id IS NOT NULL)",
            name="to_one_person",
        ),
        CheckConstraint(
            "(kind IN ('network_action', 'network_weekly')) = (round_id IS NOT NULL)", name="round_of_which"
        ),
        CheckConstraint(
            "(kind IN ('network_confirm', 'network_action', 'network_weekly')) = (member_id IS NOT NULL)",
            name="to_a_member",
        ),
        CheckConstraint("(kind = 'update') = (update_id IS NOT NULL)", name="update_of_which"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at_some_time"),
        CheckConstraint(
            "(kind IN ('letter_sent', 'letter_returned', 'letter_posted', 'letter_dropped', 'letter_copy',"
            " 'letter_answered')) = (letter_id IS NOT NULL)",
            name="of_which_letter",
        ),
        # What is owed, in the order in which it is due; and what is settled, until its time is over.
        _only("owed", "status IN ('pending', 'leased')", "due_at", "id"),
        _only("settled", "status IN ('sent', 'failed') AND update_id IS NULL", "created_at"),
        # Most messages are to supporters about their signature: these say nothing of them, and cost them nothing.
        *(
            _only(it, f"{it} IS NOT NULL", it)
            for it in ("organiser_id", "update_id", "letter_id", "wish_id", "member_id", "round_id")
        ),
    )

    id: Mapped[BigKey]
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[MessageKind] = mapped_column(Word(MessageKind))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signatures.id", ondelete="CASCADE"), index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="CASCADE"))
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id", ondelete="CASCADE"))
    letter_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("letters.id", ondelete="CASCADE"))
    # Of a confirmation: the later wish that caused it. Null: the signature itself.
    wish_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("later_wishes.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("network_members.id", ondelete="CASCADE"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("network_rounds.id", ondelete="CASCADE"))
    status: Mapped[MessageStatus] = mapped_column(Word(MessageStatus))
    created_at: Mapped[At]
    due_at: Mapped[At]
    attempts: Mapped[int]
    lease: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(String(80))  # a status code and its class; never what a server wrote


class IncomingMail(Base):
    """A mail that a person has to look at: an answer, a complaint, a report that no program could read; or an answer
    that a supporter handed in.

    `content` is encrypted, and goes some time after somebody has dealt with it. `mail_hash` (keyed) is of the mail as
    it came: read twice from the mailbox, it is kept once. `letter_id` only where the mail bears our seal.
    """

    __tablename__ = "incoming_mails"
    __table_args__ = (
        one_of("kind", IncomingKind),
        CheckConstraint("handled_at IS NOT NULL OR content IS NOT NULL", name="kept_until_handled"),
        Index("ix_incoming_mails_waiting", "handled_at", "received_at"),
    )

    id: Mapped[Key]
    kind: Mapped[IncomingKind] = mapped_column(Word(IncomingKind))
    mail_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    received_at: Mapped[At]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    letter_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("letters.id", ondelete="SET NULL"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"))
    handled_at: Mapped[datetime | None] = mapped_column(Instant)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    recorded: Mapped[bool] = mapped_column(default=False, server_default=false())  # as the official's answer
