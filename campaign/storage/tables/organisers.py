"""Organisers: who may come in, and by which sessions they are in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import At, Base, Key
from campaign.storage.types import Instant, Lines, Word, Words, one_of
from campaign.vocabulary import Role


class Organiser(Base):
    """A member of staff. Never deleted, since the audit trail names them; one who has left is not `active`.

    `password` is an argon2id hash, null until the invitation is taken up. `fs_uniquifier` and the `tf_` and `mf_`
    columns are those of Flask-Security; it encrypts the TOTP secret itself.
    """

    __tablename__ = "organisers"
    __table_args__ = (
        one_of("role", Role),
        Index("ix_organisers_fs_webauthn_user_handle", "fs_webauthn_user_handle", unique=True),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)  # in its normal form
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(Word(Role))
    active: Mapped[bool]
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[At]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(Lines)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64))
    # The time step of the last code that opened: no code at or before it opens again.
    totp_counter: Mapped[int | None]
    # A private calendar of all deadlines, by a link that can be taken back: only its keyed hash is kept.
    calendar_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    digest: Mapped[bool]
    # The events (`OfficeEvent`) of which they want no e-mail.
    unwanted: Mapped[list[str]] = mapped_column(Lines, default=list, server_default="[]")
    # Of their pages and mails; without a choice pages are in the browser's language, mails in English.
    locale: Mapped[str | None] = mapped_column(String(8))


class OrganiserSession(Base):
    """One sign-in: found by the keyed hash of the cookie's token, its content encrypted, over at `expires_at`."""

    __tablename__ = "organiser_sessions"
    __table_args__ = (Index("ix_organiser_sessions_expires_at", "expires_at"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    created_at: Mapped[At]
    expires_at: Mapped[At]


class KeptForm(Base):
    """A form that came after its sign-in had ended, for an hour: encrypted, and for one account."""

    __tablename__ = "kept_forms"
    __table_args__ = (Index("ix_kept_forms_expires_at", "expires_at"),)

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)  # random
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    expires_at: Mapped[At]


class SavedFilter(Base):
    """What somebody asks a page for again and again, under a name of their own: {parameter: value} of its address."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("organiser_id", "page", "name"),)

    id: Mapped[Key]
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    asked: Mapped[dict[str, str]] = mapped_column(Words)


class Passkey(Base):
    """A passkey of an organiser: the public half, and what the authenticator said of itself (WebAuthn level 2)."""

    __tablename__ = "passkeys"

    id: Mapped[Key]
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    transports: Mapped[list[str] | None] = mapped_column(Lines)
    extensions: Mapped[str | None] = mapped_column(String(255))
    device_type: Mapped[str] = mapped_column(String(64))
    backup_state: Mapped[bool]
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))  # "first" or "secondary", as Flask-Security has it
    created_at: Mapped[At]
    last_used_at: Mapped[At]
