"""organisers give actions tags of their own, to find them on the board

Revision ID: 0041
Revises: 0040
"""

from alembic import op
import sqlalchemy as sa


revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A node of before writes actions without it.
    op.add_column("actions", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("actions", "tags")
