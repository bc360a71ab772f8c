"""INSERT where the constraint decides: both databases say ON CONFLICT, SQLAlchemy has one word for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from campaign.storage import compiled_statements
from campaign.storage.tables.base import Base


def insert_or_leave(session: Session, into: type[Base], **values: Any) -> int | None:
    """Insert a row of a table whose key is `id`; its id, or None if a UNIQUE rule refused it. Nothing raises."""
    row = compiled_statements.one(session, _or_leave(_table(into), _dialect(session)), **values)
    return None if row is None else int(row[0])


def add_to(session: Session, into: type[Base], column: str, amounts: Mapping[tuple[Any, ...], int]) -> None:
    """Add amounts, which may be negative, to a counter under each primary key; a missing row begins at nought.

    Rows are taken in the order of their keys: two transactions that add to the same rows wait, and do not deadlock.
    """
    table = _table(into)
    names = [it.name for it in table.primary_key.columns]
    keys = [dict(zip(names, key, strict=True)) for key in sorted(amounts)]
    if not keys:
        return
    # Made first, at nought: a CHECK looks at what an upsert proposes before it looks at what it would become.
    session.execute(_insert(table, _dialect(session)).on_conflict_do_nothing(), [{**key, column: 0} for key in keys])
    session.execute(
        update(table)
        .where(*(table.c[name] == bindparam(f"key_{name}") for name in names))
        .values({column: table.c[column] + bindparam("amount")}),
        [
            {**{f"key_{name}": value for name, value in zip(names, key, strict=True)}, "amount": amounts[key]}
            for key in sorted(amounts)
        ],
    )


def count_up(session: Session, into: type[Base], column: str, **key: Any) -> int:
    """Add one to the counter under `key`, which begins at one; the count after it. Atomic."""
    row = compiled_statements.one(
        session, _up(_table(into), column, tuple(key), _dialect(session)), **{**key, column: 1}
    )
    if row is None:
        raise TypeError(f"{into.__name__} was not counted up")
    return int(row[0])


# These two are run by everyone who signs, while all other writers wait: they are built once, and kept.
@cache
def _up(table: Table, column: str, key: tuple[str, ...], dialect: str) -> UpdateBase:
    again = {column: table.c[column] + 1}
    return (
        _insert(table, dialect).on_conflict_do_update(index_elements=list(key), set_=again).returning(table.c[column])
    )


@cache
def _or_leave(table: Table, dialect: str) -> UpdateBase:
    return _insert(table, dialect).on_conflict_do_nothing().returning(table.c.id)


def _insert(table: Table, dialect: str) -> InsertSqlite | InsertPostgresql:
    return insert_sqlite(table) if dialect == "sqlite" else insert_postgresql(table)


def _dialect(session: Session) -> str:
    return compiled_statements.connection_of(session).dialect.name


def _table(of: type[Base]) -> Table:
    table = of.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{of.__name__} is not stored in a table")
    return table
