"""letters that supporters ask us to send, passkeys, and the names given on paper in a frozen dossier

Revision ID: 0007
Revises: 0006
"""

from alembic import op
import sqlalchemy as sa


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


# As in 0004: each column with its own constraints, so that SQLite rebuilds no table that others point at.
ADDED = {
    "dossiers": ("paper {bytes}",),
    "officials": ("time_zone VARCHAR(64)",),
    "organisation": (
        "letters_hourly INTEGER DEFAULT '20' NOT NULL CONSTRAINT ck_organisation_letters_an_hour"
        " CHECK (letters_hourly BETWEEN 1 AND 1000)",
        "letters_daily INTEGER DEFAULT '100' NOT NULL CONSTRAINT ck_organisation_letters_a_day"
        " CHECK (letters_daily BETWEEN 1 AND 10000)",
        "office_opens INTEGER DEFAULT '9' NOT NULL CONSTRAINT ck_organisation_opens_some_hour"
        " CHECK (office_opens BETWEEN 0 AND 23)",
        "office_closes INTEGER DEFAULT '17' NOT NULL CONSTRAINT ck_organisation_closes_after_it_opens"
        " CHECK (office_closes BETWEEN 1 AND 24 AND office_opens < office_closes)",
    ),
    "organisers": ("fs_webauthn_user_handle VARCHAR(64)",),
}
# Indexes of columns that are mostly empty: only what is there stands in them from now on.
SPARSE = (("messages", "organiser_id"), ("messages", "update_id"), ("signatures", "invalidation_id"))

KINDS_THEN = ("confirm", "signed_already", "thanks", "update", "invitation", "password_reset", "digest")
KINDS = (*KINDS_THEN, "review")


def _add(table: str, column: str) -> None:
    binary = "BLOB" if op.get_bind().dialect.name == "sqlite" else "BYTEA"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(bytes=binary)}")


def _known(kinds: tuple[str, ...]) -> str:
    return "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


def _messages(kinds: tuple[str, ...]) -> sa.Table:
    """The table as 0004 left it, for SQLite to make it anew; nothing points at it."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Table(
        "messages",
        sa.MetaData(),
        sa.Column("id", big, nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("signature_id", big, nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("update_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.LargeBinary(length=16), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=80), nullable=True),
        sa.CheckConstraint(_known(kinds), name="ck_messages_kind_known"),
        sa.CheckConstraint("status IN ('pending', 'leased', 'sent', 'failed')", name="ck_messages_status_known"),
        sa.CheckConstraint("(status = 'leased') = (lease IS NOT NULL)", name="ck_messages_leased_by_someone"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="ck_messages_sent_at_some_time"),
        sa.CheckConstraint("(signature_id IS NULL) <> (organiser_id IS NULL)", name="ck_messages_to_one_person"),
        sa.CheckConstraint("(kind = 'update') = (update_id IS NOT NULL)", name="ck_messages_update_of_which"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_messages_{column}", ondelete="CASCADE")
            for column, table in (
                ("signature_id", "signatures"),
                ("organiser_id", "organisers"),
                ("update_id", "updates"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("idempotency_key", name="uq_messages_idempotency_key"),
        sa.Index("ix_messages_due", "status", "due_at"),
        sa.Index("ix_messages_signature_id", "signature_id"),
    )


def _kinds(then: tuple[str, ...], now: tuple[str, ...]) -> None:
    with op.batch_alter_table("messages", copy_from=_messages(then)) as messages:
        messages.drop_constraint(op.f("ck_messages_kind_known"), type_="check")
        messages.create_check_constraint(op.f("ck_messages_kind_known"), _known(now))


def upgrade() -> None:
    op.create_table(
        "letter_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_consents")),
        sa.UniqueConstraint("locale", "version", name=op.f("uq_letter_consents_locale_version")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.Text(), nullable=True),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_passkeys_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_organiser_id"), ["organiser_id"], unique=False)

    op.create_table(
        "post_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(length=32), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("paper IN ('a4', 'letter')", name=op.f("ck_post_runs_paper_known")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_post_runs_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_post_runs_official_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_post_runs_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_runs")),
    )
    with op.batch_alter_table("post_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_runs_action_id"), ["action_id"], unique=False)

    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("letter_consent_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.LargeBinary(length=16), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=80), nullable=True),
        sa.Column("post_run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(status = 'printed') = (post_run_id IS NOT NULL)", name=op.f("ck_letters_printed_in_a_run")
        ),
        sa.CheckConstraint("lease IS NULL OR status = 'queued'", name=op.f("ck_letters_leased_while_queued")),
        sa.CheckConstraint(
            "status IN ('drafted', 'queued', 'sent', 'delivered', 'bounced', 'printed')",
            name=op.f("ck_letters_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('drafted', 'queued') OR content IS NOT NULL", name=op.f("ck_letters_has_words_to_send")
        ),
        sa.CheckConstraint(
            "status NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL", name=op.f("ck_letters_sent_at_some_time")
        ),
        sa.CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name=op.f("ck_letters_leased_until_some_time")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_letters_action_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["letter_consent_id"],
            ["letter_consents.id"],
            name=op.f("fk_letters_letter_consent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_letters_official_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["post_run_id"], ["post_runs.id"], name=op.f("fk_letters_post_run_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_letters_signature_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "signature_id", "official_id", "text_hash", name=op.f("uq_letters_signature_id_official_id_text_hash")
        ),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index("ix_letters_due", ["official_id", "status", "due_at"], unique=False)
        batch_op.create_index("ix_letters_of_action", ["action_id", "status"], unique=False)
        batch_op.create_index("ix_letters_post_run_id", ["post_run_id"], unique=False)
        batch_op.create_index("ix_letters_sent", ["official_id", "sent_at"], unique=False)

    for table, columns in ADDED.items():
        for column in columns:
            _add(table, column)
    op.create_index("ix_organisers_fs_webauthn_user_handle", "organisers", ["fs_webauthn_user_handle"], unique=True)
    for table, column in SPARSE:
        op.drop_index(f"ix_{table}_{column}", table)
    _kinds(KINDS_THEN, KINDS)
    for table, column in SPARSE:
        held = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    op.execute("DELETE FROM messages WHERE kind = 'review'")  # which the older schema cannot say
    for table, column in SPARSE:
        op.drop_index(f"ix_{table}_{column}", table)
    _kinds(KINDS, KINDS_THEN)
    for table, column in SPARSE:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.drop_index("ix_organisers_fs_webauthn_user_handle", "organisers")
    for table, columns in ADDED.items():
        for column in reversed(columns):
            op.drop_column(table, column.split()[0])
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index("ix_letters_sent")
        batch_op.drop_index("ix_letters_post_run_id")
        batch_op.drop_index("ix_letters_of_action")
        batch_op.drop_index("ix_letters_due")

    op.drop_table("letters")
    with op.batch_alter_table("post_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_runs_action_id"))

    op.drop_table("post_runs")
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkeys_organiser_id"))

    op.drop_table("passkeys")
    op.drop_table("letter_consents")
