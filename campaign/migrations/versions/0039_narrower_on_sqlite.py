"""Who moderates, and who writes an update, waits no longer with more signatures on SQLite: it takes the narrow indexes.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

UNREAD = "message IS NOT NULL AND status = 'confirmed' AND (words_status IS NULL OR words_status = 'waiting')"
# {index: (columns before, columns now, of which rows)}
INDEXES = {
    "ix_signatures_unread": ("action_id, id", "action_id, status, id", UNREAD),
    "ix_signatures_following": (
        "action_id, locale, email_hash",
        "action_id, status, locale, email_hash",
        "status = 'confirmed' AND updates{true}",
    ),
}


def upgrade() -> None:
    _make(1)


def downgrade() -> None:
    _make(0)


def _make(which: int) -> None:
    true = " = 1" if op.get_bind().dialect.name == "sqlite" else ""
    for name, (*columns, rows) in INDEXES.items():
        op.execute(text(f"DROP INDEX {name}"))
        op.execute(text(f"CREATE INDEX {name} ON signatures ({columns[which]}) WHERE {rows.format(true=true)}"))
