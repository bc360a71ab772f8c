"""Deliveries: a dossier on its way to an official, its receipt and the reply; and names given on paper."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.actions import Action
from campaign.storage.tables.base import At, Base, Key, LongText
from campaign.storage.tables.dossiers import Dossier
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, ReplyShown


class Delivery(Base):
    """The handing over of a dossier by one channel: planned, dispatched, and how it ended.

    Files are named by where they lie in the store. `link_hash` finds a link to the volumes that is good until
    `link_until`; its token is nowhere.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("channel", DeliveryChannel),
        one_of("status", DeliveryStatus),
        one_of("reply_shown", ReplyShown),
        CheckConstraint("status IN ('planned', 'failed') OR dispatched_on IS NOT NULL", name="dispatched_some_day"),
        CheckConstraint("(status IN ('planned', 'dispatched')) = (ended_on IS NULL)", name="ended_some_day"),
        CheckConstraint(
            "status NOT IN ('returned', 'refused', 'failed') OR reason IS NOT NULL", name="ended_for_a_reason"
        ),
        CheckConstraint("(reply_on IS NULL) = (reply_text IS NULL)", name="replied_something"),
        CheckConstraint("(link_hash IS NULL) = (link_until IS NULL)", name="link_ends"),
    )

    id: Mapped[Key]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="RESTRICT"), index=True)
    channel: Mapped[DeliveryChannel] = mapped_column(Word(DeliveryChannel))
    status: Mapped[DeliveryStatus] = mapped_column(Word(DeliveryStatus))
    who: Mapped[str] = mapped_column(String(120))  # hands it over
    place: Mapped[str] = mapped_column(String(300))
    planned_for: Mapped[date]
    dispatched_on: Mapped[date | None]
    tracking: Mapped[str | None] = mapped_column(String(120))
    ended_on: Mapped[date | None]
    reason: Mapped[LongText | None]
    next_step: Mapped[LongText | None]  # what is done instead
    receipt: Mapped[str | None] = mapped_column(String(200))
    reply_on: Mapped[date | None]
    reply_text: Mapped[LongText | None]
    reply_scan: Mapped[str | None] = mapped_column(String(200))
    reply_shown: Mapped[ReplyShown] = mapped_column(Word(ReplyShown))
    reply_answered_on: Mapped[date | None]
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_until: Mapped[datetime | None] = mapped_column(Instant)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]

    dossier: Mapped[Dossier] = relationship()


class PaperSheet(Base):
    """Signature sheets that came back filled in: how many names, and a scan if there is one. Counted apart."""

    __tablename__ = "paper_sheets"
    __table_args__ = (
        UniqueConstraint("action_id", "number"),
        CheckConstraint("names BETWEEN 1 AND 100000", name="names_on_it"),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    number: Mapped[str] = mapped_column(String(40))  # printed on the sheet, or what a bundle is called
    country: Mapped[str] = mapped_column(String(2))
    names: Mapped[int]
    scan: Mapped[str | None] = mapped_column(String(200))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    # The text that stands on the sheet; null only for what was entered before texts were kept.
    signed_text_id: Mapped[int | None] = mapped_column(ForeignKey("signed_texts.id", ondelete="RESTRICT"))

    action: Mapped[Action] = relationship()
    typed: Mapped[list[PaperName]] = relationship(cascade="all, delete-orphan", order_by="PaperName.row")


class PaperName(Base):
    """A name typed in from a sheet. `same_as_online`: a person judged that it stands in the online list too."""

    __tablename__ = "paper_names"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheets.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    name_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    same_as_online: Mapped[bool | None]
