"""Writers of one process may share a commit on SQLite: each is told once it is stored, and none is hurt by another."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from campaign.errors import Busy, Refused
from campaign.settings import Settings
from campaign.storage import Storage, shared_commits
from campaign.storage.shared_commits import SharedCommits

# Long enough for any thread to get its turn on a busy machine; nothing waits for it that goes well.
PATIENCE = 30.0


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Storage]:
    """A database of its own with one table."""
    storage = Storage(Settings.from_environment({"CAMPAIGN_HOME": str(tmp_path)}))
    with storage.writing() as session:
        session.execute(text("CREATE TABLE names (name TEXT UNIQUE)"))
    yield storage
    storage.dispose()


@pytest.fixture(autouse=True)
def without_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine ends no commit early: what is counted here is who shares one."""
    monkeypatch.setattr(shared_commits, "MOST_SECONDS", PATIENCE)


@pytest.fixture
def commits(here: Storage) -> list[int]:
    """How many rows there were at each commit since now."""
    seen: list[int] = []
    event.listen(here.engine, "commit", lambda connection: seen.append(1))
    return seen


def kept(storage: Storage) -> list[str]:
    """The names that another program finds in the file."""
    with sqlite3.connect(str(storage.engine.url.database)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM names ORDER BY name")]


def adding(name: str, then: Callable[[], None] = lambda: None) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.execute(text("INSERT INTO names VALUES (:name)"), {"name": name})
        then()
        return name

    return work


def crowd(storage: Storage, works: list[Callable[[Session], str]], pool: ThreadPoolExecutor) -> list[Future[str]]:
    """All of them at one moment: the first holds the turn until the others stand behind it."""
    queued = threading.Event()
    first = pool.submit(storage.write_together, adding("first", lambda: bool(queued.wait(PATIENCE)) or None))
    shared = storage._shared
    assert shared is not None
    others = [pool.submit(storage.write_together, work) for work in works]
    while len(shared._waiting) < len(works):
        threading.Event().wait(0.001)
    queued.set()
    return [first, *others]


def test_a_crowd_shares_one_commit_and_each_is_told_when_it_is_stored(here: Storage, commits: list[int]) -> None:
    names = [f"name {number:02}" for number in range(20)]
    with ThreadPoolExecutor(21) as pool:
        told = crowd(here, [adding(name) for name in names], pool)
        for future in told:
            # Whoever is told looks with a connection of their own, and finds it.
            assert future.result(PATIENCE) in kept(here)
    assert kept(here) == ["first", *names]
    assert len(commits) == 1


def test_one_commit_takes_in_no_more_than_its_bound(
    here: Storage, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_commits, "MOST_MEMBERS", 4)
    with ThreadPoolExecutor(12) as pool:
        for future in crowd(here, [adding(f"name {number:02}") for number in range(11)], pool):
            future.result(PATIENCE)
    assert len(kept(here)) == 12
    assert len(commits) == 3


def test_what_one_refuses_touches_nobody_else(here: Storage, commits: list[int]) -> None:
    def refused(session: Session) -> str:
        session.execute(text("INSERT INTO names VALUES ('half')"))
        raise Refused("No.")

    with ThreadPoolExecutor(4) as pool:
        first, before, wrong, after = crowd(here, [adding("before"), refused, adding("after")], pool)
        assert [it.result(PATIENCE) for it in (first, before, after)] == ["first", "before", "after"]
        with pytest.raises(Refused):
            wrong.result(PATIENCE)
    assert kept(here) == ["after", "before", "first"]
    assert len(commits) == 1


def test_a_statement_that_fails_touches_nobody_else(here: Storage) -> None:
    with ThreadPoolExecutor(4) as pool:
        told = crowd(here, [adding("same"), adding("same"), adding("after")], pool)
        outcomes = [it.exception(PATIENCE) for it in told]
    assert [type(it).__name__ for it in outcomes] == ["NoneType", "NoneType", "IntegrityError", "NoneType"]
    assert kept(here) == ["after", "first", "same"]


def test_where_the_database_gives_the_transaction_up_the_others_are_stored_all_the_same(here: Storage) -> None:
    """SQLite undoes all of it by itself where a disk is full or fails (sqlite.org/lang_transaction.html)."""

    def lost(session: Session) -> str:
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        driver.rollback()
        raise OSError("disk I/O error")

    with ThreadPoolExecutor(4) as pool:
        first, before, wrong, after = crowd(here, [adding("before"), lost, adding("after")], pool)
        assert [it.result(PATIENCE) for it in (first, before, after)] == ["first", "before", "after"]
        assert isinstance(wrong.exception(PATIENCE), OSError)
    assert kept(here) == ["after", "before", "first"]


def test_a_commit_that_fails_is_told_to_all_or_done_again(here: Storage) -> None:
    """The bound of pages is SQLite's own: "database or disk is full" comes from the library, not from a stand-in."""
    with here.writing() as session:
        session.execute(text("CREATE TABLE large (value BLOB)"))

    def too_large(session: Session) -> str:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        try:
            session.execute(text("INSERT INTO large VALUES (zeroblob(1000000))"))
        finally:
            session.execute(text("PRAGMA max_page_count = 1000000000"))
        return "large"

    with ThreadPoolExecutor(4) as pool:
        first, before, wrong, after = crowd(here, [adding("before"), too_large, adding("after")], pool)
        assert [it.result(PATIENCE) for it in (first, before, after)] == ["first", "before", "after"]
        assert "full" in str(wrong.exception(PATIENCE))
    assert kept(here) == ["after", "before", "first"]


def test_whoever_waits_in_vain_is_told_so_and_the_turn_goes_on(here: Storage) -> None:
    shared = SharedCommits(here.engine, here._turn, Session, lambda _connection: None, patience=0.05)
    goes_on = threading.Event()
    holds = threading.Event()

    def slow(session: Session) -> str:
        holds.set()
        goes_on.wait(PATIENCE)
        return adding("slow")(session)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shared.do, slow)
        holds.wait(PATIENCE)
        with pytest.raises(Busy):
            shared.do(adding("impatient"))
        goes_on.set()
        assert first.result(PATIENCE) == "slow"
    assert shared.do(adding("next")) == "next"
    assert kept(here) == ["next", "slow"]


def test_ordinary_writers_and_those_who_share_stand_in_one_queue(here: Storage) -> None:
    """A crowd of both, some of whom refuse: what was told is what is there."""
    chance = random.Random(20261129)

    def one(number: int) -> str | None:
        name = f"{number:04}"

        def work(session: Session) -> str:
            adding(name)(session)
            if number % 7 == 0:
                raise Refused("No.")
            return name

        try:
            return here.write_together(work) if number % 3 else here.write(work)
        except Refused:
            return None

    numbers = list(range(400))
    chance.shuffle(numbers)
    with ThreadPoolExecutor(16) as pool:
        told = sorted(name for name in pool.map(one, numbers) if name)
    assert told == kept(here)
    assert len(told) == len([number for number in numbers if number % 7])


def test_a_commit_counts_for_who_made_it(here: Storage) -> None:
    before = here.commits
    here.write_together(adding("one"))
    assert here.commits == before + 1
