"""organisers choose which e-mails they get, admins add webhooks, and why an update was held back is kept as a reason

Code of before reads what it read: `held_why` is written as before, and an organiser without a choice gets every e-mail.

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisers", sa.Column("unwanted", sa.Text(), server_default="[]", nullable=False))
    op.add_column("updates", sa.Column("held_for", sa.Text(), nullable=True))
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("hears", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.LargeBinary(length=16), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('delivered', 'not_sent', 'refused', 'redirected', 'private', 'plain',"
            " 'unreachable', 'slow', 'unreadable', 'missing')",
            name=op.f("ck_webhooks_outcome_known"),
        ),
        sa.CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name=op.f("ck_webhooks_leased_by_someone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("reference", name=op.f("uq_webhooks_reference")),
        sa.UniqueConstraint("name", name=op.f("uq_webhooks_name")),
    )
    op.create_table(
        "webhook_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "event IN ('review', 'held', 'letters', 'incoming', 'mention', 'trial')",
            name=op.f("ck_webhook_notices_event_known"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_notices_webhook_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_webhook_notices_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_notices")),
    )
    op.create_index("ix_webhook_notices_webhook_id", "webhook_notices", ["webhook_id"])


def downgrade() -> None:
    op.drop_table("webhook_notices")
    op.drop_table("webhooks")
    op.drop_column("updates", "held_for")
    op.drop_column("organisers", "unwanted")
