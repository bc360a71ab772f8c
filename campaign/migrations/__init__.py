"""The schema's history, on SQLite and PostgreSQL, run from the product itself: no alembic.ini, no second door."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the schema up to a revision; nothing happens if it is there already."""
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


def _run(engine: Engine, direction: str, to: str) -> None:
    # One transaction for the whole way: SQLite and PostgreSQL both undo DDL, so a failed migration leaves nothing.
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        config = _config()
        config.attributes["connection"] = connection
        getattr(command, direction)(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
