"""what is asked often is found by an index, however many signatures lie behind it; none is of what is over

Revision ID: 0016
Revises: 0015
"""

from alembic import op


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# {index: (table, columns, of which rows)}
ADDED = {
    "ix_signatures_uncounted": ("signatures", "action_id", "uncounted IS NOT NULL"),
    "ix_signatures_standing": ("signatures", "action_id, status, country, locale, counts", None),
    "ix_signatures_created": ("signatures", "action_id, created_at, id", None),
    "ix_signatures_unread": (
        "signatures",
        "action_id, id",
        "message IS NOT NULL AND status = 'confirmed' AND (words_status IS NULL OR words_status = 'waiting')",
    ),
    "ix_signatures_held": ("signatures", "action_id, id", "name_held{true}"),
    "ix_signatures_shown": (
        "signatures",
        "action_id, confirmed_at, id",
        "status = 'confirmed' AND disclosure = 'public' AND name IS NOT NULL",
    ),
    "ix_signatures_words": ("signatures", "action_id, created_at, id", "message IS NOT NULL"),
    "ix_signatures_name": ("signatures", "action_id, name_hash", "name_hash IS NOT NULL"),
    "ix_signatures_following": ("signatures", "action_id, locale, email_hash", "status = 'confirmed' AND updates{true}"),
    "ix_signatures_origin": ("signatures", "created_at", "network_hash IS NOT NULL"),
    "ix_messages_owed": ("messages", "due_at, id", "status IN ('pending', 'leased')"),
    "ix_messages_settled": ("messages", "created_at", "status IN ('sent', 'failed') AND update_id IS NULL"),
    "ix_dossier_entries_named": ("dossier_entries", "dossier_id", "name IS NOT NULL"),
}
# What they take the place of.
DROPPED = {
    "ix_signatures_uncounted": ("signatures", "action_id", "counts <> tallied"),
    "ix_signatures_confirmed": ("signatures", "action_id, status, country, confirmed_at", None),
    "ix_messages_due": ("messages", "status, due_at", None),
}


def _make(indexes: dict[str, tuple[str, str, str | None]]) -> None:
    # As SQLAlchemy asks for it: SQLite has no other word for true.
    true = " = 1" if op.get_bind().dialect.name == "sqlite" else ""
    for name, (table, columns, which) in indexes.items():
        op.execute(f"CREATE INDEX {name} ON {table} ({columns})" + (f" WHERE {which.format(true=true)}" if which else ""))


def upgrade() -> None:
    # SQLite adds a column without touching a row only if it is worked out anew each time; its index keeps it.
    kept = "VIRTUAL" if op.get_bind().dialect.name == "sqlite" else "STORED"
    for name in DROPPED:
        op.execute(f"DROP INDEX {name}")
    op.execute(
        "ALTER TABLE signatures ADD COLUMN uncounted INTEGER "
        f"GENERATED ALWAYS AS (CASE WHEN counts <> tallied THEN 1 END) {kept}"
    )
    _make(ADDED)


def downgrade() -> None:
    for name in ADDED:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE signatures DROP COLUMN uncounted")
    _make(DROPPED)
