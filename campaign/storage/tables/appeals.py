"""Signatures, what supporters consented to, and what is counted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.storage.tables.base import BIG, At, Base, BigKey, Key, LongText
from campaign.storage.types import Instant, Word, one_of
from campaign.vocabulary import Disclosure, InvalidationStatus, SignatureStatus, WordsStatus, WordsVerdict

# What partial indexes are of. A statement is served by one if it says the same, word for word: `exactly` says it.
UNREAD = "message IS NOT NULL AND status = 'confirmed' AND (words_status IS NULL OR words_status = 'waiting')"
SHOWN = "status = 'confirmed' AND disclosure = 'public' AND name IS NOT NULL"
UNGROUPED = "message IS NOT NULL AND words_hash IS NULL"
FOLLOWING = "status = 'confirmed' AND updates"
REASONS = "reason_consent_id IS NOT NULL AND status = 'confirmed' AND words_status = 'shown'"


def _only(name: str, which: str, *columns: str) -> Index:
    # SQLAlchemy writes what is true or false as a number on SQLite, which has no other word for it.
    on_sqlite = f"{which} = 1" if which.endswith(("name_held", "updates")) else which
    return Index(f"ix_signatures_{name}", *columns, sqlite_where=text(on_sqlite), postgresql_where=text(which))


class ConsentText(Base):
    """What a signer was told about their data, word for word; a new wording is a new version."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("locale", "version"),)

    id: Mapped[Key]
    locale: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    text: Mapped[LongText]
    created_at: Mapped[At]


class ReasonConsent(Base):
    """What someone was told before everyone could read their message; a new wording is a new version."""

    __tablename__ = "reason_consents"
    __table_args__ = (UniqueConstraint("locale", "version"),)

    id: Mapped[Key]
    locale: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    text: Mapped[LongText]
    created_at: Mapped[At]


