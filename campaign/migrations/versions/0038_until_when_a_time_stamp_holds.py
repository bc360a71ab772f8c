"""organisers are told when a signature book must be stamped anew, and anyone can compare two books: each time stamp
knows until when it holds, each tree the hash of the marks of those who are counted

Revision ID: 0038
Revises: 0035
"""

from alembic import op
import sqlalchemy as sa


revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Stamps of before are read by the job that asks for stamps: a migration reads no certificates.
    op.add_column("dossier_stamps", sa.Column("holds_until", sa.Date(), nullable=True))
    op.add_column("dossier_trees", sa.Column("counted", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("dossier_trees", "counted")
    op.drop_column("dossier_stamps", "holds_until")
