"""The guarded UPDATE and DELETE: the condition stands in the statement itself, and the database says what it hit.

Who reads a row, decides and then writes has decided on what is no longer so. Of two that change a status by the same
guard one hits a row and the other none, whatever they read before; whoever hit none lost, and says so. This is the
fifth rule of the design, and its only home: the objects that a session holds are left as they were read, so nobody goes
on with a state that a statement has passed by.
"""

from __future__ import annotations

from typing import Any, TypeVarTuple

from sqlalchemy import ColumnExpressionArgument, Delete, Integer, Result, Update, delete, literal_column, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate

from campaign.storage.tables.base import Base

Columns = TypeVarTuple("Columns")
_ONE = literal_column("1", Integer)


def change(session: Session, table: type[Base], /, *guard: ColumnExpressionArgument[bool], **values: Any) -> int:
    """Set `values` in every row for which all of the guard holds at this moment; returns how many rows that were."""
    return _hit(session, update(table).where(*guard).values(**values))


def remove(session: Session, table: type[Base], /, *guard: ColumnExpressionArgument[bool]) -> int:
    """Delete every row for which all of the guard holds at this moment; returns how many rows that were."""
    return _hit(session, delete(table).where(*guard))


def rows(session: Session, statement: ReturningUpdate[*Columns] | ReturningDelete[*Columns]) -> Result[*Columns]:
    """Run a guarded statement that tells (RETURNING) of each row that it hit."""
    return session.execute(statement.execution_options(synchronize_session=False))


def _hit(session: Session, statement: Update | Delete) -> int:
    # Counted by what comes back: the driver of SQLite knows no number of rows where a WITH stands in front.
    return len(rows(session, statement.returning(_ONE)).all())
