"""a sentence to sign, themes and a picture for a case, goals that move by themselves

Revision ID: 0014
Revises: 0013
"""

from alembic import op
import sqlalchemy as sa


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


# As in 0004: each column by itself, so that SQLite rebuilds no table that others point at.
ADDED = {
    "action_texts": ("ask VARCHAR(120)",),
    "cases": ("themes TEXT DEFAULT '[]' NOT NULL",),
    "organisation": ("goal_moves BOOLEAN DEFAULT {true} NOT NULL",),
}
KINDS = ("no_person", "drawing", "people", "people_at_risk")
PLACES = (
    "centre", "left", "right", "top", "bottom", "top_left", "top_right", "bottom_left", "bottom_right",
)  # fmt: skip


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def upgrade() -> None:
    true = "1" if op.get_bind().dialect.name == "sqlite" else "true"
    for table, columns in ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(true=true)}")
    op.create_table(
        "case_pictures",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=24), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at_risk_stated", sa.Boolean(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("focus", sa.String(length=32), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("kind", KINDS), name=op.f("ck_case_pictures_kind_known")),
        sa.CheckConstraint(_one_of("focus", PLACES), name=op.f("ck_case_pictures_focus_known")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_case_pictures_has_a_size")),
        sa.CheckConstraint(
            "kind <> 'people_at_risk' OR at_risk_stated", name=op.f("ck_case_pictures_people_at_risk_stated")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_pictures_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_pictures")),
    )


def downgrade() -> None:
    op.drop_table("case_pictures")
    for table, columns in ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.partition(' ')[0]}")
