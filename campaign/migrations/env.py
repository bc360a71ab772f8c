"""Alembic's way in: it runs on the connection that `campaign.migrations` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from campaign.storage import search
from campaign.storage.tables import Base


def plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what the database holds: a migration must outlive the classes of its day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def compared(name: str | None, kind: str, _within: Any) -> bool:
    """The tables of the index are written by their migration alone: models know nothing of them."""
    return kind != "table" or not search.derived(name)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=plain,
    include_name=compared,
    # SQLite alters a table by making it anew; harmless on PostgreSQL, where it is never needed.
    render_as_batch=True,
)
context.run_migrations()
