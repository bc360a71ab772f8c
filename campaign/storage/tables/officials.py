"""The directory of officials."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import Base, Key, LocalWords, TextLines
from campaign.storage.types import Instant


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
    fax: Mapped[str | None]
    phone: Mapped[str | None]
    emails: Mapped[TextLines]
    x_handle: Mapped[str | None]
    web_form: Mapped[str | None]
    languages: Mapped[TextLines]
    salutation: Mapped[LocalWords]
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)
