"""Writers who share a commit: on SQLite there is one at a time, and waiting for the disk is most of what one costs."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from campaign.storage.write_queue import busy

Result = TypeVar("Result")

# Of one commit. Other processes wait for as long as it takes, so it may neither grow nor last for ever.
MOST_MEMBERS, MOST_SECONDS = 32, 0.05


class Undone(Exception):
    """The transaction was lost through no fault of this member: its work may be done again."""


@dataclass
class Waiter:
    """Someone who waits for the turn. `granted` under the lock of all: then the turn is theirs, wanted or not."""

    woken: threading.Event = field(default_factory=threading.Event)
    granted: bool = False


@dataclass
class Batch:
    """One transaction, and those whose work is in it."""

    connection: Connection
    resources: ExitStack
    began: float
    members: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    kept: bool = False

    def may_grow(self) -> bool:
        """Whether another may still come in."""
        return self.members < MOST_MEMBERS and time.monotonic() - self.began < MOST_SECONDS


class SharedCommits:
    """A transaction that is handed from writer to writer of one process; the last one commits, and all wait for that.

    Each writer's work stands in a savepoint of its own, so what one of them refuses touches nobody else. Nobody is
    told that something is stored before it is on the disk. Among threads the turn goes in the order in which they
    came; `turn` is that among processes.
    """

    def __init__(
        self,
        engine: Engine,
        turn: Callable[[], AbstractContextManager[None]],
        session: Callable[[Connection], Session],
        before_commit: Callable[[Connection], None],
        patience: float,
    ) -> None:
        """`session` makes one on a connection; `patience` is how many seconds a writer waits for its turn."""
        self._engine, self._turn, self._session, self._before_commit = engine, turn, session, before_commit
        self._patience = patience
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[Waiter] = deque()
        self._batch: Batch | None = None

    def do(self, work: Callable[[Session], Result]) -> Result:
        """What `work` returns, once it is stored; whatever it raises, with nothing of it stored.

        Raises `Undone` if the transaction was lost for another reason, and `Busy` after waiting in vain.
        """
        self._take_turn()
        batch: Batch | None = None
        try:
            batch = self._batch = self._batch or self._begin()
            result = self._in_savepoint(batch.connection, work)
        except BaseException:
            # Where SQLite itself gave the transaction up (a full disk), what others did in it is lost with it.
            self._leave(batch, lost=batch is not None and not _alive(batch.connection))
            raise
        batch.members += 1
        self._leave(batch)
        batch.ended.wait()
        if not batch.kept:
            raise Undone
        return result

    def _in_savepoint(self, connection: Connection, work: Callable[[Session], Result]) -> Result:
        _say(connection, "SAVEPOINT member")
        try:
            with self._session(connection) as session:
                result = work(session)
                session.flush()
        except BaseException:
            if _alive(connection):
                _say(connection, "ROLLBACK TO member")
                _say(connection, "RELEASE member")
            raise
        _say(connection, "RELEASE member")
        return result

    def _begin(self) -> Batch:
        with ExitStack() as resources:
            connection = resources.enter_context(self._engine.connect())
            connection.execution_options(writing=True)
            resources.enter_context(self._turn())
            connection.begin()
            return Batch(connection, resources.pop_all(), time.monotonic())

    def _leave(self, batch: Batch | None, *, lost: bool = False) -> None:
        """Hand the turn on, with the transaction if another goes on in it; else end it first."""
        if batch is not None and not lost and batch.may_grow() and self._hand_on():
            return
        try:
            if batch is not None:
                self._end(batch, lost=lost)
        finally:
            self._hand_on(or_free=True)

    def _end(self, batch: Batch, *, lost: bool) -> None:
        self._batch = None
        try:
            with batch.resources:
                transaction = batch.connection.get_transaction()
                if lost or not batch.members or transaction is None:
                    batch.connection.rollback()
                    return
                self._before_commit(batch.connection)
                transaction.commit()
            batch.kept = True
        finally:
            batch.ended.set()

    def _take_turn(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            me = Waiter()
            self._waiting.append(me)
        if not me.woken.wait(self._patience):
            with self._lock:
                if not me.granted:
                    self._waiting.remove(me)
                    raise busy()

    def _hand_on(self, *, or_free: bool = False) -> bool:
        """Give the turn to who has waited longest; False if nobody waits any more."""
        with self._lock:
            if self._waiting:
                next_one = self._waiting.popleft()
                next_one.granted = True
                next_one.woken.set()
                return True
            if or_free:
                self._taken = False
            return False


def _alive(connection: Connection) -> bool:
    """Whether the driver still is in the transaction that was begun."""
    driver: Any = connection.connection.dbapi_connection
    return bool(driver is not None and driver.in_transaction and connection.in_transaction())


def _say(connection: Connection, statement: str) -> None:
    # By the driver itself, as BEGIN is: see storage/engine.py.
    connection.connection.cursor().execute(statement).close()
