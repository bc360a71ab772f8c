"""mail that people must look at, letters told by mail, discarded drafts, time zones that were asked for

Revision ID: 0013
Revises: 0012
"""

import re

from alembic import op
import sqlalchemy as sa


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


OF_LETTERS = ("letter_sent", "letter_returned", "letter_posted", "letter_dropped")
KINDS = (*OF_LETTERS, "letters_held")
# As in 0004: each column with its own constraints, so that SQLite rebuilds no table that others point at.
ADDED = {
    "actions": (
        "discarded_at {instant} CONSTRAINT ck_actions_discarded_as_a_draft"
        " CHECK (discarded_at IS NULL OR status = 'draft')",
        "followed_id INTEGER",
    ),
    "cases": ("zone_chosen BOOLEAN DEFAULT {no} NOT NULL",),
    "organisation": ("letters_held_at {instant}",),
}
# Silence was taken for arrival after so many days.
SILENCE = 5


def upgrade() -> None:
    _words("letters", "status", add=("dropped",))
    _words("messages", "kind", add=KINDS)
    for table, columns in ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(**_types())}")
    whose = ", ".join(f"'{kind}'" for kind in OF_LETTERS)
    op.execute(
        f"ALTER TABLE messages ADD COLUMN letter_id {_types()['big']}"
        f" CONSTRAINT ck_messages_of_which_letter CHECK ((kind IN ({whose})) = (letter_id IS NOT NULL))"
        " CONSTRAINT fk_messages_letter_id REFERENCES letters (id) ON DELETE CASCADE"
    )
    held = sa.text("letter_id IS NOT NULL")
    op.create_index("ix_messages_letter_id", "messages", ["letter_id"], sqlite_where=held, postgresql_where=held)
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "incoming_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("mail_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("letter_id", big, nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reply', 'auto_reply', 'complaint', 'report', 'refusal')", name=op.f("ck_incoming_mails_kind_known")
        ),
        sa.CheckConstraint(
            "handled_at IS NOT NULL OR content IS NOT NULL", name=op.f("ck_incoming_mails_kept_until_handled")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_incoming_mails_letter_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_incoming_mails_action_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_incoming_mails_official_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["organisers.id"], name=op.f("fk_incoming_mails_handled_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mails")),
        sa.UniqueConstraint("mail_hash", name=op.f("uq_incoming_mails_mail_hash")),
    )
    op.create_index("ix_incoming_mails_waiting", "incoming_mails", ["handled_at", "received_at"])
    op.create_index("ix_incoming_mails_letter_id", "incoming_mails", ["letter_id"])
    # What nobody ever said is taken back: these were sent, and nothing came back.
    over = (
        f"datetime(ended_at) >= datetime(sent_at, '+{SILENCE} days')"
        if op.get_bind().dialect.name == "sqlite"
        else f"ended_at >= sent_at + INTERVAL '{SILENCE} days'"
    )
    op.execute(f"UPDATE letters SET status = 'sent' WHERE status = 'delivered' AND {over}")


def downgrade() -> None:
    op.drop_index("ix_incoming_mails_letter_id", "incoming_mails")
    op.drop_index("ix_incoming_mails_waiting", "incoming_mails")
    op.drop_table("incoming_mails")
    # What the older schema cannot say.
    op.execute("DELETE FROM messages WHERE kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")")
    op.execute("DELETE FROM letters WHERE status = 'dropped'")
    op.drop_index("ix_messages_letter_id", "messages")
    op.drop_column("messages", "letter_id")
    for table, columns in ADDED.items():
        for column in reversed(columns):
            op.drop_column(table, column.split()[0])
    _words("messages", "kind", drop=KINDS)
    _words("letters", "status", drop=("dropped",))


def _types() -> dict[str, str]:
    if op.get_bind().dialect.name == "sqlite":
        return {"instant": "DATETIME", "no": "0", "big": "INTEGER"}
    return {"instant": "TIMESTAMP WITH TIME ZONE", "no": "false", "big": "BIGINT"}


def _words(table: str, column: str, add: tuple[str, ...] = (), drop: tuple[str, ...] = ()) -> None:
    """Change which words a column takes, whatever else was added to the table since it was made."""
    bind, name = op.get_bind(), f"ck_{table}_{column}_known"
    if bind.dialect.name != "sqlite":
        asked = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"
        told = bind.execute(sa.text(asked), {"name": name}).scalar_one()
        words = [it for it in dict.fromkeys([*re.findall(r"'(\w+)'", told), *add]) if it not in drop]
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, f"{column} IN (" + ", ".join(f"'{it}'" for it in words) + ")")
        return
    # SQLite changes no constraint: the table is made anew as it stands, with the longer list. Nothing points at it.
    made = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one()
    indexes = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"),
        {"name": table},
    ).scalars()
    there = re.search(rf"(CONSTRAINT \"?{name}\"? CHECK \({column} IN \()([^)]*)(\)\))", made)
    if there is None:
        raise AssertionError(name)
    words = [it for it in dict.fromkeys([*re.findall(r"'(\w+)'", there[2]), *add]) if it not in drop]
    anew = made[: there.start(2)] + ", ".join(f"'{it}'" for it in words) + made[there.end(2) :]
    anew = re.sub(rf"^CREATE TABLE \"?{table}\"?", f"CREATE TABLE _{table}", anew)
    again = list(indexes)
    op.execute(anew)
    op.execute(f"INSERT INTO _{table} SELECT * FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE _{table} RENAME TO {table}")
    for index in again:
        op.execute(index)
