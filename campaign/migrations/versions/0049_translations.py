"""translators: a role that sees texts alone, and what a translation was made from

A node of before reads every role but this one: nobody should be made a translator before the last of them is gone.

Revision ID: 0049
Revises: 0048
"""

from alembic import op
import sqlalchemy as sa


revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

THEN = "role IN ('admin', 'editor', 'reviewer', 'viewer')"
NOW = "role IN ('admin', 'editor', 'reviewer', 'viewer', 'translator')"


def upgrade() -> None:
    _known(THEN, NOW)
    op.create_table(
        "translations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("passages", sa.Text(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_translations_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisers.id"], name=op.f("fk_translations_organiser_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        sa.UniqueConstraint("action_id", "locale", name=op.f("uq_translations_action_id_locale")),
    )


def downgrade() -> None:
    op.drop_table("translations")
    # Whoever was a translator has the least that there was before, and no way in until an admin lets them.
    op.execute("UPDATE organisers SET role = 'viewer', active = false WHERE role = 'translator'")
    _known(NOW, THEN)


def _known(was: str, becomes: str) -> None:
    """Let the column hold other words. Twenty-nine tables point at this one, so SQLite does not make it anew: its
    documentation has this way for a constraint that no stored row breaks (lang_altertable, "Making Other Kinds Of
    Table Schema Changes", the second procedure)."""
    if op.get_bind().dialect.name == "sqlite":
        version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
        op.execute("PRAGMA writable_schema = ON")
        op.get_bind().execute(
            sa.text(
                "UPDATE sqlite_schema SET sql = replace(sql, :was, :becomes) WHERE type = 'table' AND name = 'organisers'"
            ),
            {"was": was, "becomes": becomes},
        )
        op.execute(f"PRAGMA schema_version = {int(version or 0) + 1}")
        op.execute("PRAGMA writable_schema = OFF")
    else:
        op.drop_constraint(op.f("ck_organisers_role_known"), "organisers", type_="check")
        op.create_check_constraint(op.f("ck_organisers_role_known"), "organisers", becomes)
