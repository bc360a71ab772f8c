"""organisers: who may come in, what they write, and proof of what they did

Revision ID: 0004
Revises: 0003
"""

from alembic import op
import sqlalchemy as sa


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


# Columns as both databases write them, each with its own constraints: so SQLite needs to rebuild no table that others
# point at. {instant} and {bytes} are where the two differ.
ADDED = {
    "actions": (
        "outcome_kind VARCHAR(32) CONSTRAINT ck_actions_outcome_kind_known"
        " CHECK (outcome_kind IN ('positive', 'mixed', 'negative', 'unclear'))",
        "outcome_on DATE",
        "submitted_by_id INTEGER CONSTRAINT fk_actions_submitted_by_id REFERENCES organisers (id) ON DELETE RESTRICT",
        "submitted_at {instant}",
        "approved_by_id INTEGER CONSTRAINT fk_actions_approved_by_id REFERENCES organisers (id) ON DELETE RESTRICT",
        "approved_at {instant} CONSTRAINT ck_actions_approved_at_some_time"
        " CHECK (approved_by_id IS NULL OR approved_at IS NOT NULL)",
        "opens_at {instant}",
        "shield VARCHAR(32) DEFAULT 'none' NOT NULL CONSTRAINT ck_actions_shield_known"
        " CHECK (shield IN ('none', 'proof_of_work', 'pause'))",
        "paused_at {instant} CONSTRAINT ck_actions_paused_since CHECK ((shield = 'pause') = (paused_at IS NOT NULL))",
        "revision INTEGER DEFAULT '0' NOT NULL",
    ),
    "model_letters": (
        "filled TEXT",
        "organiser_id INTEGER CONSTRAINT fk_model_letters_organiser_id REFERENCES organisers (id) ON DELETE RESTRICT",
    ),
    "officials": (
        "cleared_by_id INTEGER CONSTRAINT fk_officials_cleared_by_id REFERENCES organisers (id) ON DELETE RESTRICT",
        "contact_confirmed_on DATE",
        "email_bounced_at {instant}",
        "post_returned_on DATE",
        "note TEXT",
        "merged_into_id INTEGER CONSTRAINT fk_officials_merged_into_id REFERENCES officials (id) ON DELETE RESTRICT",
        "revision INTEGER DEFAULT '0' NOT NULL",
    ),
    "organisation": (
        "logo VARCHAR",
        "languages TEXT DEFAULT '[]' NOT NULL",
        "household_seats INTEGER DEFAULT '1' NOT NULL CONSTRAINT ck_organisation_seats_one_or_two"
        " CHECK (household_seats IN (1, 2))",
        "review_required BOOLEAN DEFAULT {true} NOT NULL",
        "stale_days INTEGER DEFAULT '90' NOT NULL CONSTRAINT ck_organisation_stale_some_day"
        " CHECK (stale_days BETWEEN 1 AND 3650)",
        "posting_days TEXT DEFAULT '{{}}' NOT NULL",
        "digest_hour INTEGER DEFAULT '7' NOT NULL CONSTRAINT ck_organisation_an_hour_of_the_day"
        " CHECK (digest_hour BETWEEN 0 AND 23)",
        "leave_url VARCHAR DEFAULT 'https://{{locale}}.wikipedia.org/' NOT NULL",
    ),
    "signatures": (
        "name_hash {bytes}",
        "domain_hash {bytes}",
        "network_hash {bytes} CONSTRAINT ck_signatures_erased_cannot_be_found"
        " CHECK (status <> 'erased' OR (name_hash IS NULL AND domain_hash IS NULL AND network_hash IS NULL))",
        "words_status VARCHAR(32) CONSTRAINT ck_signatures_words_status_known"
        " CHECK (words_status IN ('waiting', 'shown', 'hidden'))",
        "name_hidden BOOLEAN DEFAULT {false} NOT NULL",
        "invalidation_id INTEGER CONSTRAINT fk_signatures_invalidation_id"
        " REFERENCES invalidations (id) ON DELETE SET NULL",
    ),
    "sources": ("note TEXT",),
    "subjects": (
        "naming VARCHAR(32) DEFAULT 'named' NOT NULL CONSTRAINT ck_subjects_naming_known"
        " CHECK (naming IN ('named', 'initials', 'described'))",
    ),
}
INDEXES = (
    ("ix_signatures_network", "signatures", ["action_id", "network_hash"], "network_hash IS NOT NULL"),
    ("ix_signatures_invalidation_id", "signatures", ["invalidation_id"], None),
)

