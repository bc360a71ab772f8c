"""Updates that go out by themselves: at their time, once, by the rules of sending by hand; or held back, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign import owed
from campaign.appeals.mails import update_mails
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.cases import planned_updates, updates
from campaign.cases.lifecycle import transitions
from campaign.cases.updates import News
from campaign.errors import Conflict, Forbidden, Refused
from campaign.office import agenda, digest, organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.due_dates import Duty
from campaign.office.next_steps import Need
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import (
    AuditEvent,
    Case,
    CaseReader,
    Figure,
    Message,
    Organisation,
    Organiser,
    Signature,
    Update,
)
from campaign.vocabulary import MessageKind, Role, UpdateStatus
from tests import made

pytestmark = pytest.mark.databases

SLUG, NOON = "renew-the-cards", made.NOON  # Friday 1 August 2025, one o'clock in London
MONDAY = datetime(2025, 8, 4, 7, 30, tzinfo=UTC)
EVE, ROB, VIC = Actor(1, "Eve"), Actor(2, "Rob"), Actor(3, "Vic")
TEXT = {"en": News("The cards are renewed", "Half of **((holders))**.")}


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Eve, an editor, and Rob, who reviews; one open action that Ada signed, asking for updates."""
    with storage.writing() as session:
        for name, role in (("Eve", Role.EDITOR), ("Rob", Role.REVIEWER), ("Vic", Role.VIEWER)):
            who = Invitee(name, f"{name.lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, NOON).password = "chosen"
        action = made.action(session, SLUG, date(2025, 10, 1))
        action.case.events = []
        session.execute(update(Organisation).values(review_required=False))
        sign(session, storage.vault, SLUG, made.wish(updates=True), NOON)
        confirming.confirm(session, storage.vault, session.scalars(select(Signature.reference)).one(), NOON)
    return storage


def two_people(storage: Storage) -> None:
    with storage.writing() as session:
        session.execute(update(Organisation).values(review_required=True))


def written(storage: Storage, by: Actor = EVE) -> int:
    with storage.writing() as session:
        draft = updates.begin(session, storage.vault, by, SLUG, NOON)
        updates.write(session, storage.vault, by, draft.id, TEXT, {}, NOON)
        return draft.id


def plan(storage: Storage, update_id: int, by: Actor = EVE, at: datetime = MONDAY) -> None:
    with storage.writing() as session:
        planned_updates.plan(session, storage.vault, by, update_id, at, NOON)


def swept(storage: Storage, now: datetime) -> list[bool]:
    """What the worker does: each update whose time has come."""
    with storage.reading() as session:
        due = planned_updates.due(session, now)
    sent = []
    for update_id in due:
        with storage.writing() as session:
            sent.append(planned_updates.send_due(session, storage.vault, update_id, now))
    with storage.writing() as session:
        while update_mails.enqueue_updates(session, now):
            pass
    return sent


def state(storage: Storage) -> Update:
    with storage.reading() as session:
        return session.scalars(select(Update)).one()


def mails(storage: Storage) -> int:
    with storage.reading() as session:
        return len(session.scalars(select(Message.id).where(Message.kind == MessageKind.UPDATE)).all())


def trail(storage: Storage) -> list[tuple[str, str, str | None]]:
    with storage.reading() as session:
        rows = session.execute(
            select(AuditEvent.who, AuditEvent.what, AuditEvent.reason)
            .where(AuditEvent.object_kind == "update")
            .order_by(AuditEvent.id)
        ).all()
    return [(it.who, it.what, it.reason) for it in rows]


def test_it_goes_at_its_time_and_once(staffed: Storage) -> None:
    plan(staffed, written(staffed))
    with staffed.reading() as session:
        assert not session.scalar(select(planned_updates.owed(MONDAY - timedelta(seconds=1))))
        assert "spread" in owed.sweeps(session, MONDAY)
    assert swept(staffed, MONDAY - timedelta(seconds=1)) == []
    assert mails(staffed) == 0
    assert swept(staffed, MONDAY) == [True]
    assert swept(staffed, MONDAY) == []
    assert mails(staffed) == 1
    assert (state(staffed).status, state(staffed).queued_at, state(staffed).send_at) == (
        UpdateStatus.QUEUED, MONDAY, None,
    )  # fmt: skip
    assert trail(staffed)[-2:] == [("Eve", "update planned", None), ("schedule", "update queued", None)]


def test_two_workers_that_take_up_the_same_one_send_it_once(staffed: Storage) -> None:
    update_id = written(staffed)
    plan(staffed, update_id)
    for expected in (True, False):
        with staffed.writing() as session:
            assert planned_updates.send_due(session, staffed.vault, update_id, MONDAY) is expected


def test_until_then_it_is_changed_moved_taken_back_or_sent_at_once(staffed: Storage) -> None:
    update_id = written(staffed)
    plan(staffed, update_id)
    with staffed.writing() as session:
        seal = {"en": TEXT["en"].edit_token}
        updates.write(session, staffed.vault, EVE, update_id, {"en": News("Other words", "So.")}, seal, NOON)
    assert state(staffed).send_at == MONDAY
    plan(staffed, update_id, at=MONDAY + timedelta(hours=1))
    assert swept(staffed, MONDAY) == []
    with staffed.writing() as session:
        planned_updates.plan_no_more(session, staffed.vault, EVE, update_id, NOON)
    with pytest.raises(Conflict, match="not planned"), staffed.writing() as session:
        planned_updates.plan_no_more(session, staffed.vault, EVE, update_id, NOON)
    assert swept(staffed, MONDAY + timedelta(hours=2)) == []
    plan(staffed, update_id)
    with staffed.writing() as session:
        updates.queue(session, staffed.vault, EVE, update_id, NOON)
    assert swept(staffed, MONDAY) == []
    assert mails(staffed) == 1


def test_what_was_cancelled_does_not_go(staffed: Storage) -> None:
    update_id = written(staffed)
    plan(staffed, update_id)
    with staffed.writing() as session:
        updates.cancel(session, staffed.vault, EVE, update_id, NOON)
    assert swept(staffed, MONDAY) == []
    with pytest.raises(Conflict):
        plan(staffed, update_id)


def test_a_time_that_has_passed_and_what_could_not_be_sent_are_refused(staffed: Storage) -> None:
    update_id = written(staffed)
    with pytest.raises(Refused, match="This time has passed"):
        plan(staffed, update_id, at=NOON)
    with staffed.writing() as session:
        empty = updates.begin(session, staffed.vault, EVE, SLUG, NOON).id
    with pytest.raises(Refused, match="The English text is empty"):
        plan(staffed, empty)


def test_of_an_action_that_was_stopped_it_is_held_back_and_says_why(staffed: Storage) -> None:
    plan(staffed, written(staffed))
    with staffed.writing() as session:
        transitions.stop(session, staffed.vault, EVE, SLUG, {"en": "The family asks for silence."}, NOON)
    assert swept(staffed, MONDAY) == [False]
    assert swept(staffed, MONDAY) == []
    found = state(staffed)
    assert (found.status, found.send_at, found.held_at) == (UpdateStatus.DRAFT, None, MONDAY)
    assert found.held_why == "Its action is not public, or was stopped."
    assert found.held_for == '[["not_public", {}]]'
    assert trail(staffed)[-1] == ("schedule", "update held back", "Its action is not public, or was stopped.")
    assert mails(staffed) == 0


def test_one_that_was_held_back_waits_on_the_board_until_somebody_decides(staffed: Storage) -> None:
    update_id = written(staffed)
    plan(staffed, update_id)
    with staffed.writing() as session:
        session.execute(update(Figure).values(quoted=False))
    assert swept(staffed, MONDAY) == [False]
    assert state(staffed).held_why == "The English text uses ((holders)), which has no value."
    with staffed.reading() as session:
        ((_action, (flag,)),) = planned_updates.flags(session).items()
    assert (flag.need, flag.words, flag.on) == (Need.UPDATE, "A planned update was not sent", date(2025, 8, 4))
    with staffed.writing() as session:
        session.execute(update(Figure).where(Figure.id == 1).values(quoted=True))
    plan(staffed, update_id, at=MONDAY + timedelta(days=1))
    with staffed.reading() as session:
        assert planned_updates.flags(session) == {}
    assert swept(staffed, MONDAY + timedelta(days=1)) == [True]


def test_where_a_second_person_looks_first_the_writer_does_not_plan_it(staffed: Storage) -> None:
    two_people(staffed)
    update_id = written(staffed)
    with pytest.raises(Forbidden, match="someone else must read it"):
        plan(staffed, update_id)
    plan(staffed, update_id, by=ROB)
    assert swept(staffed, MONDAY) == [True]


def test_what_changes_after_a_second_person_read_it_must_be_read_again(staffed: Storage) -> None:
    two_people(staffed)
    update_id = written(staffed)
    plan(staffed, update_id, by=ROB)
    with staffed.writing() as session:
        seal = {"en": TEXT["en"].edit_token}
        updates.write(session, staffed.vault, EVE, update_id, TEXT, seal, NOON)  # nothing is different
    assert state(staffed).send_at == MONDAY
    with staffed.writing() as session:
        updates.write(session, staffed.vault, EVE, update_id, {"en": News("Other", "Words.")}, seal, NOON)
    assert state(staffed).send_at is None
    assert swept(staffed, MONDAY) == []
    assert trail(staffed)[-1] == ("Eve", "update no longer planned", None)


def test_whoever_decides_has_read_what_there_is(staffed: Storage) -> None:
    update_id = written(staffed)
    with staffed.reading() as session:
        seen = updates.mark(updates.held(session, update_id)[0])
    with staffed.writing() as session:
        seal = {"en": TEXT["en"].edit_token}
        updates.write(session, staffed.vault, EVE, update_id, {"en": News("Other", "Words.")}, seal, NOON)
    with pytest.raises(Conflict, match="Read it again"), staffed.writing() as session:
        planned_updates.plan(session, staffed.vault, ROB, update_id, MONDAY, NOON, seen=seen)
    with pytest.raises(Conflict, match="Read it again"), staffed.writing() as session:
        updates.queue(session, staffed.vault, ROB, update_id, NOON, seen=seen)


def test_a_rule_that_came_later_holds_it_back(staffed: Storage) -> None:
    plan(staffed, written(staffed))
    two_people(staffed)
    assert swept(staffed, MONDAY) == [False]
    assert state(staffed).held_why == "Nobody but its writer has read it."


def test_who_may_send_no_more_sends_nothing_by_a_plan_either(staffed: Storage) -> None:
    plan(staffed, written(staffed))
    with staffed.writing() as session:
        session.execute(update(Organiser).where(Organiser.id == 1).values(role=Role.VIEWER))
    assert swept(staffed, MONDAY) == [False]
    assert state(staffed).held_why == "Whoever planned it may not send updates any more."


def test_the_agenda_has_it_on_its_day_at_the_office(staffed: Storage) -> None:
    plan(staffed, written(staffed), at=datetime(2025, 8, 3, 23, 30, tzinfo=UTC))
    with staffed.reading() as session:
        week = agenda.week(session, NOON)
    told = {it.on.day: [(due.duty, due.slug, due.who) for due in it.items] for it in week.days if it.items}
    assert told == {4: [(Duty.UPDATE, SLUG, "Eve")]}  # half past midnight in London
    with staffed.writing() as session:
        transitions.stop(session, staffed.vault, EVE, SLUG, {"en": "The family asks for silence."}, NOON)
    with staffed.reading() as session:
        assert not any(it.items for it in agenda.week(session, NOON).days)


def told(storage: Storage, organiser_id: int) -> tuple[list[Duty], list[Duty]]:
    """(what is theirs, the rest) of updates in somebody's daily e-mail, as they may see it."""
    with storage.seen_by(organiser_id).reading() as session:
        found = digest.digest(session, NOON, organiser_id)
    return [it.duty for it in found.mine], [it.duty for it in (*found.late, *found.soon)]


def test_the_daily_e_mail_has_it_beforehand_and_among_what_is_ones_own(staffed: Storage) -> None:
    plan(staffed, written(staffed), at=datetime(2025, 8, 4, 12, 0, tzinfo=UTC))  # in three days
    assert told(staffed, 1) == ([Duty.UPDATE], [])  # Eve worked on it
    assert told(staffed, 3) == ([], [Duty.UPDATE])


def test_one_whose_time_has_just_passed_is_nobody_s_delay(staffed: Storage) -> None:
    plan(staffed, written(staffed))
    with staffed.reading() as session:
        found = digest.digest(session, MONDAY + timedelta(days=2), 1)
        week = agenda.week(session, MONDAY + timedelta(days=2))
    assert found.empty
    assert week.overdue == 0


def test_of_a_sensitive_case_it_is_told_to_who_is_named_alone(staffed: Storage) -> None:
    plan(staffed, written(staffed), at=datetime(2025, 8, 4, 12, 0, tzinfo=UTC))
    with staffed.writing() as session:
        case = session.scalars(select(Case)).one()
        case.sensitive_since = NOON
        session.add(CaseReader(case_id=case.id, organiser_id=1, added_at=NOON))
    assert told(staffed, 1) == ([Duty.UPDATE], [])
    assert told(staffed, 3) == ([], [])
