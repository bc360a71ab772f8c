"""What organisers write on the way to publishing, and what becomes of it: versions, drafts, remarks, updates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.storage.tables.base import BIG, At, Base, Key, LocalWords, LongText
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import CorrectionKind, ProposalStatus, TemplateKind, UpdateStatus


class TextVersion(Base):
    """What an action said in one language at one time: `content` is the JSON of its text, `filled` of its fields.

    The highest version is what the action says now; a correction of a figure makes a new one with the same content.
    """

    __tablename__ = "text_versions"
    __table_args__ = (UniqueConstraint("action_id", "locale", "version"),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    content: Mapped[LongText]
    filled: Mapped[LocalWords]
    why: Mapped[str | None]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]


class Autosave(Base):
    """What one organiser has typed and not saved yet: kept so that a closed window or a lost line loses nothing.

    `part` says of what ("text:ur", "letter:en:3"), `base` from which revision of the action it was begun.
    """

    __tablename__ = "autosaves"
    __table_args__ = (UniqueConstraint("action_id", "organiser_id", "part"),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(80))
    base: Mapped[int]
    content: Mapped[LongText]
    saved_at: Mapped[At]


class Translation(Base):
    """What a translator saved of an action in one language: the original and the translation of each passage then.

    `passages` is JSON, {key: [original, translation]}: what has changed since is found by it, and by nothing else.
    """

    __tablename__ = "translations"
    __table_args__ = (UniqueConstraint("action_id", "locale"),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(16))
    passages: Mapped[LongText]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    saved_at: Mapped[At]


class ReadingCorrection(Base):
    """A line of an imported bulletin that an organiser gave to another field than the reader did.

    `was` and `becomes` are fields of `campaign.cases.importing.placing`: "title", "officials.1.name", "left_out".
    """

    __tablename__ = "reading_corrections"
    __table_args__ = (UniqueConstraint("action_id", "line"),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    line: Mapped[int]
    span: Mapped[LongText]
    was: Mapped[str] = mapped_column(String(40))
    becomes: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[At]


class ReadingLayout(Base):
    """A layout of bulletins that the office named: `labels` says which field each label leads to.

    Fields are those of `campaign.cases.importing.layouts`. Nothing else of any bulletin is kept here.
    """

    __tablename__ = "reading_layouts"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    labels: Mapped[LocalWords]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]


class Template(Base):
    """A template of the office's own in one language: `words` is the JSON of its parts, {part: what it says}.

    It belongs to no case, and every organiser who may read sees it.
    """

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("kind", "locale", "name"), one_of("kind", TemplateKind))

    id: Mapped[Key]
    kind: Mapped[TemplateKind] = mapped_column(Word(TemplateKind))
    locale: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    words: Mapped[LongText]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    saved_at: Mapped[At]


class SignedText(Base):
    """What people sign: title, summary, demands and officials as readers saw them, in every language, at one time.

    `content` is JSON, `digest` (hex) its SHA-256; `seal` is keyed, so that who changes the database by hand cannot make
    a matching one. A signature and a sheet of paper point at theirs; none is ever changed. From the second on, `kind`
    and `reason` tell readers what was corrected.
    """

    __tablename__ = "signed_texts"
    __table_args__ = (
        UniqueConstraint("action_id", "version"),
        one_of("kind", CorrectionKind),
        CheckConstraint("version > 0", name="counts_from_one"),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"))
    version: Mapped[int]
    content: Mapped[LongText]
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[CorrectionKind | None] = mapped_column(Word(CorrectionKind))
    reason: Mapped[str | None]
    created_at: Mapped[At]


class Proposal(Base):
    """A change to what readers of a public action see, before someone else has published it.

    `part` says what it changes ("text:en", "letter:ur:3"), `content` is the JSON of what it says then, and `base` of
    what it said when it was proposed. An `urgent` one was published by who proposed it, with a reason.
    """

    __tablename__ = "proposals"
    __table_args__ = (one_of("kind", CorrectionKind), one_of("status", ProposalStatus))

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(80))
    base: Mapped[LongText]
    content: Mapped[LongText]
    kind: Mapped[CorrectionKind] = mapped_column(Word(CorrectionKind))
    reason: Mapped[LongText]
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    status: Mapped[ProposalStatus] = mapped_column(Word(ProposalStatus))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class Remark(Base):
    """A reviewer's remark on a part of an action."""

    __tablename__ = "remarks"

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    part: Mapped[str] = mapped_column(String(80))
    text: Mapped[LongText]
    created_at: Mapped[At]
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))


class HarmStatement(Base):
    """Do no harm: that those named agreed, what could go wrong for them, who weighed it, and when."""

    __tablename__ = "harm_statements"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    consent: Mapped[LongText]
    risk: Mapped[LongText]
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    on: Mapped[date]


class Extension(Base):
    """A deadline that was moved, and why; readers see it."""

    __tablename__ = "extensions"
    __table_args__ = (CheckConstraint("becomes <> was", name="moves_it"),)

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), index=True)
    was: Mapped[date]
    becomes: Mapped[date]
    reason: Mapped[LocalWords]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    created_at: Mapped[At]


class Update(Base):
    """News for those who asked for news of an action. `reached` is the last signature whose message was written.

    `send_at`: a draft goes out then by itself, as `planned_by_id` decided. `held_at`: when one should
    have gone. What stood in its way is in `held_for`, as keys with values (JSON); `held_why` says it in English, and is
    all there is of those that were held back before 0051.
    """

    __tablename__ = "updates"
    __table_args__ = (
        one_of("status", UpdateStatus),
        Index(
            "ix_updates_planned",
            "send_at",
            sqlite_where=text("send_at IS NOT NULL"),
            postgresql_where=text("send_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    status: Mapped[UpdateStatus] = mapped_column(Word(UpdateStatus))
    created_at: Mapped[At]
    queued_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reached: Mapped[int] = mapped_column(BIG, default=0)
    send_at: Mapped[datetime | None] = mapped_column(Instant)
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    held_why: Mapped[LongText | None]
    held_for: Mapped[LongText | None]

    texts: Mapped[list[UpdateText]] = relationship(order_by="UpdateText.locale", cascade="all, delete-orphan")


class UpdateText(Base):
    """An update in one language; Markdown in the strict subset."""

    __tablename__ = "update_texts"

    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[LongText]
