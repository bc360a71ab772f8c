"""The only SQLAlchemy engine: how the product reaches its database, its encrypted values and its files."""

from __future__ import annotations

import copy
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from campaign.errors import Incomplete
from campaign.settings import Settings
from campaign.storage import search, sight
from campaign.storage.files import Files
from campaign.storage.look_up import look_up_key
from campaign.storage.retrying import Result, again
from campaign.storage.shared_commits import SharedCommits, Undone
from campaign.storage.tables import Base
from campaign.storage.vault import Vault
from campaign.storage.write_queue import Turn

# How long a writer waits for another on SQLite, where there is one at a time.
BUSY_SECONDS = 30
# How long a connection to SQLite is kept: it reads what is known of the tables when it is opened.
RECYCLE_SECONDS = 3600
# So many rows of each index does SQLite look at to know what it is like.
LOOKED_AT = 1_000
# How long PostgreSQL may take to answer the door.
CONNECT_SECONDS = 5
# On a connection: something was written that is searched for.
TOUCHED = "search"


class Storage:
    """All state of an installation. Doors hold one; rooms are handed a session, the vault, or the files."""

    def __init__(self, settings: Settings) -> None:
        self.engine = connect(settings.database_url)
        event.listen(self.engine, "before_cursor_execute", _notice)
        self.vault = Vault(settings.data_keys, settings.data_keys_file, self._look_up_key)
        self.files = Files(settings.files_url)
        self._turn = _turn(self.engine.url)
        self._sessions: Callable[..., Session] = sessionmaker(self.engine, expire_on_commit=False)
        self._limited = sight.limited(sessionmaker(self.engine, expire_on_commit=False))
        self._kept = threading.local()
        self._shared = (
            SharedCommits(self.engine, self._turn, lambda to: self._sessions(bind=to), _catch_up, BUSY_SECONDS)
            if self.engine.dialect.name == "sqlite"
            else None
        )

    @property
    def shares_commits(self) -> bool:
        """Whether those who write at the same moment share a commit: where there is one writer at a time."""
        return self._shared is not None

    def _look_up_key(self, vault: Vault) -> bytes | None:
        with self.reading() as session:
            return look_up_key(session, vault)

    def seen_by(self, organiser_id: int | None) -> Storage:
        """The same state as one organiser sees it: without the sensitive cases that they are not named for.

        None is nobody in particular, who sees none of these.
        """
        through_their_eyes = copy.copy(self)
        through_their_eyes._sessions = partial(self._limited, info={sight.READER: organiser_id})
        # Sessions that share a commit belong to nobody; what one organiser writes has a commit of its own.
        through_their_eyes._shared = None
        return through_their_eyes

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: committed when the block ends, undone if it raises."""
        # SQLite must take its write lock at the start: a read that turns into a write while another
        # writes is refused at once, whatever the time-out.
        with self.engine.connect() as connection, self._sessions(bind=connection) as session:
            connection.execution_options(writing=True)
            # The turn begins as late and ends as early as it can: all other writers wait for it.
            with self._turn(), connection.begin():
                yield session
                session.flush()
                _catch_up(connection)
        self._kept.commits = self.commits + 1

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Do `work` in a transaction of its own, and again if the database undoes it for the sake of another."""

        def once() -> Result:
            with self.writing() as session:
                return work(session)

        return again(once)

    def write_together(self, work: Callable[[Session], Result]) -> Result:
        """As `write`, for what many people do in the same second: their transactions may share one commit.

        Returns when it is on the disk. `work` says all that it has to say to the database through the session it is
        given, and never rolls that back: others' work lies in the same transaction.
        """
        if self._shared is None:  # PostgreSQL's writers share the disk by themselves
            return self.write(work)
        try:
            result = self._shared.do(work)
        except Undone:
            return self.write(work)
        self._kept.commits = self.commits + 1
        return result

    @property
    def commits(self) -> int:
        """How many transactions this thread has committed: what was kept must not be done again."""
        return getattr(self._kept, "commits", 0)

    def scrub(self) -> bool:
        """Take out of the database's log what was erased: until then it holds pages as they were before.

        True if nothing of that is left. On SQLite the log is emptied, which waits for whoever reads at this moment; on
        PostgreSQL the server's own checkpoints and VACUUM do it, and a log that is archived lives as long as backups.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with self.engine.connect() as connection:
            busy: int = connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def tidy(self) -> None:
        """Let nothing of what was erased remain in the index of what is searched for; `scrub` comes after it."""
        with self.writing() as session:
            search.tidy(session.connection())

    def learn(self) -> None:
        """Let the database look at samples of its tables: it chooses indexes by what it knows of them.

        Takes as long for a million rows as for ten thousand. PostgreSQL does it by itself too, sooner or later. A
        connection to SQLite that is open goes on by what it knew.
        """
        with self.writing() as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text(f"PRAGMA analysis_limit = {LOOKED_AT}"))
                session.execute(text("ANALYZE"))
            else:
                session.execute(text(f"ANALYZE {', '.join(sorted(Base.metadata.tables))}, {search.ENTRIES}"))

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _catch_up(connection: Connection) -> None:
    if connection.info.pop(TOUCHED, False):
        search.catch_up(connection)


def _notice(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    """Who writes something that is searched for makes its entry before the transaction ends."""
    if search.touches(statement):
        connection.info[TOUCHED] = True


def _turn(url: URL) -> Callable[[], AbstractContextManager[None]]:
    """How a writer waits for the others: in a queue on SQLite; not at all on PostgreSQL, which has its own."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return nullcontext
    return Turn(Path(f"{url.database}-turn"), BUSY_SECONDS).taken


def connect(database_url: str) -> Engine:
    """An engine for SQLite or PostgreSQL, set up to be durable. Raises `Incomplete` for any other URL.

    Errors hide the parameters of their statement: they hold what people wrote, and errors reach logs.
    """
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise Incomplete("CAMPAIGN_DATABASE_URL is not a valid database URL.") from error
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.drivername == "postgresql+psycopg":
        # A server that is away is noticed at once, not when the machine's own patience ends.
        told: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
        if "prepare_threshold" in url.query:
            # A PgBouncer that knows nothing of prepared statements hands them to another connection, which has none.
            if url.query["prepare_threshold"] != "none":
                raise Incomplete("In CAMPAIGN_DATABASE_URL prepare_threshold can be none, and nothing else.")
            url, told["prepare_threshold"] = url.difference_update_query(["prepare_threshold"]), None
        return create_engine(
            url, pool_size=16, max_overflow=16, pool_pre_ping=True, hide_parameters=True, connect_args=told
        )
    raise Incomplete("CAMPAIGN_DATABASE_URL must start with sqlite:/// or postgresql+psycopg://.")


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=16,
        max_overflow=16,
        pool_recycle=RECYCLE_SECONDS,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        # SQLAlchemy says BEGIN itself (below): the driver's own idea of transactions is switched off.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an answered signature survives a power cut
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased is overwritten, not merely forgotten
            "temp_store=MEMORY",
            "wal_autocheckpoint=4000",  # 16 MB: pages that many signatures touch are moved once, not each time
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        # By the driver itself: each transaction begins here, and all that SQLAlchemy adds takes longer than that.
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if writing else "BEGIN").close()

    return engine
