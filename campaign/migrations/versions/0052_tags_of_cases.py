"""organisers give cases tags of their own, to find them in the list

Revision ID: 0052
Revises: 0051
"""

from alembic import op
import sqlalchemy as sa


revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A node of before writes cases without it.
    op.add_column("cases", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("cases", "tags")