KINDS_THEN = "kind IN ('confirm', 'signed_already', 'thanks')"
KINDS = "kind IN ('confirm', 'signed_already', 'thanks', 'update', 'invitation', 'password_reset', 'digest')"
TO_ONE_PERSON = "(signature_id IS NULL) <> (organiser_id IS NULL)"
UPDATE_OF_WHICH = "(kind = 'update') = (update_id IS NOT NULL)"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _zeros() -> str:
    return f"x'{'00' * 32}'" if _sqlite() else f"decode('{'00' * 32}', 'hex')"


def _add(table: str, column: str) -> None:
    words = (
        {"instant": "DATETIME", "bytes": "BLOB", "true": "1", "false": "0"}
        if _sqlite()
        else {"instant": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "true": "true", "false": "false"}
    )
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(**words)}")


def _messages(kinds: str) -> sa.Table:
    """The table as 0001 made it, for SQLite to make it anew; nothing points at it."""
    return sa.Table(
        "messages",
        sa.MetaData(),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.LargeBinary(length=16), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=80), nullable=True),
        sa.CheckConstraint(kinds, name="ck_messages_kind_known"),
        sa.CheckConstraint("status IN ('pending', 'leased', 'sent', 'failed')", name="ck_messages_status_known"),
        sa.CheckConstraint("(status = 'leased') = (lease IS NOT NULL)", name="ck_messages_leased_by_someone"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="ck_messages_sent_at_some_time"),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name="fk_messages_signature_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("idempotency_key", name="uq_messages_idempotency_key"),
        sa.Index("ix_messages_due", "status", "due_at"),
        sa.Index("ix_messages_signature_id", "signature_id"),
    )


