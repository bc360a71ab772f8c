"""The audit trail: every change by staff, appended and chained by keyed hash."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import BIG, At, Base, Key, LongText


class AuditEvent(Base):
    """Who changed what, when, from what to what, and why.

    `before` and `after` are JSON and hold no supporter's name or address. `digest` is a keyed hash of this row and of
    the digest before it: who changes, drops or slips in a row without the key breaks the chain.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[At]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"), index=True)
    who: Mapped[str] = mapped_column(String(120))  # their name as it was; "command line" or "schedule" for no person
    what: Mapped[str] = mapped_column(String(80))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(BIG)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="RESTRICT"), index=True)
    before: Mapped[LongText | None]
    after: Mapped[LongText | None]
    reason: Mapped[LongText | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """The last link of the chain: what shows that its end was not cut off, and the lock by which it grows.

    `link` is that of a second chain, over the lines of the export, for which nobody needs our key.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Key]
    last_id: Mapped[int] = mapped_column(BIG)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    link: Mapped[bytes | None] = mapped_column(LargeBinary(32))
