"""Cases and their evidence: subjects, events, sources, figures."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.base import At, Base, Key, LocalWords, LongText
from campaign.storage.types import Instant, Lines, Word, Words, one_of
from campaign.vocabulary import CopyKind, EventKind, Focus, Naming, PictureKind


class Case(Base):
    """People at risk and what threatens them. `country` is ISO 3166 alpha-2, `time_zone` an IANA name."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("length(country) = 2", name="country_alpha_2"),
        # Asked before each page of the office: nearly always there is none.
        Index(
            "ix_cases_sensitive",
            "id",
            sqlite_where=text("sensitive_since IS NOT NULL"),
            postgresql_where=text("sensitive_since IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    time_zone: Mapped[str]
    place: Mapped[dict[str, str]] = mapped_column(Words)  # what people call that zone: "Islamabad"
    # Whether an organiser was asked which zone it is, where the country has several.
    zone_chosen: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Besides the case's own: where else being named under its appeals could harm someone. ISO 3166 alpha-2.
    at_risk_countries: Mapped[list[str]] = mapped_column(Lines, default=list, server_default="[]")
    themes: Mapped[list[str]] = mapped_column(Lines, default=list, server_default="[]")  # of `Theme`
    # The office's own words, as they were typed; only organisers see them.
    tags: Mapped[list[str]] = mapped_column(Lines, default=list, server_default="[]")
    created_at: Mapped[At]
    # Since when it is closed to all organisers but its readers; None for a case that all of them see.
    sensitive_since: Mapped[datetime | None] = mapped_column(Instant)

    picture: Mapped[CasePicture | None] = relationship(cascade="all, delete-orphan")
    subjects: Mapped[list[Subject]] = relationship(order_by="Subject.position", cascade="all, delete-orphan")
    events: Mapped[list[Event]] = relationship(order_by="Event.on, Event.id", cascade="all, delete-orphan")
    sources: Mapped[list[Source]] = relationship(order_by="Source.key", cascade="all, delete-orphan")
    figures: Mapped[list[Figure]] = relationship(order_by="Figure.id", cascade="all, delete-orphan")


class CaseReader(Base):
    """An organiser who sees a sensitive case. Stays when their access ends: they are named, and do not come in."""

    __tablename__ = "case_readers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organisers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="SET NULL"))
    added_at: Mapped[At]
    # An admin who let themselves in, with a reason that stands in the audit trail.
    uninvited: Mapped[bool] = mapped_column(default=False, server_default=false())


class CasePicture(Base):
    """The picture of a case: shown only with a recorded consent, and only in languages that describe it.

    `mark` names the stored files, of which there is one a width and kind; `focus` is the part that stays where the
    picture is cut.
    """

    __tablename__ = "case_pictures"
    __table_args__ = (
        one_of("kind", PictureKind),
        one_of("focus", Focus),
        CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
        # People at risk are shown only if someone stated that they, or who speaks for them, want it so.
        CheckConstraint("kind <> 'people_at_risk' OR at_risk_stated", name="people_at_risk_stated"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(24))
    width: Mapped[int]  # of the largest file, in pixels
    height: Mapped[int]
    kind: Mapped[PictureKind] = mapped_column(Word(PictureKind))
    at_risk_stated: Mapped[bool]
    alt: Mapped[LocalWords]
    credit: Mapped[LocalWords]
    focus: Mapped[Focus] = mapped_column(Word(Focus))
    consent: Mapped[LongText]  # from whom, for what
    consent_on: Mapped[date]
    created_at: Mapped[At]


class Subject(Base):
    """Someone at risk, as far as they may be named in public: who may not be named is not named here either.

    `name` is shown in full, by its initials, or is itself a description ("a teacher, 34"), as `naming` says.
    """

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("case_id", "position"), one_of("naming", Naming))

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[LocalWords]
    pronoun: Mapped[LocalWords]
    naming: Mapped[Naming] = mapped_column(Word(Naming), default=Naming.NAMED, server_default=Naming.NAMED)


class Event(Base):
    """A dated point in the timeline."""

    __tablename__ = "events"
    __table_args__ = (one_of("kind", EventKind),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    on: Mapped[date]
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    caption: Mapped[LocalWords]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)


class Source(Base):
    """Who published what, when, where."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("case_id", "key"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(80))
    publisher: Mapped[LocalWords]
    title: Mapped[LocalWords]
    published_on: Mapped[date | None]
    published_about: Mapped[str | None]  # "June 2025", where the day is not known
    url: Mapped[str | None]
    note: Mapped[LongText | None]  # for organisers: how far it can be relied on


class SourceCopy(Base):
    """What a source said on a day: a file as it was handed in, byte for byte, for organisers alone.

    `mark` names the stored file, `sha256` is of what was handed in (hex), `size` in bytes. One that was removed keeps
    its hash and the reason; one whose source was removed stays with the case.
    """

    __tablename__ = "source_copies"
    __table_args__ = (
        one_of("kind", CopyKind),
        CheckConstraint("size > 0", name="has_a_size"),
        CheckConstraint("length(sha256) = 64", name="sha256_is_hex"),
        CheckConstraint("(removed_at IS NULL) = (removed_why IS NULL)", name="removed_with_a_reason"),
        Index(
            "uq_source_copies_kept",
            "source_id",
            "sha256",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"))
    mark: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[CopyKind] = mapped_column(Word(CopyKind))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    url: Mapped[str | None]  # where it was taken from
    taken_on: Mapped[date]
    added_at: Mapped[At]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    removed_why: Mapped[LongText | None]


class Figure(Base):
    """One source's number for one thing. Figures that share a key measure the same; letters quote one of them."""

    __tablename__ = "figures"
    __table_args__ = (
        UniqueConstraint("case_id", "key", "source_id", "as_of", "value"),
        # The organiser's choice: of the figures that measure one thing, at most one is quoted.
        Index(
            "uq_figures_quoted",
            "case_id",
            "key",
            unique=True,
            sqlite_where=text("quoted"),
            postgresql_where=text("quoted"),
        ),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[int] = mapped_column(Numeric(18, 0, asdecimal=False))
    qualifier: Mapped[LocalWords]  # {"en": "at least"}; empty where the source states an exact number
    label: Mapped[LocalWords]  # what is counted
    as_of: Mapped[date | None]
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="RESTRICT"), index=True)
    quoted: Mapped[bool]
    why: Mapped[LongText | None]  # why this figure is quoted, or is not

    source: Mapped[Source] = relationship()
