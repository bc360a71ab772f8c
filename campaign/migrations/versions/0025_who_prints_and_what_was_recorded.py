"""a book whose printer was killed goes on at once; the office's record of changes can be followed without its key

Revision ID: 0025
Revises: 0024
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from alembic import op
import sqlalchemy as sa


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

EVENTS = sa.table(
    "audit_events",
    sa.column("id", sa.BigInteger()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("organiser_id", sa.Integer()),
    sa.column("who", sa.String()),
    sa.column("what", sa.String()),
    sa.column("object_kind", sa.String()),
    sa.column("object_id", sa.BigInteger()),
    sa.column("action_id", sa.Integer()),
    sa.column("case_id", sa.Integer()),
    sa.column("before", sa.Text()),
    sa.column("after", sa.Text()),
    sa.column("reason", sa.Text()),
    sa.column("digest", sa.LargeBinary()),
)
HEAD = sa.table("audit_head", sa.column("link", sa.LargeBinary(32)))


def upgrade() -> None:
    op.add_column("dossier_builds", sa.Column("holder", sa.String(length=120), nullable=True))
    op.add_column("audit_head", sa.Column("link", sa.LargeBinary(length=32), nullable=True))
    connection = op.get_bind()
    link = bytes(32)
    for row in connection.execute(sa.select(EVENTS).order_by(EVENTS.c.id)):
        link = hashlib.sha256(link + written(row)).digest()
    connection.execute(sa.update(HEAD).values(link=link))


def downgrade() -> None:
    op.drop_column("audit_head", "link")
    op.drop_column("dossier_builds", "holder")


def written(row: sa.Row[Any]) -> bytes:
    """An event's line, as `campaign audit export` writes it."""
    at: datetime = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    told = {
        "event": row.id,
        "at": at.astimezone(UTC).isoformat(),
        "organiser": row.organiser_id,
        "who": row.who,
        "what": row.what,
        "object": row.object_kind,
        "object_id": row.object_id,
        "action": row.action_id,
        "case": row.case_id,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "seal": bytes(row.digest).hex(),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
