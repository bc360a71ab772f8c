"""Dossiers: what was frozen for one official, and where each name stands in it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.actions import Action
from campaign.storage.tables.base import BIG, At, Base, Key, LongText
from campaign.storage.tables.officials import Official
from campaign.storage.types import Word, one_of
from campaign.vocabulary import DossierStatus


class Dossier(Base):
    """An appeal and its signatures, frozen at an instant for one official.

    `appeal` is the JSON of everything printed besides the names, as it was then: later corrections change
    nothing here. `sha256` (hex) and `pages` are of the printed file.
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        one_of("status", DossierStatus),
        CheckConstraint("status <> 'ready' OR (sha256 IS NOT NULL AND pages > 0)", name="ready_is_printed"),
        CheckConstraint("named >= 0 AND withheld >= 0", name="counts_not_negative"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(9), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"), index=True)
    locale: Mapped[str] = mapped_column(String(16))
    status: Mapped[DossierStatus] = mapped_column(Word(DossierStatus))
    frozen_at: Mapped[At]
    appeal: Mapped[LongText]
    named: Mapped[int]
    withheld: Mapped[int]
    pages: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))

    action: Mapped[Action] = relationship()
    official: Mapped[Official] = relationship()
    totals: Mapped[list[DossierTotal]] = relationship(cascade="all, delete-orphan")


class DossierTotal(Base):
    """How many of one country are named and withheld."""

    __tablename__ = "dossier_totals"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    named: Mapped[int]
    withheld: Mapped[int]


class DossierEntry(Base):
    """A numbered name. Erasing a person unlinks it from their signature and clears the sealed name here."""

    __tablename__ = "dossier_entries"
    __table_args__ = (
        ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["signature_id"], ["signatures.id"], ondelete="SET NULL"),
    )

    dossier_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int | None] = mapped_column(BIG, index=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed
    country: Mapped[str] = mapped_column(String(2))
    page: Mapped[int | None]
