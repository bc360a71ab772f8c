"""who signs may let everyone read their message, as a reason to sign; the wording they agreed to is kept

Revision ID: 0034
Revises: 0031
"""

from alembic import op
import sqlalchemy as sa


revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

REASONS = "reason_consent_id IS NOT NULL AND status = 'confirmed' AND words_status = 'shown'"
# {index: columns}, of those alone.
ADDED = {
    "ix_signatures_reasons": "action_id, id",
    "ix_signatures_reasons_alike": "action_id, words_hash, id",
}


def upgrade() -> None:
    op.create_table(
        "reason_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_consents")),
        sa.UniqueConstraint("locale", "version", name=op.f("uq_reason_consents_locale_version")),
    )
    op.execute(
        "ALTER TABLE signatures ADD COLUMN reason_consent_id INTEGER CONSTRAINT fk_signatures_reason_consent_id"
        " REFERENCES reason_consents (id) ON DELETE RESTRICT CONSTRAINT ck_signatures_reason_of_words"
        " CHECK (reason_consent_id IS NULL OR message IS NOT NULL)"
    )
    for name, columns in ADDED.items():
        op.execute(f"CREATE INDEX {name} ON signatures ({columns}) WHERE {REASONS}")


def downgrade() -> None:
    for name in ADDED:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE signatures DROP COLUMN reason_consent_id")
    op.drop_table("reason_consents")
