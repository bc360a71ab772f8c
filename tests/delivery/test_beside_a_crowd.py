"""Books that are made while people confirm, withdraw and are counted: each name once, and every total right."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign import clock
from campaign.appeals.counting import tallies
from campaign.appeals.supporter import confirming
from campaign.delivery import freezing
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import (
    Action,
    Dossier,
    DossierDay,
    DossierEntry,
    DossierTotal,
    DossierWithheld,
    Signature,
)
from campaign.vocabulary import SignatureStatus
from tests import full_width, made
from tests.appeals import crowd

SLUG = "renew-the-cards"
A_SECOND = 20
# FULL_SIZE=1 is what was promised: twelve books of 80,000 names.
FULL_SIZE = bool(os.environ.get("FULL_SIZE"))


@pytest.mark.databases
def test_books_made_beside_people_who_confirm_hold_each_name_once_and_add_up(
    storage: Storage, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    full = FULL_SIZE or request.config.getoption("everything")
    books, names, people = (12, 80_000, 4_000) if full else (4, 3_000, 60)
    with storage.writing() as session:
        action_id = made.action(session).id
        # Of twenty, nineteen have confirmed; one of ten wants no name seen, one of two hundred had it hidden.
        full_width.sign(session, action_id, names * 200 // 169 + 200, made.NOON - timedelta(days=20), made.NOON)
    crowd.sign(storage, people, status=SignatureStatus.PENDING, at=clock.now(), expires_at=clock.now() + timedelta(9))
    with storage.reading() as session:
        full_width.know(session)
        session.commit()
        waiting = list(
            session.scalars(
                select(Signature.reference)
                .where(Signature.status == SignatureStatus.PENDING)
                .order_by(Signature.id.desc())
                .limit(people)
            )
        )
    faults: list[BaseException] = []
    confirmed: list[bytes] = []
    pauses: list[float] = []
    took: list[float] = []

    def confirm() -> None:
        began = time.monotonic()
        reference = waiting[len(confirmed)]
        storage.write(lambda session: confirming.confirm(session, storage.vault, reference, clock.now()))
        if len(confirmed) % 10 == 9:  # and one of ten thinks better of it
            storage.write(lambda session: confirming.not_me(session, storage.vault, confirmed[-1]))
        confirmed.append(reference)
        pauses.append(time.monotonic() - began)

    with (
        _meanwhile(confirm, 1 / A_SECOND, faults, lambda: len(confirmed) < people),
        _meanwhile(lambda: storage.write(tallies.roll_up), 0.2, faults),
    ):
        codes = [_freeze(storage, took) for _ in range(books)]
    assert faults == []
    assert confirmed
    for code in codes:
        _adds_up(storage, code, at_least=names)
    with capsys.disabled():
        print(
            f"\n{storage.engine.dialect.name}: {books} books of {names} names, {len(confirmed)} confirmed meanwhile; "
            f"a book {sum(took) / books:.2f} s, at most {max(took):.2f} s; a confirmation at most {max(pauses):.2f} s"
        ) if full else None


def _freeze(storage: Storage, took: list[float]) -> str:
    began = time.monotonic()
    code = storage.write(lambda session: freezing.freeze(session, published(session, SLUG, "en"), None, clock.now()))
    took.append(time.monotonic() - began)
    time.sleep(0.1)  # whoever asks for the next one has to press a button
    return code


@contextmanager
def _meanwhile(
    work: Callable[[], object], every: float, faults: list[BaseException], going_on: Callable[[], bool] = lambda: True
) -> Iterator[None]:
    over = threading.Event()

    def keep_on() -> None:
        due = time.monotonic()
        while not over.wait(max(0.0, due - time.monotonic())) and going_on():
            due += every
            try:
                work()
            except BaseException as error:
                faults.append(error)
                return

    thread = threading.Thread(target=keep_on)
    thread.start()
    try:
        time.sleep(3 * every)  # until they are at it
        yield
    finally:
        over.set()
        thread.join(60)


def _adds_up(storage: Storage, code: str, at_least: int) -> None:
    with storage.reading() as session:
        book = session.scalars(select(Dossier).where(Dossier.code == code)).one()

        def of(table: type[DossierEntry] | type[DossierWithheld]) -> list[tuple[int, int | None]]:
            rows = select(table.number, table.signature_id).where(table.dossier_id == book.id).order_by(table.number)
            return [(number, signature_id) for number, signature_id in session.execute(rows)]

        entries, withheld = of(DossierEntry), of(DossierWithheld)
        numbers = [number for number, _ in entries + withheld]
        whose = [signature_id for _, signature_id in entries + withheld]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(set(whose)) == len(whose)
        assert None not in whose
        assert (book.named, book.withheld) == (len(entries), len(withheld))
        assert book.named >= at_least
        totals = select(func.sum(DossierTotal.named), func.sum(DossierTotal.withheld))
        assert session.execute(totals.where(DossierTotal.dossier_id == book.id)).one() == (book.named, book.withheld)
        days = select(func.sum(DossierDay.count)).where(DossierDay.dossier_id == book.id)
        assert session.scalar(days) == book.named + book.withheld
        by_country = (
            select(DossierEntry.country, func.count())
            .where(DossierEntry.dossier_id == book.id)
            .group_by(DossierEntry.country)
        )
        stored = select(DossierTotal.country, DossierTotal.named).where(
            DossierTotal.dossier_id == book.id, DossierTotal.named > 0
        )
        assert sorted(session.execute(by_country).all()) == sorted(session.execute(stored).all())
        assert session.scalar(select(Action.slug).where(Action.id == book.action_id)) == SLUG
