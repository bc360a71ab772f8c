"""Cases and their evidence: subjects, events, sources, figures."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.base import At, Base, Key, LocalWords, LongText
from campaign.storage.types import Lines, Word, Words, one_of
from campaign.vocabulary import EventKind, Focus, Naming, PictureKind


class Case(Base):
    """People at risk and what threatens them. `country` is ISO 3166 alpha-2, `time_zone` an IANA name."""

    __tablename__ = "cases"
    __table_args__ = (CheckConstraint("length(country) = 2", name="country_alpha_2"),)

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
    created_at: Mapped[At]

    picture: Mapped[CasePicture | None] = relationship(cascade="all, delete-orphan")
    subjects: Mapped[list[Subject]] = relationship(order_by="Subject.position", cascade="all, delete-orphan")
    events: Mapped[list[Event]] = relationship(order_by="Event.on, Event.id", cascade="all, delete-orphan")
    sources: Mapped[list[Source]] = relationship(order_by="Source.key", cascade="all, delete-orphan")
    figures: Mapped[list[Figure]] = relationship(order_by="Figure.id", cascade="all, delete-orphan")


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
