"""where being named is dangerous: the countries of a case besides its own

Revision ID: 0002
Revises: 0001
"""

from alembic import op
import sqlalchemy as sa


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A plain ADD COLUMN on both databases: the default fills the rows that are there.
    op.add_column("cases", sa.Column("at_risk_countries", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("cases", "at_risk_countries")
