"""A database that is away is told from a question that is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from campaign.storage.engine import connect
from campaign.storage.outage import is_away


def raised(url: str, statement: str = "SELECT 1") -> BaseException:
    """What asking a database raises."""
    engine = connect(url)
    try:
        with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
            connection.execute(text(statement))
        return caught.value
    finally:
        engine.dispose()


def test_a_server_that_nobody_runs_and_a_file_that_cannot_be_had_are_away(tmp_path: Path) -> None:
    assert is_away(raised("postgresql+psycopg://nobody@127.0.0.1:1/campaign"))
    assert is_away(raised(f"sqlite:///{tmp_path}/no/such/folder/campaign.db"))


def test_a_wrong_question_is_no_outage(database_url: str) -> None:
    assert not is_away(raised(database_url, "SELECT nothing FROM nowhere"))


def test_a_refusal_by_a_constraint_is_no_outage() -> None:
    assert not is_away(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")))
    assert not is_away(ValueError("other"))


def test_waiting_in_vain_for_a_connection_is_an_outage() -> None:
    assert is_away(PoolTimeout("no connection"))
