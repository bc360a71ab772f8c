"""INSERT where the constraint decides: both databases say ON CONFLICT, SQLAlchemy has one word for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from campaign.storage.tables.base import Base


def insert_or_leave(session: Session, into: type[Base], **values: Any) -> int | None:
    """Insert a row of a table whose key is `id`; its id, or None if a UNIQUE rule refused it. Nothing raises."""
    table = _table(into)
    statement = _insert(session, table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    return session.execute(statement).scalar_one_or_none()


def insert_or_add(
    session: Session, into: type[Base], key: Sequence[str], column: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Insert rows; where `key` exists already, add the given `column` to the stored one. One statement."""
    table = _table(into)
    statement = _insert(session, table).values(list(rows))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(key), set_={column: table.c[column] + statement.excluded[column]}
        )
    )


def count_up(session: Session, into: type[Base], column: str, **key: Any) -> int:
    """Add one to the counter under `key`, which begins at one; the count after it. Atomic."""
    table = _table(into)
    statement = (
        _insert(session, table)
        .values(**key, **{column: 1})
        .on_conflict_do_update(index_elements=list(key), set_={column: table.c[column] + 1})
        .returning(table.c[column])
    )
    return int(session.execute(statement).scalar_one())


def _insert(session: Session, table: Table) -> InsertSqlite | InsertPostgresql:
    return insert_sqlite(table) if session.get_bind().dialect.name == "sqlite" else insert_postgresql(table)


def _table(of: type[Base]) -> Table:
    table = of.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{of.__name__} is not stored in a table")
    return table
