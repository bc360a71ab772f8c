"""the first schema

Revision ID: 0001
Revises:
"""

from alembic import op
import sqlalchemy as sa


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_cases_country_alpha_2")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("slug", name=op.f("uq_cases_slug")),
    )
    op.create_table(
        "consent_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_texts")),
        sa.UniqueConstraint("locale", "version", name=op.f("uq_consent_texts_locale_version")),
    )
    op.create_table(
        "officials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("fax", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("emails", sa.Text(), nullable=False),
        sa.Column("x_handle", sa.String(), nullable=True),
        sa.Column("web_form", sa.String(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("salutation", sa.Text(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officials")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("sender_email", sa.String(), nullable=False),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_only_one")),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name=op.f("ck_organisation_retention_stated")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "throttles",
        sa.Column("bucket", sa.LargeBinary(length=32), nullable=False),
        sa.Column("window", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window", name=op.f("pk_throttles")),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("index_reference", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("previous_index", sa.String(), nullable=True),
        sa.Column("previous_url", sa.String(), nullable=True),
        sa.Column("goal", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("original_locale", sa.String(length=16), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("imported_text", sa.Text(), nullable=True),
        sa.Column("unplaced", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('first', 'further_information', 'stop', 'outcome')", name=op.f("ck_actions_kind_known")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review') OR deadline IS NOT NULL",
            name=op.f("ck_actions_deadline_known_when_public"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review') OR issued_on IS NOT NULL", name=op.f("ck_actions_issued_when_public")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review', 'open', 'closed', 'stopped', 'archived')",
            name=op.f("ck_actions_status_known"),
        ),
        sa.CheckConstraint("goal IS NULL OR goal > 0", name=op.f("ck_actions_goal_positive")),
        sa.CheckConstraint("previous_id IS NULL OR previous_id <> id", name=op.f("ck_actions_no_loop")),
        sa.CheckConstraint("seats IN (1, 2)", name=op.f("ck_actions_seats_one_or_two")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_actions_case_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["actions.id"], name=op.f("fk_actions_previous_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("previous_id", name=op.f("uq_actions_previous_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_actions_slug")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_actions_status_deadline", ["status", "deadline"], unique=False)

    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_about", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sources_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_sources_case_id_key")),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pronoun", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_subjects_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_subjects_case_id_position")),
    )
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subjects_case_id"), ["case_id"], unique=False)

    op.create_table(
        "action_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("demands", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("after_deadline", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_texts_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_texts")),
        sa.UniqueConstraint("action_id", "locale", name=op.f("uq_action_texts_action_id_locale")),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "status <> 'ready' OR (sha256 IS NOT NULL AND pages > 0)", name=op.f("ck_dossiers_ready_is_printed")
        ),
        sa.CheckConstraint("status IN ('frozen', 'ready')", name=op.f("ck_dossiers_status_known")),
        sa.CheckConstraint("named >= 0 AND withheld >= 0", name=op.f("ck_dossiers_counts_not_negative")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_dossiers_action_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_dossiers_official_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_official_id"), ["official_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('development', 'threat')", name=op.f("ck_events_kind_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_events_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_events_source_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_source_id"), ["source_id"], unique=False)

    op.create_table(
        "figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=0, asdecimal=False), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("quoted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_figures_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_figures_source_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
        sa.UniqueConstraint(
            "case_id", "key", "source_id", "as_of", "value", name=op.f("uq_figures_case_id_key_source_id_as_of_value")
        ),
    )
    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figures_source_id"), ["source_id"], unique=False)
        batch_op.create_index(
            "uq_figures_quoted",
            ["case_id", "key"],
            unique=True,
            sqlite_where=sa.text("quoted"),
            postgresql_where=sa.text("quoted"),
        )

    op.create_table(
        "model_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("salutation", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("close", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_model_letters_version_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_model_letters_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_model_letters_official_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_letters")),
    )
    with op.batch_alter_table("model_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_letters_official_id"), ["official_id"], unique=False)
        batch_op.create_index(
            "uq_model_letters_for_all",
            ["action_id", "locale", "version"],
            unique=True,
            sqlite_where=sa.text("official_id IS NULL"),
            postgresql_where=sa.text("official_id IS NULL"),
        )
        batch_op.create_index(
            "uq_model_letters_for_one",
            ["action_id", "locale", "official_id", "version"],
            unique=True,
            sqlite_where=sa.text("official_id IS NOT NULL"),
            postgresql_where=sa.text("official_id IS NOT NULL"),
        )

    op.create_table(
        "recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('to', 'copy')", name=op.f("ck_recipients_role_known")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_recipients_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_recipients_official_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
        sa.UniqueConstraint("action_id", "official_id", name=op.f("uq_recipients_action_id_official_id")),
        sa.UniqueConstraint("action_id", "position", name=op.f("uq_recipients_action_id_position")),
    )
    with op.batch_alter_table("recipients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recipients_official_id"), ["official_id"], unique=False)

    op.create_table(
        "signatures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.LargeBinary(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("disclosure", sa.String(length=32), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("consent_text_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("tallied", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "counts = (status = 'confirmed') OR status IN ('erased')", name=op.f("ck_signatures_only_confirmed_count")
        ),
        sa.CheckConstraint(
            "disclosure IN ('public', 'official', 'withheld')", name=op.f("ck_signatures_disclosure_known")
        ),
        sa.CheckConstraint(
            "status <> 'erased' OR (email IS NULL AND email_hash IS NULL AND name IS NULL AND message IS NULL)",
            name=op.f("ck_signatures_erased_leaves_nothing"),
        ),
        sa.CheckConstraint(
            "status <> 'pending' OR (email IS NOT NULL AND name IS NOT NULL)",
            name=op.f("ck_signatures_pending_reachable"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'confirmed', 'withdrawn', 'invalid', 'rejected', 'expired', 'erased')",
            name=op.f("ck_signatures_status_known"),
        ),
        sa.CheckConstraint("NOT counts OR confirmed_on IS NOT NULL", name=op.f("ck_signatures_counted_on_a_day")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_signatures_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["consent_text_id"], ["consent_texts.id"], name=op.f("fk_signatures_consent_text_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("action_id", "email_hash", "seat", name=op.f("uq_signatures_action_id_email_hash_seat")),
        sa.UniqueConstraint("reference", name=op.f("uq_signatures_reference")),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_signatures_confirmed", ["action_id", "status", "country", "confirmed_at"], unique=False
        )
        batch_op.create_index("ix_signatures_expiry", ["status", "expires_at"], unique=False)
        batch_op.create_index(
            "ix_signatures_uncounted",
            ["action_id"],
            unique=False,
            sqlite_where=sa.text("counts <> tallied"),
            postgresql_where=sa.text("counts <> tallied"),
        )

    op.create_table(
        "tallies",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_tallies_never_negative")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_tallies_action_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("action_id", "day", "country", name=op.f("pk_tallies")),
    )
    op.create_table(
        "dossier_entries",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_entries_dossier_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_dossier_entries_signature_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_dossier_entries")),
    )
    with op.batch_alter_table("dossier_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_entries_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "dossier_totals",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_totals_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "country", name=op.f("pk_dossier_totals")),
    )
    op.create_table(
        "messages",
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
        sa.CheckConstraint("(status = 'leased') = (lease IS NOT NULL)", name=op.f("ck_messages_leased_by_someone")),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_messages_sent_at_some_time")),
        sa.CheckConstraint("kind IN ('confirm', 'signed_already', 'thanks')", name=op.f("ck_messages_kind_known")),
        sa.CheckConstraint("status IN ('pending', 'leased', 'sent', 'failed')", name=op.f("ck_messages_status_known")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_messages_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_messages_idempotency_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_due", ["status", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_signature_id"), ["signature_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_signature_id"))
        batch_op.drop_index("ix_messages_due")

    op.drop_table("messages")
    op.drop_table("dossier_totals")
    with op.batch_alter_table("dossier_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossier_entries_signature_id"))

    op.drop_table("dossier_entries")
    op.drop_table("tallies")
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_signatures_uncounted",
            sqlite_where=sa.text("counts <> tallied"),
            postgresql_where=sa.text("counts <> tallied"),
        )
        batch_op.drop_index("ix_signatures_expiry")
        batch_op.drop_index("ix_signatures_confirmed")

    op.drop_table("signatures")
    with op.batch_alter_table("recipients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recipients_official_id"))

    op.drop_table("recipients")
    with op.batch_alter_table("model_letters", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_model_letters_for_one",
            sqlite_where=sa.text("official_id IS NOT NULL"),
            postgresql_where=sa.text("official_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_model_letters_for_all",
            sqlite_where=sa.text("official_id IS NULL"),
            postgresql_where=sa.text("official_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_model_letters_official_id"))

    op.drop_table("model_letters")
    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.drop_index("uq_figures_quoted", sqlite_where=sa.text("quoted"), postgresql_where=sa.text("quoted"))
        batch_op.drop_index(batch_op.f("ix_figures_source_id"))

    op.drop_table("figures")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_source_id"))
        batch_op.drop_index(batch_op.f("ix_events_case_id"))

    op.drop_table("events")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_official_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_action_id"))

    op.drop_table("dossiers")
    op.drop_table("action_texts")
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subjects_case_id"))

    op.drop_table("subjects")
    op.drop_table("sources")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index("ix_actions_status_deadline")
        batch_op.drop_index(batch_op.f("ix_actions_case_id"))

    op.drop_table("actions")
    op.drop_table("throttles")
    op.drop_table("organisation")
    op.drop_table("officials")
    op.drop_table("consent_texts")
    op.drop_table("cases")