class Signature(Base):
    """A supporter's name under the common appeal.

    Name, e-mail and words are encrypted; `email_hash` finds the address without showing it. The unique index over
    action, hash and seat *is* the duplicate rule. A signature that gave its seat back (withdrawn, expired,
    erased) has none; one that was rejected ("not me") keeps it, so that the address is not written to again.
    `counts` says whether it should be in the tallies, `tallied` whether it is.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        one_of("status", SignatureStatus),
        one_of("disclosure", Disclosure),
        one_of("guard", Disclosure),
        one_of("words_status", WordsStatus),
        CheckConstraint("status <> 'pending' OR (email IS NOT NULL AND name IS NOT NULL)", name="pending_reachable"),
        CheckConstraint("counts = (status = 'confirmed') OR status IN ('erased')", name="only_confirmed_count"),
        CheckConstraint("NOT counts OR confirmed_on IS NOT NULL", name="counted_on_a_day"),
        CheckConstraint(
            "status <> 'erased' OR (email IS NULL AND email_hash IS NULL AND name IS NULL AND message IS NULL)",
            name="erased_leaves_nothing",
        ),
        CheckConstraint(
            "status <> 'erased' OR (name_hash IS NULL AND domain_hash IS NULL AND network_hash IS NULL)",
            name="erased_cannot_be_found",
        ),
        CheckConstraint("words_hash IS NULL OR message IS NOT NULL", name="words_hash_of_words"),
        CheckConstraint("reason_consent_id IS NULL OR message IS NOT NULL", name="reason_of_words"),
        UniqueConstraint("action_id", "email_hash", "seat"),
        UniqueConstraint("reference"),
        # The roll-up finds what changed since it last counted, and nothing else.
        _only("uncounted", "uncounted IS NOT NULL", "action_id"),
        # Freezing reads the confirmed of one action; statistics count by these and read nothing but the index. Expiry
        # reads the pending by time.
        Index("ix_signatures_standing", "action_id", "status", "country", "locale", "counts"),
        Index("ix_signatures_expiry", "status", "expires_at"),
        # The office's table and its file: in order of signing, also of one day.
        Index("ix_signatures_created", "action_id", "created_at", "id"),
        # What waits to be read, and the names that a page shows: however many there are behind them.
        # The status, which is the same in all of it, lets SQLite see that it is narrower than the index of all.
        _only("unread", UNREAD, "action_id", "status", "id"),
        # The same in groups of equal words, and words of before that are in no group yet.
        _only("alike", UNREAD, "action_id", "words_hash", "id"),
        _only("ungrouped", UNGROUPED, "words_hash", "id"),
        _only("held", "name_held", "action_id", "id"),
        _only("shown", SHOWN, "action_id", "confirmed_at", "id"),
        _only("words", "message IS NOT NULL", "action_id", "created_at", "id"),
        # A name that is known exactly, and who asked to be told of an action.
        _only("name", "name_hash IS NOT NULL", "action_id", "name_hash"),
        _only("following", FOLLOWING, "action_id", "status", "locale", "email_hash"),
        # Screening looks at the last two days only: after them no network is known any more.
        _only("network", "network_hash IS NOT NULL", "action_id", "network_hash"),
        _only("origin", "network_hash IS NOT NULL", "created_at"),
        # Those whose moments are kept to the second: for two days (`appeals/moments.py`).
        _only("moments", "name_given_at IS NOT NULL", "name_given_at"),
        # Messages that everyone may read: in order, and each once however many wrote the same.
        _only("reasons", REASONS, "action_id", "id"),
        _only("reasons_alike", REASONS, "action_id", "words_hash", "id"),
        _only("invalidation_id", "invalidation_id IS NOT NULL", "invalidation_id"),
        _only("words_decision_id", "words_decision_id IS NOT NULL", "words_decision_id"),
    )

    id: Mapped[BigKey]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"))
    reference: Mapped[bytes] = mapped_column(LargeBinary(16))  # random; what links in mails are made from
    status: Mapped[SignatureStatus] = mapped_column(Word(SignatureStatus))
    email: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    email_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    seat: Mapped[int | None]
    name: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    name_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # finds a name that is known exactly
    message: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    words_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # equal for equal words of one action
    # Where it came from, as keyed hashes, for at most 48 hours.
    network_hash: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    domain_hash: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    # Null: nobody has looked at them yet, or there are none.
    words_status: Mapped[WordsStatus | None] = mapped_column(Word(WordsStatus))
    # By which decision about many at once; null for one that was decided by itself.
    words_decision_id: Mapped[int | None] = mapped_column(ForeignKey("words_decisions.id", ondelete="SET NULL"))
    # The wording under which its writer lets everyone read the message; null: only the official reads it.
    reason_consent_id: Mapped[int | None] = mapped_column(ForeignKey("reason_consents.id", ondelete="RESTRICT"))
    name_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Waits to be read by an organiser before it is shown or printed: it reads like a threat, or the office reads all.
    name_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    # When its owner last confirmed or changed it. Null once only the day is kept, of the other moments too.
    name_given_at: Mapped[datetime | None] = mapped_column(Instant)
    invalidation_id: Mapped[int | None] = mapped_column(ForeignKey("invalidations.id", ondelete="SET NULL"))
    country: Mapped[str] = mapped_column(String(2))
    disclosure: Mapped[Disclosure] = mapped_column(Word(Disclosure))
    # The most guarded disclosure that later wishes asked for; null once its owner has chosen, or if there are none.
    guard: Mapped[Disclosure | None] = mapped_column(Word(Disclosure))
    updates: Mapped[bool]
    locale: Mapped[str] = mapped_column(String(16))
    consent_text_id: Mapped[int] = mapped_column(ForeignKey("consent_texts.id", ondelete="RESTRICT"))
    # The text that was signed; null only for what was signed before texts were kept.
    signed_text_id: Mapped[int | None] = mapped_column(ForeignKey("signed_texts.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    expires_at: Mapped[At]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_on: Mapped[date | None]  # the day in the case's zone
    counts: Mapped[bool]
    tallied: Mapped[bool]
    # One while the tallies do not have it as it is, else null: what is null stands in no index.
    uncounted: Mapped[int | None] = mapped_column(Computed("CASE WHEN counts <> tallied THEN 1 END"), deferred=True)


class WordsDecision(Base):
    """One press of a button that decided about many messages of an action; undone, they wait to be read again.

    Its members point at it. A message that its writer changed since does not, so undoing leaves it alone.
    """

    __tablename__ = "words_decisions"
    __table_args__ = (
        one_of("verdict", WordsVerdict),
        CheckConstraint("verdict <> 'reject' OR reason IS NOT NULL", name="rejected_for_a_reason"),
        CheckConstraint("messages > 0", name="about_something"),
        Index("ix_words_decisions_newest", "action_id", "organiser_id", "id"),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    verdict: Mapped[WordsVerdict] = mapped_column(Word(WordsVerdict))
    reason: Mapped[LongText | None]
    messages: Mapped[int]
    groups: Mapped[int]
    decided_at: Mapped[At]
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class LaterWish(Base):
    """What an address asked for when it signed the same action again: its mail's link confirms this, and nothing else.

    The first wish is the signature itself. Encrypted like it, and empty once confirmed: then it stands in the
    signature, and the row says only that this link was used. A wish that is not confirmed dies with its expiry.
    """

    __tablename__ = "later_wishes"
    __table_args__ = (
        one_of("disclosure", Disclosure),
        CheckConstraint(
            "(confirmed_at IS NULL) = (name IS NOT NULL) AND (confirmed_at IS NULL) = (email IS NOT NULL)",
            name="empty_once_confirmed",
        ),
        UniqueConstraint("reference"),
        Index("ix_later_wishes_expires_at", "expires_at"),
    )

    id: Mapped[BigKey]
    signature_id: Mapped[int] = mapped_column(BIG, ForeignKey("signatures.id", ondelete="CASCADE"), index=True)
    reference: Mapped[bytes] = mapped_column(LargeBinary(16))
    email: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    name: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    message: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    country: Mapped[str] = mapped_column(String(2))
    disclosure: Mapped[Disclosure] = mapped_column(Word(Disclosure))
    updates: Mapped[bool]
    locale: Mapped[str] = mapped_column(String(16))
    consent_text_id: Mapped[int] = mapped_column(ForeignKey("consent_texts.id", ondelete="RESTRICT"))
    signed_text_id: Mapped[int | None] = mapped_column(ForeignKey("signed_texts.id", ondelete="RESTRICT"))
    created_at: Mapped[At]
    expires_at: Mapped[At]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class Invalidation(Base):
    """One taking out of false signatures by criteria: its reason, how far it is, and what would undo it.

    `criteria` is JSON; addresses and names in it stand as keyed hashes. A signature knows the one that took it out.
    """

    __tablename__ = "invalidations"
    __table_args__ = (
        one_of("status", InvalidationStatus),
        CheckConstraint("done >= 0 AND found >= 0", name="never_negative"),
    )

    id: Mapped[Key]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisers.id", ondelete="RESTRICT"))
    status: Mapped[InvalidationStatus] = mapped_column(Word(InvalidationStatus))
    criteria: Mapped[LongText]
    reason: Mapped[LongText]
    found: Mapped[int]  # how many the criteria met when it was begun
    done: Mapped[int]
    up_to: Mapped[int] = mapped_column(BIG)  # the last signature that was there when it was begun
    created_at: Mapped[At]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Tally(Base):
    """Confirmed signatures of one action by day and country; the rolled-up truth of the pages."""

    __tablename__ = "tallies"
    __table_args__ = (CheckConstraint("count >= 0", name="never_negative"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    count: Mapped[int]


class TakenBack(Base):
    """Signatures that were taken back and still stand in the public counts, by action and country.

    The country "" is the action as a whole.
    """

    __tablename__ = "taken_back"
    __table_args__ = (CheckConstraint("count >= 0", name="never_negative"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    count: Mapped[int]


class Throttle(Base):
    """How often something was done in a window, by keyed hash: no address of a person or network is kept."""

    __tablename__ = "throttles"

    bucket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    window: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    hits: Mapped[int]
