"""organisers keep copies of what a source said on a day, byte for byte

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        # A node of before removes a source and knows no copies: they stay with the case.
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('pdf', 'html', 'png', 'jpg', 'webp')", name=op.f("ck_source_copies_kind_known")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_source_copies_has_a_size")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_source_copies_sha256_is_hex")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_why IS NULL)", name=op.f("ck_source_copies_removed_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_source_copies_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_copies_source_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["organisers.id"], name=op.f("fk_source_copies_added_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["organisers.id"], name=op.f("fk_source_copies_removed_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_copies")),
        sa.UniqueConstraint("mark", name=op.f("uq_source_copies_mark")),
    )
    op.create_index("ix_source_copies_case_id", "source_copies", ["case_id"])
    kept = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_source_copies_kept",
        "source_copies",
        ["source_id", "sha256"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


def downgrade() -> None:
    op.drop_table("source_copies")
