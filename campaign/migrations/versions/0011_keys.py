"""keys with a life, codes that open once, how long volumes live, and small numbers

Revision ID: 0011
Revises: 0009
"""

import re
from collections.abc import Callable

from alembic import op
import sqlalchemy as sa


revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = {
    "dossiers": ("volumes_ended_at {instant}",),
    "organisers": ("totp_counter INTEGER",),
    "organisation": (
        "volume_days INTEGER NOT NULL DEFAULT 90"
        " CONSTRAINT ck_organisation_volumes_end CHECK (volume_days BETWEEN 1 AND 3650)",
        "least_country INTEGER NOT NULL DEFAULT 5"
        " CONSTRAINT ck_organisation_some_least_number CHECK (least_country BETWEEN 1 AND 1000)",
    ),
}


NEW_KINDS = ("sign_in", "account_changed")


def _kinds(change: Callable[[list[str]], list[str]]) -> None:
    """Change which words the CHECK of messages.kind knows, whatever else the table has become meanwhile."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        told = connection.exec_driver_sql(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_messages_kind_known'"
        ).scalar_one()
        words = ", ".join(f"'{word}'" for word in change(re.findall(r"'(\w+)'", told)))
        op.execute("ALTER TABLE messages DROP CONSTRAINT ck_messages_kind_known")
        op.execute(f"ALTER TABLE messages ADD CONSTRAINT ck_messages_kind_known CHECK (kind IN ({words}))")
        return
    rows = connection.exec_driver_sql(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'messages' AND sql IS NOT NULL"
    ).all()
    (table,) = (sql for kind, sql in rows if kind == "table")
    (found,) = re.finditer(r"kind IN \(([^)]*)\)", table)
    words = ", ".join(f"'{word}'" for word in change(re.findall(r"'(\w+)'", found[1])))
    anew = table[: found.start()] + f"kind IN ({words})" + table[found.end() :]
    op.execute(re.sub(r'^CREATE TABLE "?messages"?', "CREATE TABLE messages_anew", anew, count=1))
    op.execute("INSERT INTO messages_anew SELECT * FROM messages")
    op.execute("DROP TABLE messages")
    op.execute("ALTER TABLE messages_anew RENAME TO messages")
    for kind, sql in rows:
        if kind == "index":
            op.execute(sql)


def upgrade() -> None:
    _kinds(lambda words: [*words, *(word for word in NEW_KINDS if word not in words)])
    op.create_table(
        "known_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_known_keys_never_negative")),
        sa.CheckConstraint(
            "rotated_at IS NULL OR started_at IS NOT NULL", name=op.f("ck_known_keys_ended_after_it_began")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_keys")),
        sa.UniqueConstraint("number", name=op.f("uq_known_keys_number")),
    )
    op.create_table(
        "look_up_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("encrypted", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_up_key")),
    )
    instant = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(instant=instant)}")


def downgrade() -> None:
    """Kinds and columns first. What was encrypted under a place is not readable by an older version: restore a backup."""
    op.execute("DELETE FROM messages WHERE kind IN ('sign_in', 'account_changed')")
    _kinds(lambda words: [word for word in words if word not in NEW_KINDS])
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    op.drop_table("look_up_key")
    op.drop_table("known_keys")
