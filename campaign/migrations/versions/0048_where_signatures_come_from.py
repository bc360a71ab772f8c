"""organisers see by which tagged links people came to sign, and nobody is linked to one

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("id", BIG, nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", BIG, nullable=True),
        sa.Column("tag", sa.String(length=10), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.CheckConstraint("(signature_id IS NULL) = (day IS NOT NULL)", name=op.f("ck_visits_signature_or_day")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_visits_action_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_visits_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_visits_signature_id")),
    )
    confirmed = sa.text("day IS NOT NULL")
    op.create_index("ix_visits_confirmed", "visits", ["id"], sqlite_where=confirmed, postgresql_where=confirmed)
    _tallies("visit_days", sa.Column("day", sa.Date(), nullable=False))
    _tallies("visit_languages", sa.Column("locale", sa.String(length=16), nullable=False))


def _tallies(table: str, by: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=10), nullable=False),
        by,
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f(f"ck_{table}_never_negative")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f(f"fk_{table}_action_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("action_id", "tag", by.name, name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.drop_table("visit_languages")
    op.drop_table("visit_days")
    op.drop_table("visits")
