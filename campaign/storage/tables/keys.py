"""Keys: which ones this database knows of, how far re-encryption is, and the look-up key, itself encrypted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import At, Base, Key
from campaign.storage.types import Instant


class KnownKey(Base):
    """A data key that values of this database were written under; never the key itself.

    `done` of `total` values, and where it is (`place`, JSON), are of the rotation *to* this key.
    """

    __tablename__ = "known_keys"
    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="never_negative"),
        CheckConstraint("rotated_at IS NULL OR started_at IS NOT NULL", name="ended_after_it_began"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(8), unique=True)  # hexadecimal; a hash of the key
    added_at: Mapped[At]
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    rotated_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    place: Mapped[str | None] = mapped_column(String(200))
    done: Mapped[int]
    total: Mapped[int]


class LookUpKey(Base):
    """The one key of the keyed hashes, encrypted under a data key."""

    __tablename__ = "look_up_key"

    id: Mapped[Key]
    encrypted: Mapped[bytes] = mapped_column(LargeBinary)
