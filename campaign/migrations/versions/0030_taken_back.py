"""what is taken back leaves the public counts a few at a time: it waits in a table of its own

Revision ID: 0030
Revises: 0028
"""

from alembic import op
import sqlalchemy as sa


revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taken_back",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_taken_back_never_negative")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_taken_back_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "country", name=op.f("pk_taken_back")),
    )


def downgrade() -> None:
    op.drop_table("taken_back")
