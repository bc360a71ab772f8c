"""The guarded UPDATE: of two that want the same row one gets it, and knows; it has one home."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, update

import campaign
from campaign.storage import Storage, guarded
from campaign.storage.tables import Action, Throttle
from campaign.vocabulary import ActionStatus
from tests import made


@pytest.mark.databases
def test_of_many_that_close_an_action_at_the_same_moment_one_does(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)

    def close(_: int) -> int:
        with storage.writing() as session:
            return guarded.change(session, Action, Action.status == ActionStatus.OPEN, status=ActionStatus.CLOSED,
                                  ended_at=made.NOON)  # fmt: skip

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(close, range(12))) == [0] * 11 + [1]


@pytest.mark.databases
def test_what_was_hit_is_told_as_a_number_or_row_by_row(storage: Storage) -> None:
    with storage.writing() as session:
        session.add_all([Throttle(bucket=bytes([n]) * 32, window=made.NOON, hits=n) for n in range(5)])
    with storage.writing() as session:
        assert guarded.change(session, Throttle, Throttle.hits > 1, Throttle.hits < 4, hits=9) == 2
        told = guarded.rows(
            session, update(Throttle).where(Throttle.hits == 9).values(hits=7).returning(Throttle.bucket)
        )
        assert sorted(bucket[0] for (bucket,) in told) == [2, 3]
        assert guarded.remove(session, Throttle, Throttle.hits == 7) == 2
        assert guarded.remove(session, Throttle, Throttle.hits == 7) == 0
        assert sorted(session.scalars(select(Throttle.hits))) == [0, 1, 4]


@pytest.mark.databases
def test_the_object_that_was_read_before_stays_as_it_was_read(storage: Storage) -> None:
    with storage.writing() as session:
        read = made.action(session)
        session.flush()
        guarded.change(session, Action, Action.id == read.id, goal=4_321)
        assert read.goal != 4_321
        session.refresh(read)
        assert read.goal == 4_321


def test_no_other_module_writes_the_idiom_again() -> None:
    room = Path(campaign.__file__).parent
    assert [
        str(file.relative_to(room))
        for file in sorted(room.rglob("*.py"))
        if "synchronize_session" in file.read_text("utf-8")
    ] == ["storage/guarded.py"]
