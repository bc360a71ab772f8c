"""organisers say once that officials who look alike are different people

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "distinct_officials",
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_distinct_officials_lower_number_first")),
        sa.ForeignKeyConstraint(
            ["one_id"], ["officials.id"], name=op.f("fk_distinct_officials_one_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["officials.id"], name=op.f("fk_distinct_officials_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_distinct_officials_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_distinct_officials")),
    )
    op.create_index("ix_distinct_officials_other_id", "distinct_officials", ["other_id"])


def downgrade() -> None:
    op.drop_table("distinct_officials")
