"""Dossiers: what was frozen for one official, how far its printing is, and where each name stands in it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.actions import Action
from campaign.storage.tables.base import BIG, At, Base, Key, LongText
from campaign.storage.tables.officials import Official
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import BuildPhase, BuildStatus, DossierStatus, Paper


class Dossier(Base):
    """An appeal and its signatures, frozen at an instant for one official.

    `appeal` is the JSON of everything printed besides the names, as it was then: later corrections change
    nothing here. `pages` are those of all volumes; `sha256` (hex) is that of the list of the volumes' own.
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
    paper: Mapped[bytes | None] = mapped_column(LargeBinary)  # the encrypted names given on paper, as JSON
    named: Mapped[int]
    withheld: Mapped[int]
    pages: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    # When the files of its volumes were deleted, their stated time being over.
    volumes_ended_at: Mapped[datetime | None] = mapped_column(Instant)

    action: Mapped[Action] = relationship()
    official: Mapped[Official] = relationship()
    totals: Mapped[list[DossierTotal]] = relationship(cascade="all, delete-orphan")
    days: Mapped[list[DossierDay]] = relationship(cascade="all, delete-orphan", order_by="DossierDay.day")
    volumes: Mapped[list[DossierVolume]] = relationship(cascade="all, delete-orphan", order_by="DossierVolume.number")
    build: Mapped[DossierBuild | None] = relationship(cascade="all, delete-orphan")


class DossierRequest(Base):
    """A dossier that an organiser asked for; the worker freezes it. It is over once `ended_at` is set, and then either
    the dossier is there or `problem` says why there is none.

    `press` is the one press of the button: the same press asks for one dossier, however often it arrives.
    """

    __tablename__ = "dossier_requests"
    __table_args__ = (
        one_of("paper_size", Paper),
        CheckConstraint("attempts >= 0", name="never_negative"),
        CheckConstraint("(dossier_id IS NULL AND problem IS NULL) OR ended_at IS NOT NULL", name="ended_with_a_result"),
        # Two who ask for the same at the same time get one.
        Index(
            "ix_dossier_requests_open",
            "action_id",
            "official_id",
            "locale",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    press: Mapped[str] = mapped_column(String(40), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id", ondelete="RESTRICT"))
    locale: Mapped[str] = mapped_column(String(16))
    paper_size: Mapped[Paper] = mapped_column(Word(Paper))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    who: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[At]
    attempts: Mapped[int]
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    problem: Mapped[str | None] = mapped_column(String(300))

    official: Mapped[Official] = relationship()


class DossierTotal(Base):
    """How many of one country are named and withheld."""

    __tablename__ = "dossier_totals"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    named: Mapped[int]
    withheld: Mapped[int]


class DossierDay(Base):
    """How many confirmed their signature on one day, in the case's zone, named or withheld."""

    __tablename__ = "dossier_days"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class DossierVolume(Base):
    """A printed volume: its pages, the first and last number of its names, and the file by its SHA-256 (hex) and size.

    `sealed_by` is who signed it electronically, `stamped_at` the instant that a time-stamping authority vouches for.
    """

    __tablename__ = "dossier_volumes"
    __table_args__ = (
        CheckConstraint("number > 0 AND pages > 0 AND bytes >= 0", name="is_something"),
        CheckConstraint("(first_number IS NULL) = (last_number IS NULL)", name="numbers_from_to"),
        CheckConstraint("stamped_at IS NULL OR sealed_by IS NOT NULL", name="stamped_if_sealed"),
        Index("ix_dossier_volumes_sha256", "sha256"),
    )

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    pages: Mapped[int]
    first_number: Mapped[int | None]
    last_number: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    sealed_by: Mapped[str | None] = mapped_column(String(200))
    stamped_at: Mapped[datetime | None] = mapped_column(Instant)


class DossierBuild(Base):
    """How far the printing of a dossier is. Whoever holds the lease tells it anew every few seconds.

    `done` of `total` are of the phase: names that are set, or volumes; `pace` is names a second. `holder` is the
    process that had the lease last, as `delivery/holders.py` tells it.
    """

    __tablename__ = "dossier_builds"
    __table_args__ = (
        one_of("status", BuildStatus),
        one_of("phase", BuildPhase),
        CheckConstraint("(status = 'building') = (lease IS NOT NULL)", name="leased_by_someone"),
        CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="leased_until_some_time"),
        CheckConstraint("done >= 0 AND total >= 0", name="never_negative"),
        Index("ix_dossier_builds_due", "status", "leased_until"),
    )

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[BuildStatus] = mapped_column(Word(BuildStatus))
    asked_at: Mapped[At]
    attempts: Mapped[int]
    lease: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    holder: Mapped[str | None] = mapped_column(String(120))
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    beat_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    phase: Mapped[BuildPhase | None] = mapped_column(Word(BuildPhase))
    done: Mapped[int]
    total: Mapped[int]
    pace: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(String(300))


class DossierEntry(Base):
    """A numbered name. Erasing a person unlinks it from their signature and clears the encrypted name here.

    `page` is counted in its volume, which is the one whose numbers it lies between. `with_words` says that their own
    words could be shown when it was frozen; the words themselves stay with the signature, and go with it.
    """

    __tablename__ = "dossier_entries"
    __table_args__ = (
        ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["signature_id"], ["signatures.id"], ondelete="SET NULL"),
        # Retention lets go of names, and looks at none that are gone.
        Index(
            "ix_dossier_entries_named",
            "dossier_id",
            sqlite_where=text("name IS NOT NULL"),
            postgresql_where=text("name IS NOT NULL"),
        ),
    )

    dossier_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int | None] = mapped_column(BIG, index=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    country: Mapped[str] = mapped_column(String(2))
    page: Mapped[int | None]
    with_words: Mapped[bool] = mapped_column(default=False, server_default=false())


class DossierWithheld(Base):
    """Who is counted in a dossier and not named. Numbers go on after the last name's; they are printed nowhere."""

    __tablename__ = "dossier_withheld"
    __table_args__ = (
        ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["signature_id"], ["signatures.id"], ondelete="SET NULL"),
    )

    dossier_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int | None] = mapped_column(BIG, index=True)


class DossierTree(Base):
    """The tree of hashes over all entries of a dossier (RFC 6962): how many leaves, and its root.

    `counted` is the SHA-256 of the list of marks of those who are counted.
    """

    __tablename__ = "dossier_trees"
    __table_args__ = (CheckConstraint("size > 0", name="has_a_leaf"),)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    counted: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class DossierStamp(Base):
    """A time stamp (RFC 3161) of an authority on a dossier's list of hashes.

    `authority` is its address; `token` is empty until it has answered, `problem` says why it has not. `holds_until` is
    the day on which a certificate in the token ends.
    """

    __tablename__ = "dossier_stamps"
    __table_args__ = (CheckConstraint("(token IS NULL) = (stamped_at IS NULL)", name="stamped_with_a_token"),)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(200), primary_key=True)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime | None] = mapped_column(Instant)
    holds_until: Mapped[date | None]
    attempts: Mapped[int]
    tried_at: Mapped[At]
    problem: Mapped[str | None] = mapped_column(String(120))
