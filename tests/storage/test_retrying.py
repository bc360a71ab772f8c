"""A transaction that the database undid for the sake of another is done again; one that is wrong is not."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from campaign.settings import Settings
from campaign.storage import Storage, retrying
from campaign.storage.retrying import TRIES, again, is_undone


class FromServer(Exception):
    """What a driver raises."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("The server says no.")
        self.sqlstate = sqlstate


def told(sqlstate: str | None) -> DBAPIError:
    return OperationalError("UPDATE", {}, FromServer(sqlstate))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "pause", lambda tried: 0.001)


def failing(times: int, error: Exception) -> tuple[Callable[[], int], list[int]]:
    tries: list[int] = []

    def work() -> int:
        tries.append(1)
        if len(tries) <= times:
            raise error
        return len(tries)

    return work, tries


# The codes as PostgreSQL's manual lists them (appendix "Error Codes").
@pytest.mark.parametrize(
    ("sqlstate", "undone"),
    [("40001", True), ("40P01", True), ("40002", False), ("23505", False), ("57P01", False), (None, False)],
)
def test_a_serialization_failure_and_a_deadlock_are_undone_transactions(sqlstate: str | None, undone: bool) -> None:
    assert is_undone(told(sqlstate)) is undone
    assert not is_undone(ValueError("40001"))


def test_what_was_undone_is_done_again_a_few_times_and_then_raised() -> None:
    work, _ = failing(TRIES - 1, told("40001"))
    assert again(work) == TRIES
    work, tries = failing(100, told("40P01"))
    with pytest.raises(OperationalError):
        again(work)
    assert len(tries) == TRIES


def test_what_is_wrong_or_was_kept_in_part_is_not_done_again() -> None:
    for work, tries in (failing(1, told("23505")), failing(1, ValueError())):
        with pytest.raises((OperationalError, ValueError)):
            again(work)
        assert len(tries) == 1
    work, tries = failing(1, told("40001"))
    with pytest.raises(OperationalError):
        again(work, lambda: False)
    assert len(tries) == 1


@pytest.mark.databases
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_transactions_that_wait_for_each_other_both_come_to_their_end(settings: Settings) -> None:
    storage = Storage(settings)
    with storage.writing() as session:
        session.execute(text("CREATE TABLE rooms (id integer PRIMARY KEY, entered integer NOT NULL)"))
        session.execute(text("INSERT INTO rooms VALUES (1, 0), (2, 0)"))
    both_inside = threading.Barrier(2)
    tries: list[int] = []

    def through(first: int, then: int) -> None:
        mine: list[int] = []

        def walk(session: Session) -> None:
            session.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            enter = text("UPDATE rooms SET entered = entered + 1 WHERE id = :id")
            session.execute(enter, {"id": first})
            if not mine:
                both_inside.wait(10)
            mine.append(1)
            session.execute(enter, {"id": then})

        storage.write(walk)
        tries.extend(mine)

    walkers = [threading.Thread(target=through, args=way) for way in ((1, 2), (2, 1))]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join(20)
    with storage.reading() as session:
        entered = session.execute(text("SELECT id, entered FROM rooms ORDER BY id")).all()
    assert [tuple(row) for row in entered] == [(1, 2), (2, 2)]
    assert len(tries) == 3  # one of them was undone, and walked again
    with storage.writing() as session:
        session.execute(text("DROP TABLE rooms"))
    storage.dispose()
