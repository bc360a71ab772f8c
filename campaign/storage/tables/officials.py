"""The directory of officials."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import At, Base, Key, LocalWords, LongText, TextLines
from campaign.storage.types import Instant, Lists


class Official(Base):
    """A person or office that can act, and the channels by which it can be reached.

    Until `cleared_at` is set, by a second person, no letter is ever sent to this official by the system.
    """

    __tablename__ = "officials"

    id: Mapped[Key]
    name: Mapped[str | None]
    title: Mapped[LocalWords]
    office: Mapped[LocalWords]
    address: Mapped[TextLines]
    country: Mapped[str | None] = mapped_column(String(2))
    emails: Mapped[TextLines]
    # Every other channel by its key, several entries of each: `campaign.channels` says which there are.
    channels: Mapped[dict[str, list[str]]] = mapped_column(Lists, default=dict, server_default="{}")
    languages: Mapped[TextLines]
    salutation: Mapped[LocalWords]
    # Office hours are kept by it; null: that of the country's capital.
    time_zone: Mapped[str | None] = mapped_column(String(64))
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    # How well each channel is known to work.
    contact_confirmed_on: Mapped[date | None]
    email_bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    post_returned_on: Mapped[date | None]
    note: Mapped[LongText | None]  # for organisers
    # A duplicate points at the one that is kept; it is offered for no new action.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class DistinctOfficials(Base):
    """Two officials that look alike and are not one, as somebody found: they are not offered as duplicates again."""

    __tablename__ = "distinct_officials"
    __table_args__ = (CheckConstraint("one_id < other_id", name="lower_number_first"),)

    one_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="CASCADE"), primary_key=True, index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    decided_at: Mapped[At]
