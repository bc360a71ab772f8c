"""messages in equal words are read once: what groups them, and what was decided about many at once

Revision ID: 0022
Revises: 0021
"""

from alembic import op
import sqlalchemy as sa


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UNREAD = "message IS NOT NULL AND status = 'confirmed' AND (words_status IS NULL OR words_status = 'waiting')"
# {index: (columns, of which rows)}
ADDED = {
    "ix_signatures_alike": ("action_id, words_hash, id", UNREAD),
    "ix_signatures_ungrouped": ("words_hash, id", "message IS NOT NULL AND words_hash IS NULL"),
    "ix_signatures_words_decision_id": ("words_decision_id", "words_decision_id IS NOT NULL"),
}


def upgrade() -> None:
    op.create_table(
        "words_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("verdict IN ('approve', 'hide', 'reject')", name=op.f("ck_words_decisions_verdict_known")),
        sa.CheckConstraint(
            "verdict <> 'reject' OR reason IS NOT NULL", name=op.f("ck_words_decisions_rejected_for_a_reason")
        ),
        sa.CheckConstraint("messages > 0", name=op.f("ck_words_decisions_about_something")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_words_decisions_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_words_decisions_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words_decisions")),
    )
    op.create_index("ix_words_decisions_newest", "words_decisions", ["action_id", "organiser_id", "id"])
    raw = "BLOB" if op.get_bind().dialect.name == "sqlite" else "BYTEA"
    # No key is at hand here: a job hashes the words that are there already.
    op.execute(
        f"ALTER TABLE signatures ADD COLUMN words_hash {raw} CONSTRAINT ck_signatures_words_hash_of_words"
        " CHECK (words_hash IS NULL OR message IS NOT NULL)"
    )
    op.execute(
        "ALTER TABLE signatures ADD COLUMN words_decision_id INTEGER CONSTRAINT fk_signatures_words_decision_id"
        " REFERENCES words_decisions (id) ON DELETE SET NULL"
    )
    for name, (columns, which) in ADDED.items():
        op.execute(f"CREATE INDEX {name} ON signatures ({columns}) WHERE {which}")


def downgrade() -> None:
    for name in ADDED:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE signatures DROP COLUMN words_decision_id")
    op.execute("ALTER TABLE signatures DROP COLUMN words_hash")
    op.drop_index("ix_words_decisions_newest", "words_decisions")
    op.drop_table("words_decisions")
