"""The shield: a sum is asked for, done once and good once; a pause gives back the days it took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from altcha import Challenge, Payload, solve_challenge
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.abuse import form_protection
from campaign.errors import Conflict, Refused
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Extension
from campaign.vocabulary import ActionStatus, Shield
from tests import made
from tests.conftest import SECRET_KEY

SLUG = "renew-the-cards"
DEADLINE = date(2025, 9, 15)


@pytest.fixture(autouse=True)
def small_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums as they are asked of browsers would keep a test busy for a second each."""
    monkeypatch.setattr(form_protection, "LEAST", 10)
    monkeypatch.setattr(form_protection, "MOST", 200)


@pytest.fixture
def place(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session, deadline=DEADLINE)
    return storage


def solved(slug: str = SLUG, now: datetime | None = None, secret: str = SECRET_KEY) -> str:
    challenge = Challenge.from_dict(form_protection.challenge(secret, slug, now or clock.now()))
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


def let_through(storage: Storage, level: Shield, proof: str | None, now: datetime | None = None) -> None:
    with storage.writing() as session:
        form_protection.checked(session, storage.vault, SECRET_KEY, level, SLUG, proof, now or clock.now())


def put_up(storage: Storage, level: Shield, now: datetime = made.NOON) -> form_protection.Lifted:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        return form_protection.set_protection(
            session, storage.vault, COMMAND_LINE, action, level, "a flood of robots", now
        )


def stored(storage: Storage) -> Action:
    with storage.reading() as session:
        return session.scalars(select(Action)).one()


def test_without_a_shield_nothing_is_asked(place: Storage) -> None:
    let_through(place, Shield.NONE, None)


@pytest.mark.databases
def test_a_sum_that_was_done_lets_one_signature_through_and_no_second(place: Storage) -> None:
    proof = solved()
    let_through(place, Shield.PROOF_OF_WORK, proof)
    with pytest.raises(Refused):
        let_through(place, Shield.PROOF_OF_WORK, proof)


def test_a_signature_that_is_refused_for_another_reason_does_not_use_its_sum_up(place: Storage) -> None:
    proof = solved()
    with pytest.raises(RuntimeError), place.writing() as session:
        form_protection.checked(session, place.vault, SECRET_KEY, Shield.PROOF_OF_WORK, SLUG, proof, clock.now())
        raise RuntimeError("the form had a mistake in it")
    let_through(place, Shield.PROOF_OF_WORK, proof)


@pytest.mark.parametrize(
    "proof",
    [
        lambda: None,
        lambda: "",
        lambda: "made up",
        lambda: "e30=",
        lambda: "x" * 10_000,
        lambda: solved(slug="another-action"),
        lambda: solved(secret="another installation's key, just as long"),
        lambda: solved(now=clock.now() - timedelta(hours=2)),
    ],
)
def test_nothing_else_does(place: Storage, proof: Callable[[], str | None]) -> None:
    with pytest.raises(Refused):
        let_through(place, Shield.PROOF_OF_WORK, proof())


def test_a_sum_is_over_after_its_hour(place: Storage) -> None:
    with pytest.raises(Refused):
        let_through(place, Shield.PROOF_OF_WORK, solved(), clock.now() + timedelta(minutes=61))


def test_while_signing_is_paused_nobody_signs(place: Storage) -> None:
    with pytest.raises(Refused, match="paused"):
        let_through(place, Shield.PAUSE, solved())


def test_a_pause_gives_back_the_days_it_took_for_readers_to_see(place: Storage) -> None:
    put_up(place, Shield.PAUSE)
    assert stored(place).paused_at == made.NOON
    lifted = put_up(place, Shield.NONE, made.NOON + timedelta(days=2, hours=1))
    assert (lifted.was, lifted.becomes) == (DEADLINE, DEADLINE + timedelta(days=3))
    action = stored(place)
    assert (action.deadline, action.shield, action.paused_at) == (lifted.becomes, Shield.NONE, None)
    with place.reading() as session:
        extension = session.scalars(select(Extension)).one()
    assert (extension.was, extension.becomes) == (lifted.was, lifted.becomes)
    assert {"en", "ur"} <= set(extension.reason) and extension.reason["ur"] != extension.reason["en"]


def test_an_action_that_its_deadline_closed_during_the_pause_opens_again(place: Storage) -> None:
    put_up(place, Shield.PAUSE, datetime(2025, 9, 14, 12, tzinfo=made.NOON.tzinfo))
    ended = datetime(2025, 9, 15, 19, tzinfo=made.NOON.tzinfo)
    with place.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=ended))
    put_up(place, Shield.PROOF_OF_WORK, datetime(2025, 9, 18, 12, tzinfo=made.NOON.tzinfo))
    action = stored(place)
    assert (action.status, action.deadline, action.ended_at) == (ActionStatus.OPEN, date(2025, 9, 19), None)


@pytest.mark.parametrize(
    ("status", "ended_at"),
    [(ActionStatus.STOPPED, made.NOON + timedelta(days=1)), (ActionStatus.CLOSED, made.NOON - timedelta(days=1))],
)
def test_an_action_that_someone_ended_does_not(place: Storage, status: ActionStatus, ended_at: datetime) -> None:
    put_up(place, Shield.PAUSE)
    with place.writing() as session:
        session.execute(update(Action).values(status=status, ended_at=ended_at))
    put_up(place, Shield.NONE, made.NOON + timedelta(days=2))
    assert (stored(place).status, stored(place).deadline) == (status, DEADLINE)


def test_the_shield_is_changed_with_a_reason_and_it_is_in_the_trail(place: Storage) -> None:
    with pytest.raises(Refused), place.writing() as session:
        action = session.scalars(select(Action)).one()
        form_protection.set_protection(session, place.vault, COMMAND_LINE, action, Shield.PAUSE, " ", made.NOON)
    put_up(place, Shield.PROOF_OF_WORK)
    with pytest.raises(Conflict):
        put_up(place, Shield.PROOF_OF_WORK)
    with place.reading() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.what, event.reason) == ("protection changed", "a flood of robots")


@pytest.mark.databases
def test_two_who_change_the_shield_at_once_do_not_both_win(place: Storage) -> None:
    with place.reading() as session:
        stale = session.scalars(select(Action)).one()
        _ = stale.case.time_zone, stale.texts
    put_up(place, Shield.PAUSE)
    with pytest.raises(Conflict), place.writing() as session:
        form_protection.set_protection(
            session, place.vault, COMMAND_LINE, stale, Shield.PROOF_OF_WORK, "robots", made.NOON
        )
