"""later wishes of one address, the text that each signature stands under, changes that wait for a second person

Revision ID: 0012
Revises: 0011
"""

from alembic import op
import sqlalchemy as sa


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DISCLOSURES = "('public', 'official', 'withheld')"
_KINDS = "('typing', 'figure', 'successor', 'translation', 'edit')"

# In one statement each: SQLite then keeps the table as it is, with its rows and whatever points at them.
ADDED = {
    "signatures": (
        f"guard VARCHAR(32) CONSTRAINT ck_signatures_guard_known CHECK (guard IN {_DISCLOSURES})",
        "name_held BOOLEAN DEFAULT {false} NOT NULL",
        "name_given_at {instant}",
        "signed_text_id INTEGER CONSTRAINT fk_signatures_signed_text_id REFERENCES signed_texts (id) ON DELETE RESTRICT",
    ),
    "paper_sheets": (
        "signed_text_id INTEGER CONSTRAINT fk_paper_sheets_signed_text_id REFERENCES signed_texts (id)"
        " ON DELETE RESTRICT",
    ),
    "messages": (
        "wish_id {big} CONSTRAINT fk_messages_wish_id REFERENCES later_wishes (id) ON DELETE CASCADE",
    ),
    "organisation": (
        "names_read_first BOOLEAN DEFAULT {false} NOT NULL",
        "name_hold_minutes INTEGER DEFAULT '1' NOT NULL CONSTRAINT ck_organisation_names_held_a_day_at_most"
        " CHECK (name_hold_minutes BETWEEN 0 AND 1440)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "signed_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_signed_texts_counts_from_one")),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_signed_texts_kind_known")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_signed_texts_action_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_texts")),
        sa.UniqueConstraint("action_id", "version", name=op.f("uq_signed_texts_action_id_version")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_proposals_kind_known")),
        sa.CheckConstraint(
            "status IN ('open', 'published', 'rejected', 'overtaken')", name=op.f("ck_proposals_status_known")
        ),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_proposals_action_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["organisers.id"], name=op.f("fk_proposals_proposed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["organisers.id"], name=op.f("fk_proposals_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_action_id", "proposals", ["action_id"])
    op.create_table(
        "later_wishes",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("signature_id", _BIG, nullable=False),
        sa.Column("reference", sa.LargeBinary(length=16), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("disclosure", sa.String(length=32), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("consent_text_id", sa.Integer(), nullable=False),
        sa.Column("signed_text_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"disclosure IN {_DISCLOSURES}", name=op.f("ck_later_wishes_disclosure_known")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (name IS NOT NULL) AND (confirmed_at IS NULL) = (email IS NOT NULL)",
            name=op.f("ck_later_wishes_empty_once_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_later_wishes_signature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consent_text_id"], ["consent_texts.id"], name=op.f("fk_later_wishes_consent_text_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signed_text_id"], ["signed_texts.id"], name=op.f("fk_later_wishes_signed_text_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_later_wishes")),
        sa.UniqueConstraint("reference", name=op.f("uq_later_wishes_reference")),
    )
    op.create_index("ix_later_wishes_signature_id", "later_wishes", ["signature_id"])
    op.create_index("ix_later_wishes_expires_at", "later_wishes", ["expires_at"])

    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, columns in ADDED.items():
        for column in columns:
            said = column.format(
                big="INTEGER" if on_sqlite else "BIGINT",
                false="'0'" if on_sqlite else "false",
                instant="DATETIME" if on_sqlite else "TIMESTAMP WITH TIME ZONE",
            )
            op.execute(f"ALTER TABLE {table} ADD COLUMN {said}")
    held = sa.text("wish_id IS NOT NULL")
    op.create_index("ix_messages_wish_id", "messages", ["wish_id"], sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    op.execute("DELETE FROM messages WHERE wish_id IS NOT NULL")  # they could only confirm what goes now
    op.drop_index("ix_messages_wish_id", "messages")
    for table, columns in ADDED.items():
        for column in reversed(columns):
            op.drop_column(table, column.split()[0])
    op.drop_index("ix_later_wishes_expires_at", "later_wishes")
    op.drop_index("ix_later_wishes_signature_id", "later_wishes")
    op.drop_table("later_wishes")
    op.drop_index("ix_proposals_action_id", "proposals")
    op.drop_table("proposals")
    op.drop_table("signed_texts")
