"""Writers who share a commit: on SQLite there is one at a time, and waiting for the disk is most of what one costs."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from campaign.storage.write_queue import busy

Result = TypeVar("Result")

# Of one commit. Other processes wait for as long as it takes, so it may neither grow nor last for ever.
MOST_MEMBERS, MOST_SECONDS = 32, 0.05


class Undone(Exception):
    """The transaction was lost through no fault of this member: its work may be done again."""


class Member:
    """One writer's work, and what came of it. Its thread sleeps till then, or till it is to lead."""

    __slots__ = ("_asleep", "error", "leads", "result", "taken", "work")

    def __init__(self, work: Callable[[Session], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        # Of these two, only one is ever set while its thread sleeps.
        self.taken, self.leads = False, False
        self._asleep = threading.Lock()
        self._asleep.acquire()

    def sleep(self, seconds: float = -1) -> bool:
        """Wait to be woken; False if nobody did within so many seconds."""
        return self._asleep.acquire(timeout=seconds)

    def wake(self) -> None:
        """Let its thread go on."""
        self._asleep.release()

    def outcome(self) -> Any:
        """What its work returned; what it raised is raised."""
        if self.error is not None:
            raise self.error
        return self.result


class SharedCommits:
    """A transaction that takes in the work of all writers of one process who wait at that moment.

    The first to come leads: its thread does the work of those who wait behind it, each in a savepoint of its own, so
    what one of them refuses touches nobody else. Then it commits, and only then is anyone told that something is
    stored. To hand the turn from thread to thread would cost more than the work. Work is done in the order in which it
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
        self._is_led = False
        self._waiting: deque[Member] = deque()

    def do(self, work: Callable[[Session], Result]) -> Result:
        """What `work` returns, once it is stored; whatever it raises, with nothing of it stored.

        `work` is done by the thread of some other writer, perhaps: it may ask for nothing that belongs to its own.
        Raises `Undone` if the transaction was lost for another reason, and `Busy` after waiting in vain.
        """
        me = Member(work)
        if not self._may_lead(me):
            self._wait(me)
            if not me.leads:
                return cast(Result, me.outcome())
        self._lead(me)
        return cast(Result, me.outcome())

    def _may_lead(self, me: Member) -> bool:
        with self._lock:
            if self._is_led:
                self._waiting.append(me)
                return False
            self._is_led = True
            return True

    def _wait(self, me: Member) -> None:
        if me.sleep(self._patience):
            return
        with self._lock:
            if not (me.taken or me.leads):
                self._waiting.remove(me)
                raise busy()
        me.sleep()

    def _lead(self, me: Member) -> None:
        """Do one's own work and that of those behind, in one transaction; then another may lead."""
        members = [me]
        try:
            with self._engine.connect() as connection:
                connection.execution_options(writing=True)
                with self._turn():
                    connection.begin()
                    self._do_all(connection, members)
        except BaseException as error:
            for member in members:
                # Whose work raised something of its own knows that already.
                member.error = member.error or (error if member is me else Undone())
        finally:
            self._hand_on()
            for member in members[1:]:
                member.wake()

    def _do_all(self, connection: Connection, members: list[Member]) -> None:
        """The work of all; `members` grows as they come in. Raises if it is lost."""
        began = time.monotonic()
        member: Member | None = members[0]
        while member is not None:
            self._in_savepoint(connection, member)
            if not _alive(connection):
                # SQLite itself gave the transaction up (a full disk): what others did in it is lost with it.
                connection.rollback()
                raise Undone
            in_time = len(members) < MOST_MEMBERS and time.monotonic() - began < MOST_SECONDS
            member = self._next(members) if in_time else None
        transaction = connection.get_transaction()
        if transaction is None or all(one.error for one in members):
            connection.rollback()
            return
        self._before_commit(connection)
        transaction.commit()

    def _in_savepoint(self, connection: Connection, member: Member) -> None:
        _say(connection, "SAVEPOINT member")
        try:
            with self._session(connection) as session:
                member.result = member.work(session)
                session.flush()
        except Exception as error:
            member.error = error
            if not _alive(connection):
                return
            _say(connection, "ROLLBACK TO member")
        _say(connection, "RELEASE member")

    def _next(self, members: list[Member]) -> Member | None:
        """Who has waited longest, and is a member now."""
        with self._lock:
            if not self._waiting:
                return None
            member = self._waiting.popleft()
            member.taken = True
        members.append(member)
        return member

    def _hand_on(self) -> None:
        with self._lock:
            if not self._waiting:
                self._is_led = False
                return
            leader = self._waiting.popleft()
            leader.leads = True
        leader.wake()


def _alive(connection: Connection) -> bool:
    """Whether the driver still is in the transaction that was begun."""
    driver: Any = connection.connection.dbapi_connection
    return bool(driver is not None and driver.in_transaction and connection.in_transaction())


def _say(connection: Connection, statement: str) -> None:
    # By the driver itself, as BEGIN is: see storage/engine.py.
    connection.connection.cursor().execute(statement).close()
