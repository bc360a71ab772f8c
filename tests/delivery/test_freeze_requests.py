"""Books that organisers ask for: one for each press, whoever dies on the way, and a reason where there is none."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.delivery import freeze_requests, freezing
from campaign.delivery.freeze_requests import MOST_ATTEMPTS, Stage
from campaign.errors import Gone, Unknown
from campaign.jobs.sweeps import Jobs
from campaign.office import audit
from campaign.office.audit import COMMAND_LINE
from campaign.publication.reading import published
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Dossier, DossierRequest
from campaign.vocabulary import ActionStatus
from tests import made
from tests.delivery.signed import SLUG, sign_all

NOW = made.NOON + timedelta(days=1)


@pytest.fixture
def signed(storage: Storage) -> Storage:
    """An action that five people have signed."""
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    return storage


def ask(storage: Storage, press: str = "a press", locale: str = "en", slug: str = SLUG) -> bool:
    with storage.writing() as session:
        return freeze_requests.ask(session, COMMAND_LINE, published(session, slug, locale), 1, press, NOW)


def told(storage: Storage) -> list[tuple[Stage, str | None]]:
    with storage.reading() as session:
        action_id = session.scalars(select(Action.id).where(Action.slug == SLUG)).one()
        return [(it.stage, it.problem) for it in freeze_requests.shown(session, action_id, clock.now())]


def books(storage: Storage) -> int:
    with storage.reading() as session:
        return session.scalar(select(func.count()).select_from(Dossier)) or 0


@pytest.mark.databases
def test_asking_makes_nothing_and_the_worker_makes_one_book_on_record(signed: Storage, settings: Settings) -> None:
    assert ask(signed)
    assert books(signed) == 0
    assert told(signed) == [(Stage.WAITING, None)]
    jobs = Jobs(settings, signed)
    assert (jobs.freeze(), jobs.freeze()) == (1, 0)
    assert told(signed) == []
    with signed.reading() as session:
        code = session.scalars(select(Dossier.code)).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.what == "signature book created")).one()
        assert (event.who, event.after) == ("command line", f'{{"code": "{code}"}}')
        assert audit.faults(session, signed.vault) == []
        request = session.scalars(select(DossierRequest.id)).one()
        assert freeze_requests.asked(session, request).code == code


@pytest.mark.databases
def test_two_presses_make_one_book(signed: Storage, settings: Settings) -> None:
    assert ask(signed, "one form")
    assert not ask(signed, "one form")  # pressed twice
    assert not ask(signed, "another's form")  # for the same official, while the first is not made yet
    assert ask(signed, "in Urdu", "ur")
    jobs = Jobs(settings, signed)
    assert jobs.freeze() == 2
    assert not ask(signed, "one form")  # the same press, arriving once the book is there
    assert jobs.freeze() == 0
    assert ask(signed, "a later form")
    assert jobs.freeze() == 1


@pytest.mark.databases
def test_a_worker_that_dies_while_freezing_leaves_nothing_and_the_next_makes_the_book(
    signed: Storage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(signed)
    freeze = freezing.freeze

    def die(*arguments: object) -> str:
        freeze(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as deadly, pytest.raises(KeyboardInterrupt):
        deadly.setattr(freezing, "freeze", die)
        Jobs(settings, signed).freeze()
    assert books(signed) == 0
    assert told(signed) == [(Stage.FREEZING, None)]
    assert Jobs(settings, signed).freeze() == 1
    assert books(signed) == 1


@pytest.mark.databases
def test_two_workers_make_one_book(signed: Storage, settings: Settings) -> None:
    ask(signed)
    made_by = list[int]()
    both = threading.Barrier(2)

    def work() -> None:
        jobs = Jobs(settings, signed)
        both.wait(30)
        made_by.append(jobs.freeze())

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(made_by) == [0, 1]
    assert books(signed) == 1


def test_what_keeps_failing_ends_with_a_sentence(
    signed: Storage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("out of memory")

    ask(signed)
    with monkeypatch.context() as broken:
        broken.setattr(freezing, "freeze", fail)
        for _ in range(MOST_ATTEMPTS):
            assert Jobs(settings, signed).freeze() == 0
        assert told(signed) == [(Stage.FREEZING, None)]
        Jobs(settings, signed).freeze()
    ((stage, problem),) = told(signed)
    assert stage is Stage.REFUSED
    assert (problem or "").startswith("Making this signature book failed too many times.")
    assert Jobs(settings, signed).freeze() == 0


def test_whoever_asked_learns_why_there_is_no_book_and_may_ask_again(storage: Storage, settings: Settings) -> None:
    with storage.writing() as session:
        made.action(session)
    ask(storage)
    assert Jobs(settings, storage).freeze() == 0
    ((stage, problem),) = told(storage)
    assert stage is Stage.REFUSED
    assert (problem or "").startswith("Nobody has confirmed a signature for this action yet")
    sign_all(storage)
    assert ask(storage, "again")
    assert told(storage) == [(Stage.WAITING, None)]
    assert Jobs(settings, storage).freeze() == 1


def test_what_can_be_told_at_once_is_refused_at_the_press(signed: Storage) -> None:
    def beside(session: Session) -> None:
        freeze_requests.ask(session, COMMAND_LINE, published(session, SLUG, "en"), 9, "a press", NOW)

    with pytest.raises(Unknown):
        signed.write(beside)
    with signed.reading() as session:
        stopped = replace(published(session, SLUG, "en"), status=ActionStatus.STOPPED)
    with pytest.raises(Gone):
        signed.write(lambda session: freeze_requests.ask(session, COMMAND_LINE, stopped, 1, "a press", NOW))


def test_requests_that_are_over_go_after_a_month(signed: Storage, settings: Settings) -> None:
    ask(signed, "over")
    Jobs(settings, signed).freeze()
    ask(signed, "open")
    later = clock.now() + timedelta(days=29)
    for when, left in ((later, 2), (later + timedelta(days=2), 1)):
        signed.write(partial(freeze_requests.forget, now=when))
        with signed.reading() as session:
            assert session.scalar(select(func.count()).select_from(DossierRequest)) == left
