"""Taking false signatures out: counted first, in steps, cancellable, undoable, and the counts agree all the while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from campaign.appeals.abuse import origins
from campaign.appeals.counting import tallies
from campaign.appeals.signature_admin import invalidation as invalidations
from campaign.appeals.signature_admin.invalidation import Criteria
from campaign.errors import Conflict, Refused, Unknown
from campaign.jobs.sweeps import Jobs
from campaign.office.audit import COMMAND_LINE
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Signature
from campaign.vocabulary import Disclosure, InvalidationStatus, SignatureStatus
from tests import made
from tests.appeals import crowd
from tests.conftest import sized

FALSE = Criteria(country="RU")
WHY = "one hand filled in all of these"


@pytest.fixture
def signed(storage: Storage) -> Storage:
    """Seven earnest signatures and five false ones, counted."""
    with storage.writing() as session:
        made.action(session)
    crowd.sign(storage, 7)
    crowd.sign(storage, 5, country="RU", network="198.51.100.0/24", domain="false.example")
    roll_up(storage)
    return storage


def action(storage: Storage) -> Action:
    with storage.reading() as session:
        return session.scalars(select(Action)).one()


def begun(storage: Storage, criteria: Criteria = FALSE) -> int:
    found = action(storage)
    with storage.writing() as session:
        up_to = invalidations.count(session, found.id, criteria).up_to
        return invalidations.begin(session, storage.vault, COMMAND_LINE, found, criteria, up_to, WHY, made.NOON).id


def steer(storage: Storage, act: object, invalidation_id: int) -> None:
    with storage.writing() as session:
        act(session, storage.vault, COMMAND_LINE, action(storage).id, invalidation_id, made.NOON)  # type: ignore[operator]


def steps(storage: Storage, most: int = 1_000, at_most: int = 1_000) -> int:
    """Work until there is nothing to do, or `at_most` batches; how many there were."""
    for n in range(at_most):
        with storage.writing() as session:
            if not invalidations.step(session, storage.vault, made.NOON, most):
                return n
    return at_most


def roll_up(storage: Storage) -> None:
    while True:
        with storage.writing() as session:
            if tallies.roll_up(session, 50_000) == 0:
                return


def public_count(storage: Storage) -> int:
    """What pages say, proven against the signatures."""
    roll_up(storage)
    with storage.writing() as session:
        assert tallies.reconcile(session) == 0
        confirmed = select(func.count()).select_from(Signature).where(Signature.status == SignatureStatus.CONFIRMED)
        told = tallies.counted(session, action(storage).id, None, made.NOON).count
        assert told == session.scalar(confirmed)
        return told


def out(storage: Storage, invalidation_id: int) -> tuple[InvalidationStatus, int]:
    with storage.reading() as session:
        found = invalidations.one(session, action(storage).id, invalidation_id)
        return found.status, found.done


@pytest.mark.databases
def test_one_of_ten_is_taken_out_cancelled_half_way_finished_and_put_back(storage: Storage) -> None:
    # Ten thousand of a hundred thousand with `--everything`: as many batches, each of as many.
    batch = sized(100, 1_000)
    with storage.writing() as session:
        made.action(session)
    crowd.sign(storage, 90 * batch, counted=True)
    crowd.sign(storage, 10 * batch, counted=True, country="RU")
    assert public_count(storage) == 100 * batch

    found = action(storage)
    with storage.reading() as session:
        counted = invalidations.count(session, found.id, FALSE)
    assert (counted.confirmed, counted.pending) == (10 * batch, 0)

    invalidation = begun(storage)
    assert public_count(storage) == 100 * batch
    steps(storage, most=batch, at_most=5)
    steer(storage, invalidations.cancel, invalidation)
    assert steps(storage) == 0
    assert out(storage, invalidation) == (InvalidationStatus.CANCELLED, 5 * batch)
    assert public_count(storage) == 95 * batch

    steer(storage, invalidations.go_on, invalidation)
    steps(storage, most=batch)
    assert out(storage, invalidation) == (InvalidationStatus.DONE, 10 * batch)
    assert public_count(storage) == 90 * batch

    steer(storage, invalidations.undo, invalidation)
    steps(storage, most=3 * batch, at_most=2)
    assert out(storage, invalidation) == (InvalidationStatus.UNDOING, 4 * batch)
    assert public_count(storage) == 96 * batch
    steps(storage, most=batch)
    assert out(storage, invalidation) == (InvalidationStatus.UNDONE, 0)
    assert public_count(storage) == 100 * batch


@pytest.mark.databases
@pytest.mark.parametrize(
    ("row", "criteria"),
    [
        ({"country": "RU"}, Criteria(country="RU")),
        ({"disclosure": Disclosure.WITHHELD}, Criteria(disclosure=Disclosure.WITHHELD)),
        ({"locale": "fr"}, Criteria(locale="fr")),
        ({"message": "buy this"}, Criteria(words=True)),
        ({"at": made.NOON + timedelta(hours=3)}, Criteria(since=made.NOON + timedelta(hours=3))),
        ({"at": made.NOON - timedelta(hours=3)}, Criteria(until=made.NOON)),
    ],
)
def test_each_criterion_meets_those_it_names_and_no_others(
    storage: Storage, row: dict[str, object], criteria: Criteria
) -> None:
    with storage.writing() as session:
        made.action(session)
    crowd.sign(storage, 3)
    crowd.sign(storage, 2, **row)
    with storage.reading() as session:
        assert invalidations.count(session, action(storage).id, criteria).confirmed == 2
        assert Criteria.read(criteria.as_json()) == criteria


def test_a_network_and_a_mail_domain_are_met_by_their_marks(signed: Storage) -> None:
    network = origins.network_mark(signed.vault, "198.51.100.0/24").hex()
    domain = origins.domain_mark(signed.vault, "False.Example").hex()
    with signed.reading() as session:
        for criteria in (Criteria(network=network), Criteria(domain=domain), Criteria(network=network, country="RU")):
            assert invalidations.count(session, action(signed).id, criteria).confirmed == 5
        assert invalidations.count(session, action(signed).id, Criteria(network=network, country="GB")).confirmed == 0


def test_nothing_in_common_is_no_reason_and_neither_is_none_given(signed: Storage) -> None:
    with signed.writing() as session:
        with pytest.raises(Refused):
            invalidations.count(session, action(signed).id, Criteria())
        with pytest.raises(Refused):
            invalidations.begin(session, signed.vault, COMMAND_LINE, action(signed), FALSE, 99, " ", made.NOON)
        with pytest.raises(Refused):
            invalidations.begin(session, signed.vault, COMMAND_LINE, action(signed), FALSE, 0, WHY, made.NOON)


@pytest.mark.parametrize("text", ["", "[]", '{"colour": "red"}', '{"network": "xyz"}', '{"since": 5}'])
def test_made_up_criteria_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        Criteria.read(text)


def test_who_signs_after_the_count_was_shown_is_left_alone(signed: Storage) -> None:
    invalidation = begun(signed)
    crowd.sign(signed, 1, country="RU")
    steps(signed)
    assert out(signed, invalidation) == (InvalidationStatus.DONE, 5)
    assert public_count(signed) == 8


def test_those_that_wait_for_their_confirmation_are_left_alone(signed: Storage) -> None:
    crowd.sign(signed, 4, country="RU", status=SignatureStatus.PENDING)
    with signed.reading() as session:
        assert invalidations.count(session, action(signed).id, FALSE).pending == 4
    begun(signed)
    steps(signed)
    with signed.reading() as session:
        pending = select(func.count()).select_from(Signature).where(Signature.status == SignatureStatus.PENDING)
        assert session.scalar(pending) == 4


@pytest.mark.databases
def test_undoing_puts_back_its_own_and_nothing_that_was_erased_meanwhile(signed: Storage) -> None:
    invalidation = begun(signed)
    steps(signed)
    with signed.writing() as session:
        erased = session.scalars(select(Signature.id).where(Signature.status == SignatureStatus.INVALID)).first()
        nothing = dict.fromkeys(("email", "email_hash", "seat", "name", "name_hash", "network_hash", "domain_hash"))
        gone = update(Signature).where(Signature.id == erased)
        session.execute(gone.values(status=SignatureStatus.ERASED, **nothing))
    steer(signed, invalidations.undo, invalidation)
    steps(signed)
    assert out(signed, invalidation) == (InvalidationStatus.UNDONE, 1)
    assert public_count(signed) == 11


def test_what_runs_is_not_undone_and_what_is_done_is_not_cancelled(signed: Storage) -> None:
    invalidation = begun(signed)
    with pytest.raises(Conflict):
        steer(signed, invalidations.undo, invalidation)
    steps(signed)
    for act in (invalidations.cancel, invalidations.go_on):
        with pytest.raises(Conflict):
            steer(signed, act, invalidation)
    steer(signed, invalidations.undo, invalidation)
    steps(signed)
    with pytest.raises(Conflict):
        steer(signed, invalidations.undo, invalidation)


def test_an_invalidation_is_found_under_its_own_action_alone(signed: Storage) -> None:
    with signed.reading() as session, pytest.raises(Unknown):
        invalidations.one(session, action(signed).id + 1, begun(signed))


@pytest.mark.databases
def test_another_invalidation_waits_for_its_turn_and_gets_it(signed: Storage) -> None:
    crowd.sign(signed, 3, country="KP")
    first, second = begun(signed), begun(signed, replace(FALSE, country="KP"))
    steps(signed)
    assert out(signed, first)[1] == 5
    assert out(signed, second) == (InvalidationStatus.DONE, 3)


def test_each_turn_is_in_the_trail_with_its_reason_and_no_name(signed: Storage) -> None:
    invalidation = begun(signed)
    steer(signed, invalidations.cancel, invalidation)
    steer(signed, invalidations.undo, invalidation)
    steps(signed)
    with signed.reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [it.what for it in events] == [
        "removal started",
        "removal cancelled",
        "removal undo started",
        "removal undone",
    ]
    assert events[0].reason == WHY
    assert not any("Ada" in (it.after or "") for it in events)


@pytest.mark.databases
def test_the_job_works_through_all_that_is_begun(signed: Storage, settings: Settings) -> None:
    crowd.sign(signed, 3, country="KP")
    first, second = begun(signed), begun(signed, replace(FALSE, country="KP"))
    assert Jobs(settings, signed).invalidate() == 2
    assert {out(signed, it)[0] for it in (first, second)} == {InvalidationStatus.DONE}
    assert Jobs(settings, signed).invalidate() == 0
