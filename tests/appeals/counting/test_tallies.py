"""Counting: outside of signing, exactly once, and provable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select, update

from campaign.appeals.counting import tallies
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage import Storage
from campaign.storage.tables import Signature, Tally
from tests import made

pytestmark = pytest.mark.databases


def signed_and_confirmed(storage: Storage, n: int, country: str = "GB") -> None:
    with storage.writing() as session:
        for it in range(n):
            wish = made.wish(f"{country}-{it}@example.org", country=country)
            sign(session, storage.vault, "renew-the-cards", wish, made.NOON)
        for reference in session.scalars(select(Signature.reference)).all():
            confirming.confirm(session, storage.vault, reference, made.NOON)


def counted(storage: Storage) -> tuple[int, int]:
    with storage.reading() as session:
        action_id = session.scalars(select(Signature.action_id)).first() or 0
        count = tallies.counted(session, action_id, None, made.NOON)
        return count.count, count.countries


def roll_up(storage: Storage, most: int = tallies.MOST) -> int:
    with storage.writing() as session:
        return tallies.roll_up(session, most)


def test_pending_signatures_are_not_counted(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
    assert roll_up(storage) == 0
    assert counted(storage) == (0, 0)


def test_confirmed_signatures_are_counted_by_country(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed_and_confirmed(storage, 3, "GB")
    signed_and_confirmed(storage, 2, "PK")
    assert roll_up(storage) == 5
    assert counted(storage) == (5, 2)
    with storage.reading() as session:
        action_id = session.scalars(select(Tally.action_id)).first() or 0
        assert tallies.by_country(session, action_id) == (("GB", 3), ("PK", 2))


def test_counting_again_counts_nothing_twice(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed_and_confirmed(storage, 3)
    roll_up(storage)
    assert roll_up(storage) == 0
    assert counted(storage) == (3, 1)


def test_workers_that_count_at_the_same_moment_count_each_signature_once(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed_and_confirmed(storage, 40)
    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda _: roll_up(storage, most=7), range(12)))
    assert sum(counts) + roll_up(storage) == 40
    assert counted(storage) == (40, 1)


def test_a_signature_taken_back_is_taken_out_of_the_count(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed_and_confirmed(storage, 2)
    roll_up(storage)
    with storage.writing() as session:
        reference = session.scalars(select(Signature.reference)).first()
        confirming.not_me(session, storage.vault, reference)
    roll_up(storage)
    assert counted(storage) == (1, 1)


def test_reconciliation_finds_and_mends_a_tally_that_is_wrong(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed_and_confirmed(storage, 3)
    roll_up(storage)
    with storage.writing() as session:
        session.execute(update(Tally).values(count=99))
    with storage.writing() as session:
        assert tallies.reconcile(session) == 1
    assert counted(storage) == (3, 1)
    with storage.writing() as session:
        assert tallies.reconcile(session) == 0


def test_a_difference_is_a_key_under_which_two_counts_differ() -> None:
    day = date(2025, 8, 1)
    assert tallies.differences({(1, day, "GB"): 2, (1, day, "PK"): 1}, {(1, day, "GB"): 2}) == {(1, day, "PK")}
