"""Alembic's way in: it runs on the connection that `campaign.migrations` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from campaign.storage.tables import Base


def plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what the database holds: a migration must outlive the classes of its day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=plain,
    # SQLite alters a table by making it anew; harmless on PostgreSQL, where it is never needed.
    render_as_batch=True,
)
context.run_migrations()
