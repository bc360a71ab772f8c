"""dossiers in volumes: how far their printing is, what was printed, on which days people signed

Revision ID: 0005
Revises: 0004
"""

from alembic import op
import sqlalchemy as sa


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_days",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_days_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "day", name=op.f("pk_dossier_days")),
    )
    op.create_table(
        "dossier_volumes",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sealed_by", sa.String(length=200), nullable=True),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0 AND pages > 0 AND bytes >= 0", name=op.f("ck_dossier_volumes_is_something")),
        sa.CheckConstraint(
            "(first_number IS NULL) = (last_number IS NULL)", name=op.f("ck_dossier_volumes_numbers_from_to")
        ),
        sa.CheckConstraint(
            "stamped_at IS NULL OR sealed_by IS NOT NULL", name=op.f("ck_dossier_volumes_stamped_if_sealed")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_volumes_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "number", name=op.f("pk_dossier_volumes")),
    )
    op.create_index("ix_dossier_volumes_sha256", "dossier_volumes", ["sha256"])
    op.create_table(
        "dossier_builds",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.LargeBinary(length=16), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phase", sa.String(length=32), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pace", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'building', 'done', 'cancelled', 'failed')",
            name=op.f("ck_dossier_builds_status_known"),
        ),
        sa.CheckConstraint("phase IN ('setting', 'binding', 'packing')", name=op.f("ck_dossier_builds_phase_known")),
        sa.CheckConstraint(
            "(status = 'building') = (lease IS NOT NULL)", name=op.f("ck_dossier_builds_leased_by_someone")
        ),
        sa.CheckConstraint(
            "(lease IS NULL) = (leased_until IS NULL)", name=op.f("ck_dossier_builds_leased_until_some_time")
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_dossier_builds_never_negative")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_builds_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_builds")),
    )
    op.create_index("ix_dossier_builds_due", "dossier_builds", ["status", "leased_until"])
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.execute(f"ALTER TABLE dossier_entries ADD COLUMN with_words BOOLEAN DEFAULT {no} NOT NULL")
    # Printed before as one file, which is now the first volume of one; its size was not kept.
    op.execute(
        "INSERT INTO dossier_volumes (dossier_id, number, pages, first_number, last_number, sha256, bytes) "
        "SELECT id, 1, pages, CASE WHEN named > 0 THEN 1 END, CASE WHEN named > 0 THEN named END, sha256, 0 "
        "FROM dossiers WHERE status = 'ready'"
    )
    op.execute(
        "INSERT INTO dossier_builds (dossier_id, status, asked_at, attempts, done, total) "
        "SELECT id, CASE WHEN status = 'ready' THEN 'done' ELSE 'waiting' END, frozen_at, 0, 0, 0 FROM dossiers"
    )


def downgrade() -> None:
    op.drop_column("dossier_entries", "with_words")
    op.drop_index("ix_dossier_builds_due", "dossier_builds")
    op.drop_table("dossier_builds")
    op.drop_index("ix_dossier_volumes_sha256", "dossier_volumes")
    op.drop_table("dossier_volumes")
    op.drop_table("dossier_days")
