"""organisers close a sensitive case to all but named colleagues

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("sensitive_since", sa.DateTime(timezone=True), nullable=True))
    sensitive = sa.text("sensitive_since IS NOT NULL")
    op.create_index("ix_cases_sensitive", "cases", ["id"], sqlite_where=sensitive, postgresql_where=sensitive)
    op.create_table(
        "case_readers",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uninvited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_readers_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_case_readers_organiser_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["organisers.id"], name=op.f("fk_case_readers_added_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("case_id", "organiser_id", name=op.f("pk_case_readers")),
    )
    op.create_index("ix_case_readers_organiser_id", "case_readers", ["organiser_id"])
    # What is hidden is left out of what is found, by its case.
    op.execute("CREATE INDEX search_entries_case ON search_entries (case_id)")


def downgrade() -> None:
    # What was closed to others is open to them after this: a version that knows no sensitive case can keep none.
    op.execute("DROP INDEX search_entries_case")
    op.drop_table("case_readers")
    op.drop_index("ix_cases_sensitive", "cases")
    op.drop_column("cases", "sensitive_since")
