"""organisers see whose an action is, watch others, and keep tasks with a day

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Actions of before have no owner: who wrote one long ago need not be who looks after it now.
    op.execute(
        "ALTER TABLE actions ADD COLUMN owner_id INTEGER CONSTRAINT fk_actions_owner_id"
        " REFERENCES organisers (id) ON DELETE RESTRICT"
    )
    op.create_index("ix_actions_owner_id", "actions", ["owner_id"])
    op.create_table(
        "watchers",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_watchers_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_watchers_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "organiser_id", name=op.f("pk_watchers")),
    )
    op.create_index("ix_watchers_organiser_id", "watchers", ["organiser_id"])
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_tasks_action_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_tasks_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_action_id", "tasks", ["action_id"])
    op.create_index("ix_tasks_organiser_id", "tasks", ["organiser_id"])
    not_done = sa.text("done_at IS NULL")
    op.create_index("ix_tasks_open", "tasks", ["on"], sqlite_where=not_done, postgresql_where=not_done)


def downgrade() -> None:
    op.drop_table("tasks")
    op.drop_table("watchers")
    op.drop_index("ix_actions_owner_id", "actions")
    op.drop_column("actions", "owner_id")
