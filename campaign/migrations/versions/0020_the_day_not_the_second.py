"""signatures that still have the second of their signing are found quickly: after two days only the day is kept

Revision ID: 0020
Revises: 0019
"""

from alembic import op
import sqlalchemy as sa


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEPT = sa.text("name_given_at IS NOT NULL")


def upgrade() -> None:
    # Those of before names had a moment of their own: the next hourly sweep takes theirs too.
    op.execute(
        "UPDATE signatures SET name_given_at = confirmed_at WHERE name_given_at IS NULL AND confirmed_at IS NOT NULL"
    )
    op.create_index(
        "ix_signatures_moments", "signatures", ["name_given_at"], sqlite_where=KEPT, postgresql_where=KEPT
    )


def downgrade() -> None:
    op.drop_index("ix_signatures_moments", "signatures")