def _messages_to_anyone() -> None:
    with op.batch_alter_table("messages", copy_from=_messages(KINDS_THEN)) as messages:
        messages.add_column(sa.Column("organiser_id", sa.Integer(), nullable=True))
        messages.add_column(sa.Column("update_id", sa.Integer(), nullable=True))
        messages.alter_column("signature_id", existing_type=sa.BigInteger(), nullable=True)
        messages.drop_constraint(op.f("ck_messages_kind_known"), type_="check")
        messages.create_check_constraint(op.f("ck_messages_kind_known"), KINDS)
        messages.create_check_constraint(op.f("ck_messages_to_one_person"), TO_ONE_PERSON)
        messages.create_check_constraint(op.f("ck_messages_update_of_which"), UPDATE_OF_WHICH)
        messages.create_foreign_key(
            op.f("fk_messages_organiser_id"), "organisers", ["organiser_id"], ["id"], ondelete="CASCADE"
        )
        messages.create_foreign_key(op.f("fk_messages_update_id"), "updates", ["update_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_messages_organiser_id", "messages", ["organiser_id"])
    op.create_index("ix_messages_update_id", "messages", ["update_id"])


def _messages_to_supporters_only() -> None:
    # What is owed to organisers, and updates, cannot be said in the older schema.
    op.execute("DELETE FROM messages WHERE signature_id IS NULL OR update_id IS NOT NULL")
    op.drop_index("ix_messages_update_id", "messages")
    op.drop_index("ix_messages_organiser_id", "messages")
    now = _messages(KINDS)
    now.append_column(sa.Column("organiser_id", sa.Integer(), nullable=True))
    now.append_column(sa.Column("update_id", sa.Integer(), nullable=True))
    now.append_constraint(sa.CheckConstraint(TO_ONE_PERSON, name="ck_messages_to_one_person"))
    now.append_constraint(sa.CheckConstraint(UPDATE_OF_WHICH, name="ck_messages_update_of_which"))
    for column, table in (("organiser_id", "organisers"), ("update_id", "updates")):
        now.append_constraint(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_messages_{column}"))
    with op.batch_alter_table("messages", copy_from=now) as messages:
        messages.drop_constraint(op.f("fk_messages_organiser_id"), type_="foreignkey")
        messages.drop_constraint(op.f("fk_messages_update_id"), type_="foreignkey")
        messages.drop_constraint(op.f("ck_messages_to_one_person"), type_="check")
        messages.drop_constraint(op.f("ck_messages_update_of_which"), type_="check")
        messages.drop_constraint(op.f("ck_messages_kind_known"), type_="check")
        messages.create_check_constraint(op.f("ck_messages_kind_known"), KINDS_THEN)
        messages.alter_column("signature_id", existing_type=sa.BigInteger(), nullable=False)
        messages.drop_column("update_id")
        messages.drop_column("organiser_id")


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "organisers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("mf_recovery_codes", sa.Text(), nullable=True),
        sa.Column("calendar_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'editor', 'reviewer', 'viewer')", name=op.f("ck_organisers_role_known")),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["organisers.id"], name=op.f("fk_organisers_invited_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisers")),
        sa.UniqueConstraint("calendar_hash", name=op.f("uq_organisers_calendar_hash")),
        sa.UniqueConstraint("email", name=op.f("uq_organisers_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_organisers_fs_uniquifier")),
    )
    op.create_table(
        "organiser_sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_organiser_sessions_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_organiser_sessions")),
    )
    with op.batch_alter_table("organiser_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_organiser_sessions_expires_at", ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_organiser_sessions_organiser_id"), ["organiser_id"], unique=False)

    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_audit_events_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_audit_events_case_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_audit_events_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_audit_events_object", ["object_kind", "object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_organiser_id"), ["organiser_id"], unique=False)

    op.create_table(
        "autosaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_autosaves_action_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_autosaves_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autosaves")),
        sa.UniqueConstraint("action_id", "organiser_id", "part", name=op.f("uq_autosaves_action_id_organiser_id_part")),
    )
    with op.batch_alter_table("autosaves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_autosaves_organiser_id"), ["organiser_id"], unique=False)

    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.Date(), nullable=False),
        sa.Column("becomes", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("becomes <> was", name=op.f("ck_extensions_moves_it")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_extensions_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_extensions_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extensions_action_id"), ["action_id"], unique=False)

    op.create_table(
        "harm_statements",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_harm_statements_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_harm_statements_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_harm_statements")),
    )
    op.create_table(
        "invalidations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'cancelled', 'done', 'undoing', 'undone')",
            name=op.f("ck_invalidations_status_known"),
        ),
        sa.CheckConstraint("done >= 0 AND found >= 0", name=op.f("ck_invalidations_never_negative")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_invalidations_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_invalidations_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invalidations")),
    )
    with op.batch_alter_table("invalidations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invalidations_action_id"), ["action_id"], unique=False)

    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_remarks_action_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_remarks_organiser_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["organisers.id"], name=op.f("fk_remarks_settled_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remarks_action_id"), ["action_id"], unique=False)

    op.create_table(
        "text_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_text_versions_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_text_versions_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_versions")),
        sa.UniqueConstraint("action_id", "locale", "version", name=op.f("uq_text_versions_action_id_locale_version")),
    )
    op.create_table(
        "updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'queued', 'sent', 'cancelled')", name=op.f("ck_updates_status_known")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_updates_action_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_updates_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
    )
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_updates_action_id"), ["action_id"], unique=False)

    op.create_table(
        "update_texts",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["update_id"], ["updates.id"], name=op.f("fk_update_texts_update_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("update_id", "locale", name=op.f("pk_update_texts")),
    )
    op.execute("INSERT INTO audit_head (id, last_id, digest) VALUES (1, 0, " + _zeros() + ")")
    for table, columns in ADDED.items():
        for column in columns:
            _add(table, column)
    for name, indexed, by, where in INDEXES:
        op.create_index(
            name,
            indexed,
            by,
            sqlite_where=sa.text(where) if where else None,
            postgresql_where=sa.text(where) if where else None,
        )
    _messages_to_anyone()


def downgrade() -> None:
    _messages_to_supporters_only()
    for name, table, _columns, _where in INDEXES:
        op.drop_index(name, table)
    for table, columns in ADDED.items():
        # The last first: a CHECK goes with the column it was made with, and may speak of those before it.
        for column in reversed(columns):
            op.drop_column(table, column.split()[0])

    op.drop_table("update_texts")
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_updates_action_id"))

    op.drop_table("updates")
    op.drop_table("text_versions")
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remarks_action_id"))

    op.drop_table("remarks")
    with op.batch_alter_table("invalidations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invalidations_action_id"))

    op.drop_table("invalidations")
    op.drop_table("harm_statements")
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extensions_action_id"))

    op.drop_table("extensions")
    with op.batch_alter_table("autosaves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_autosaves_organiser_id"))

    op.drop_table("autosaves")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_organiser_id"))
        batch_op.drop_index("ix_audit_events_object")
        batch_op.drop_index(batch_op.f("ix_audit_events_case_id"))
        batch_op.drop_index(batch_op.f("ix_audit_events_action_id"))

    op.drop_table("audit_events")
    with op.batch_alter_table("organiser_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organiser_sessions_organiser_id"))
        batch_op.drop_index("ix_organiser_sessions_expires_at")

    op.drop_table("organiser_sessions")
    op.drop_table("organisers")
    op.drop_table("audit_head")
