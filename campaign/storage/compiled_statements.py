"""Statements that many people run in the same minute: worked out once, then handed to the driver as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

# How a value is written for the driver, or read from it; None for as it is.
Conversion = Callable[[Any], Any] | None


def one(session: Session, statement: Select[Any] | UpdateBase, /, **values: Any) -> tuple[Any, ...] | None:
    """The first row that a statement gives with these values, or None; in the transaction of the session.

    For a statement that is built once and kept: how it reads in this database, and how values go in and come out, is
    worked out when it is first run. SQLAlchemy does that each time anew; it takes several times what the statement
    does, while all other writers of SQLite wait. What goes wrong is raised as SQLAlchemy raises it.
    """
    connection = connection_of(session)
    return _prepared(statement, connection.dialect, tuple(values)).one(connection, values)


def connection_of(session: Session) -> Connection:
    """The connection that a session works on, without the session's own book-keeping where it was handed one."""
    return session.bind if isinstance(session.bind, Connection) else session.connection()


class Prepared:
    """What a statement is to one database: its text, the order of its parameters, their conversions."""

    def __init__(self, statement: Select[Any] | UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=names)
        fixed = dict(compiled.params)
        for column in compiled.insert_prefetch:
            if not column.default.is_scalar:
                raise TypeError(f"{column} has a default that is made anew each time: give its value")
            fixed[column.key] = column.default.arg
        writes = {name: _writing(compiled.binds[name].type, dialect) for name in fixed}
        self._dialect, self._text = dialect, str(compiled)
        self._order: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positional else None
        self._fixed = {name: _converted(fixed[name], write) for name, write in writes.items() if name not in names}
        self._writes = [(name, write) for name, write in writes.items() if name in names]
        self._reads = [_reading(column.type, dialect) for column in statement.exported_columns]

    def one(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, or None."""
        written = {**self._fixed, **{name: _converted(values[name], write) for name, write in self._writes}}
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._text, written if self._order is None else [written[name] for name in self._order])
            row = cursor.fetchone()
        except self._dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error
        finally:
            cursor.close()  # an INSERT … RETURNING that is not read to its end would hold up the commit
        return row and tuple(map(_converted, row, self._reads))

    def _told(self, error: Exception) -> BaseException:
        base = self._dialect.loaded_dbapi.Error
        return DBAPIError.instance(self._text, None, error, base, hide_parameters=True, dialect=self._dialect)


@lru_cache(maxsize=256)
def _prepared(statement: Select[Any] | UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> Prepared:
    return Prepared(statement, dialect, names)


def _converted(value: Any, conversion: Conversion) -> Any:
    return value if conversion is None else conversion(value)


def _writing(of: TypeEngine[Any], dialect: Dialect) -> Conversion:
    return of.dialect_impl(dialect).bind_processor(dialect)


def _reading(of: TypeEngine[Any], dialect: Dialect) -> Conversion:
    return of.dialect_impl(dialect).result_processor(dialect, None)
