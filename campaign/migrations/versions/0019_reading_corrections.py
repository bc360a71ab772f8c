"""what an organiser moved while a bulletin was imported, kept with the draft

Revision ID: 0019
Revises: 0016
"""

from alembic import op
import sqlalchemy as sa


revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("was", sa.String(length=40), nullable=False),
        sa.Column("becomes", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_reading_corrections_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_corrections")),
        sa.UniqueConstraint("action_id", "line", name=op.f("uq_reading_corrections_action_id_line")),
    )


def downgrade() -> None:
    op.drop_table("reading_corrections")
