"""Who sees a sensitive case: the one rule, and the one place where it is kept.

A case that is sensitive is seen by the organisers who are named for it (`case_readers`), and by nobody else: neither it
nor anything that hangs on it. Rooms and pages need not know. A session that reads for somebody (`Storage.seen_by`) says
of whom it is, and every statement that it runs leaves out what they may not see, in lists, counts and sub-selects, by
number and by name, in UPDATE and DELETE. What a table hangs on is read from its foreign keys, so a table that is added
is under the rule before anybody thinks of it.

What is said to the database past the session (`session.connection()`, `text(…)`) is not under it: `rows` and `hidden`
are for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, event, exists, or_, select, true
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker, with_loader_criteria
from sqlalchemy.sql import visitors

from campaign.storage.tables import Action, Base, Case, CaseReader, Organiser

# In a session's `info`: the number of who reads; None is nobody in particular. Without it everything is seen.
READER = "reader"
_HIDDEN = "hidden"
_TOP = frozenset({"cases", "actions"})


@dataclass(frozen=True)
class Hidden:
    """What somebody may not see: sensitive cases that they are not named for, and the actions of these, by number."""

    cases: frozenset[int] = frozenset()
    actions: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cases)


NOTHING = Hidden()


def sees(organiser_id: int | None, sensitive: bool, readers: Set[int]) -> bool:
    """The rule: whether an organiser sees a case that is `sensitive` or not, and has these readers."""
    return not sensitive or organiser_id in readers


def seen(organiser_id: int | None) -> ColumnElement[bool]:
    """The same of cases, as a condition."""
    named = exists().where(CaseReader.case_id == Case.id, CaseReader.organiser_id == organiser_id).correlate(Case)
    return or_(Case.sensitive_since.is_(None), named)


def may_see(case_id: int) -> ColumnElement[bool]:
    """Of organisers: who may see one case."""
    sensitive = exists().where(Case.id == case_id, Case.sensitive_since.is_not(None)).correlate(None)
    named = exists().where(CaseReader.case_id == case_id, CaseReader.organiser_id == Organiser.id).correlate(Organiser)
    return or_(~sensitive, named)


def hidden_from(session: Session, organiser_id: int | None) -> Hidden:
    """What an organiser may not see. One query, over the sensitive cases alone."""
    rows = (
        session.connection()
        .execute(
            select(Case.id, Action.id)
            .outerjoin(Action, Action.case_id == Case.id)
            .where(Case.sensitive_since.is_not(None), ~seen(organiser_id))
        )
        .all()
    )
    return Hidden(frozenset(case for case, _ in rows), frozenset(action for _, action in rows if action is not None))


def hidden(session: Session) -> Hidden:
    """What is hidden from who reads in this session."""
    if READER not in session.info:
        return NOTHING
    if _HIDDEN not in session.info:
        session.info[_HIDDEN] = hidden_from(session, session.info[READER])
    found: Hidden = session.info[_HIDDEN]
    return found


def rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Any:
    """The rows of a statement, past the session's own work where nothing has to be left out: that costs less."""
    return session.execute(statement).all() if hidden(session) else session.connection().execute(statement).all()


@contextmanager
def everything(session: Session) -> Iterator[None]:
    """Work that must reach all there is, whoever does it: somebody leaves, an official is corrected.

    Nothing that is read within may be shown, and nothing more be read in the session for who may not see it.
    """
    kept = {key: session.info.pop(key) for key in (READER, _HIDDEN) if key in session.info}
    try:
        yield
    finally:
        session.info.update(kept)


@contextmanager
def of(session: Session, organiser_id: int) -> Iterator[None]:
    """Read for one organiser, in a session of `limited`: a mail to them tells of nothing that they do not see."""
    kept = dict(session.info)
    session.info.pop(_HIDDEN, None)
    session.info[READER] = organiser_id
    try:
        yield
    finally:
        session.info.clear()
        session.info.update(kept)


def limited(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """The sessions of a maker keep to the rule."""
    event.listen(sessions, "do_orm_execute", _leave_out)
    return sessions


def _leave_out(asked: ORMExecuteState) -> None:
    if (
        READER not in asked.session.info
        or asked.is_column_load
        or not (asked.is_select or asked.is_update or asked.is_delete)
    ):
        return
    if found := hidden(asked.session):
        # Each costs time, so only those of tables that are spoken of. What a relationship brings in beside them hangs
        # on the same case, or on none.
        options = _options(found)
        named = _tables(asked.statement) & options.keys()
        asked.statement = asked.statement.options(*(options[name] for name in sorted(named)))


@lru_cache(maxsize=64)
def _options(found: Hidden) -> Mapping[str, Any]:
    return {
        table.__tablename__: with_loader_criteria(
            table, condition(table, found), include_aliases=True, propagate_to_loaders=False
        )
        for table in guarded()
    }


def _tables(statement: Any) -> set[str]:
    """The tables that a statement speaks of, wherever in it."""
    return {it.name for it in visitors.iterate(statement) if isinstance(it, Table)}


@cache
def guarded() -> tuple[type[Base], ...]:
    """Every table that hangs on a case, directly or by others."""
    classes = _classes()
    return tuple(classes[table.name] for table in Base.metadata.sorted_tables if table.name == "cases" or _ways(table))


def condition(table: type[Base], found: Hidden) -> ColumnElement[bool]:
    """Of a table that hangs on cases: that a row hangs on none that is hidden."""
    if table is Case:
        return Case.id.not_in(found.cases)
    columns: Any = table
    return and_(
        true(), *(_apart(getattr(columns, column), key, found) for column, key in _ways(table.__table__).items())
    )


def _apart(column: ColumnElement[Any], key: Any, found: Hidden) -> ColumnElement[bool]:
    if key.table.name in _TOP:
        return or_(column.is_(None), column.not_in(found.cases if key.table.name == "cases" else found.actions))
    above = key.table.alias()
    wrong = [~_apart(above.c[name], further, found) for name, further in _ways(key.table).items()]
    return ~exists().where(above.c[key.name] == column, or_(*wrong)).correlate_except(above)


@cache
def _ways(table: Any) -> Mapping[str, Any]:
    """{column: the column of the table above that it points at} by which rows of a table hang on cases.

    Where one of them is the action or the case itself, and always there, that says all.
    """
    found = {
        column.name: key.column
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is not table and (key.column.table.name == "cases" or _ways(key.column.table))
    }
    for column, above in found.items():
        if above.table.name in _TOP and not table.columns[column].nullable:
            return {column: above}
    return found


def _classes() -> Mapping[str, type[Base]]:
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
