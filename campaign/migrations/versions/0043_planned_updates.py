"""organisers plan when an update goes out, and see why one was held back

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A node of before writes drafts without a time; one that it sends is no draft any more, and goes no second time.
    op.add_column("updates", sa.Column("send_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE updates ADD COLUMN planned_by_id INTEGER CONSTRAINT fk_updates_planned_by_id"
        " REFERENCES organisers (id) ON DELETE RESTRICT"
    )
    op.add_column("updates", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("updates", sa.Column("held_why", sa.Text(), nullable=True))
    planned = sa.text("send_at IS NOT NULL")
    op.create_index("ix_updates_planned", "updates", ["send_at"], sqlite_where=planned, postgresql_where=planned)


def downgrade() -> None:
    op.drop_index("ix_updates_planned", "updates")
    for column in ("held_why", "held_at", "planned_by_id", "send_at"):
        op.drop_column("updates", column)
