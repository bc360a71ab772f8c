"""letters by channel: what supporters say they have sent

Revision ID: 0003
Revises: 0002
"""

from alembic import op
import sqlalchemy as sa


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANNELS = "channel IN ('post', 'email', 'web_form', 'fax', 'telephone', 'x')"


def upgrade() -> None:
    op.create_table(
        "letter_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint(CHANNELS, name=op.f("ck_letter_reports_channel_known")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_letter_reports_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_reports")),
    )
    op.create_table(
        "letter_tallies",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(CHANNELS, name=op.f("ck_letter_tallies_channel_known")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_letter_tallies_never_negative")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_letter_tallies_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "day", "channel", name=op.f("pk_letter_tallies")),
    )


def downgrade() -> None:
    op.drop_table("letter_tallies")
    op.drop_table("letter_reports")
