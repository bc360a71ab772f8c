"""an official's channels in one place, several entries of each; which channels there are is no matter of the schema

Revision ID: 0015
Revises: 0014
"""

import json

from alembic import op
import sqlalchemy as sa


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOVED = ("fax", "phone", "x_handle", "web_form")
CHANNELS = "channel IN ('post', 'email', 'web_form', 'fax', 'telephone', 'x')"
COUNTED = ("letter_reports", "letter_tallies")
KNOWN = ("post", "email", "web_form", "fax", "telephone", "x")


def _counted(table: str, metadata: sa.MetaData) -> sa.Table:
    """The table as 0003 made it, for SQLite to make it anew; nothing points at it."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    action = sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=f"fk_{table}_action_id", ondelete="CASCADE")
    shared = (
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
    )
    own: tuple[sa.schema.SchemaItem, ...]
    if table == "letter_reports":
        own = (sa.Column("id", big, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_letter_reports"))
    else:
        own = (
            sa.Column("count", sa.Integer(), nullable=False),
            sa.CheckConstraint("count >= 0", name="ck_letter_tallies_never_negative"),
            sa.PrimaryKeyConstraint("action_id", "day", "channel", name="pk_letter_tallies"),
        )
    return sa.Table(table, metadata, *shared, *own, action)


def upgrade() -> None:
    connection = op.get_bind()
    op.execute("ALTER TABLE officials ADD COLUMN channels TEXT DEFAULT '{}' NOT NULL")
    rows = connection.execute(sa.text(f"SELECT id, {', '.join(MOVED)} FROM officials")).mappings().all()
    for row in rows:
        channels = {key: [row[key]] for key in MOVED if row[key]}
        if channels:
            connection.execute(
                sa.text("UPDATE officials SET channels = :channels WHERE id = :id"),
                {"channels": json.dumps(channels, ensure_ascii=False, sort_keys=True), "id": row["id"]},
            )
    for key in MOVED:
        op.drop_column("officials", key)
    for table in COUNTED:
        if connection.dialect.name == "sqlite":
            with op.batch_alter_table(table, copy_from=_counted(table, sa.MetaData()), recreate="always"):
                pass
        else:
            op.drop_constraint(op.f(f"ck_{table}_channel_known"), table, type_="check")


def downgrade() -> None:
    connection = op.get_bind()
    words = ", ".join(f"'{word}'" for word in KNOWN)
    for table in COUNTED:  # what the older schema cannot say
        op.execute(f"DELETE FROM {table} WHERE channel NOT IN ({words})")
        with op.batch_alter_table(table, copy_from=_counted(table, sa.MetaData())) as batch:
            batch.create_check_constraint(op.f(f"ck_{table}_channel_known"), CHANNELS)
    for key in MOVED:
        op.add_column("officials", sa.Column(key, sa.String(), nullable=True))
    for official_id, written in connection.execute(sa.text("SELECT id, channels FROM officials")).all():
        channels = json.loads(written)
        firsts = {key: (channels.get(key) or [None])[0] for key in MOVED}
        connection.execute(
            sa.text(f"UPDATE officials SET {', '.join(f'{key} = :{key}' for key in MOVED)} WHERE id = :id"),
            {**firsts, "id": official_id},
        )
    op.drop_column("officials", "channels")
