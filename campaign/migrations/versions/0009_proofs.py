"""what proves an entry of a dossier: the tree over all entries, who is counted only, and time stamps

Revision ID: 0009
Revises: 0007
"""

from alembic import op
import sqlalchemy as sa


revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_a_dossier(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["dossier_id"], ["dossiers.id"], name=op.f(f"fk_{table}_dossier_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "dossier_withheld",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signature_id", BIG, nullable=True),
        _of_a_dossier("dossier_withheld"),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_dossier_withheld_signature_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_dossier_withheld")),
    )
    with op.batch_alter_table("dossier_withheld", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_withheld_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "dossier_trees",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_dossier_trees_has_a_leaf")),
        _of_a_dossier("dossier_trees"),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_trees")),
    )
    op.create_table(
        "dossier_stamps",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(token IS NULL) = (stamped_at IS NULL)", name=op.f("ck_dossier_stamps_stamped_with_a_token")
        ),
        _of_a_dossier("dossier_stamps"),
        sa.PrimaryKeyConstraint("dossier_id", "authority", name=op.f("pk_dossier_stamps")),
    )


def downgrade() -> None:
    op.drop_table("dossier_stamps")
    op.drop_table("dossier_trees")
    op.drop_table("dossier_withheld")
