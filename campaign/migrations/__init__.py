"""The schema's history, on SQLite and PostgreSQL, run from the product itself: no alembic.ini, no second door."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, insert, select, text

from campaign.errors import Refused
from campaign.storage import search
from campaign.storage.retrying import again
from campaign.storage.tables import SchemaState

# The eldest revision whose code goes on working with the schema of this version: what was taken away or narrowed since
# moves it. It is written into the database, so that a node of before knows that it may go on serving.
SERVES_FROM = "0038"
# Any number, as long as nobody else on the server locks the same.
LOCK = 1_612_202_516


def alone(connection: Connection) -> None:
    """Wait until no other machine migrates or furnishes this database; it holds until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the schema up to a revision; nothing happens if it is there already.

    Raises `Refused` if a newer version of the product has been here.
    """
    _run(engine, "upgrade", to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the schema back to a revision ("base": before the first)."""
    _run(engine, "downgrade", to)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None if it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision this code expects."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def serves(engine: Engine) -> bool:
    """Whether this code works with the database as it is: at its own revision, or at a newer one that still serves it.

    Nothing is known here of revisions to come: the database says from which on code may serve. If that is one that
    this code knows, this code is not older.
    """
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        if at == head():
            return True
        if at is None or at in _known():
            return False
        return connection.scalar(select(SchemaState.serves_from)) in _known()


def _known() -> set[str]:
    return {it.revision for it in ScriptDirectory.from_config(_config()).walk_revisions()}


def _run(engine: Engine, direction: str, to: str) -> None:
    # Nodes of the version before serve meanwhile: tables are taken in another order than theirs, and of two that wait
    # for each other PostgreSQL undoes one.
    again(lambda: _migrate(engine, direction, to))


def _migrate(engine: Engine, direction: str, to: str) -> None:
    # One transaction for the whole way: SQLite and PostgreSQL both undo DDL, so a failed migration leaves nothing.
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        # Of several machines that start at once one does it, and the others find it done.
        alone(connection)
        _refuse_newer(MigrationContext.configure(connection).get_current_revision())
        config = _config()
        config.attributes["connection"] = connection
        getattr(command, direction)(config, to)
        if MigrationContext.configure(connection).get_current_revision() != head():
            return
        # What a migration, or a restored backup, left due.
        search.catch_up(connection)
        if direction == "upgrade":
            connection.execute(delete(SchemaState))
            connection.execute(insert(SchemaState).values(id=1, serves_from=SERVES_FROM))


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision not in _known():
        raise Refused(
            "The database is at revision %(revision)s, which this version of Campaign does not know: it was used by a "
            "newer one. Install that version, or restore a backup from before.",
            revision=revision,
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
