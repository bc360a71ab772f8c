"""deliveries of dossiers, and names given on paper

Revision ID: 0006
Revises: 0005
"""

from alembic import op
import sqlalchemy as sa


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "paper_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("names", sa.Integer(), nullable=False),
        sa.Column("scan", sa.String(length=200), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("names BETWEEN 1 AND 100000", name=op.f("ck_paper_sheets_names_on_it")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_paper_sheets_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_paper_sheets_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheets")),
        sa.UniqueConstraint("action_id", "number", name=op.f("uq_paper_sheets_action_id_number")),
    )
    with op.batch_alter_table("paper_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_sheets_action_id"), ["action_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=False),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("tracking", sa.String(length=120), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=True),
        sa.Column("reply_on", sa.Date(), nullable=True),
        sa.Column("reply_text", sa.Text(), nullable=True),
        sa.Column("reply_scan", sa.String(length=200), nullable=True),
        sa.Column("reply_shown", sa.String(length=32), nullable=False),
        sa.Column("reply_answered_on", sa.Date(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status IN ('planned', 'dispatched')) = (ended_on IS NULL)", name=op.f("ck_deliveries_ended_some_day")
        ),
        sa.CheckConstraint(
            "channel IN ('post', 'in_person', 'fax', 'email')", name=op.f("ck_deliveries_channel_known")
        ),
        sa.CheckConstraint(
            "reply_shown IN ('nothing', 'that_there_is_one', 'text', 'text_and_scan')",
            name=op.f("ck_deliveries_reply_shown_known"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'dispatched', 'delivered', 'returned', 'refused', 'failed')",
            name=op.f("ck_deliveries_status_known"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'failed') OR dispatched_on IS NOT NULL",
            name=op.f("ck_deliveries_dispatched_some_day"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('returned', 'refused', 'failed') OR reason IS NOT NULL",
            name=op.f("ck_deliveries_ended_for_a_reason"),
        ),
        sa.CheckConstraint("(link_hash IS NULL) = (link_until IS NULL)", name=op.f("ck_deliveries_link_ends")),
        sa.CheckConstraint("(reply_on IS NULL) = (reply_text IS NULL)", name=op.f("ck_deliveries_replied_something")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_deliveries_dossier_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_deliveries_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_deliveries_link_hash")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "paper_names",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("same_as_online", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["paper_sheets.id"], name=op.f("fk_paper_names_sheet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sheet_id", "row", name=op.f("pk_paper_names")),
    )


def downgrade() -> None:

    op.drop_table("paper_names")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_dossier_id"))

    op.drop_table("deliveries")
    with op.batch_alter_table("paper_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_sheets_action_id"))

    op.drop_table("paper_sheets")
