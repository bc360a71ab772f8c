"""Tasks: what is to be done by a day at the office, who has it, and where it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.cases.lifecycle import discarding
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.office import agenda, digest, organisers, ownership, tasks
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.due_dates import Duty
from campaign.office.organisers import Invitee
from campaign.office.tasks import Wanted
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Organisation, Task, Watcher
from campaign.vocabulary import ActionStatus, Role
from tests import made

pytestmark = pytest.mark.databases

SLUG = "renew-the-cards"
NOON, TODAY = made.NOON, made.NOON.date()  # Friday 1 August 2025, in London
EVE, ROB, VIC = Actor(1, "Eve"), Actor(2, "Rob"), Actor(3, "Vic")


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Eve, an editor, owns the action; Rob reviews; Vic only looks. Nothing else is due for months."""
    with storage.writing() as session:
        for name, role in (("Eve", Role.EDITOR), ("Rob", Role.REVIEWER), ("Vic", Role.VIEWER)):
            who = Invitee(name, f"{name.lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, NOON).password = "chosen"
        action = made.action(session, SLUG, TODAY + timedelta(days=90), owner_id=1)
        action.case.events = []
    return storage


def add(storage: Storage, what: str, days: int, who: int | None = None) -> int:
    with storage.writing() as session:
        wanted = Wanted(what, TODAY + timedelta(days=days), who)
        return tasks.add(session, storage.vault, EVE, SLUG, wanted, NOON)


def listed(storage: Storage) -> list[tuple[str, int, str | None, bool]]:
    with storage.reading() as session:
        found = tasks.of_action(session, session.scalars(select(Action.id)).one(), NOON)
    return [(it.what, it.days, it.who, it.done) for it in found]


def test_what_is_to_be_done_comes_first_by_day_and_what_is_done_last(staffed: Storage) -> None:
    add(staffed, "Later", 5)
    done = add(staffed, "Over", 1)
    add(staffed, "Late", -2, 2)
    with staffed.writing() as session:
        tasks.set_done(session, staffed.vault, EVE, SLUG, done, True, NOON)
    assert listed(staffed) == [("Late", -2, "Rob", False), ("Later", 5, None, False), ("Over", 1, None, True)]


def test_the_trail_says_who_did_what_and_never_what_the_task_was(staffed: Storage) -> None:
    number = add(staffed, "Ring the family", 1, 2)
    with staffed.writing() as session:
        there = (session, staffed.vault, EVE, SLUG, number)
        tasks.change(*there, Wanted("Ring the lawyer", date(2025, 8, 4), 2), NOON)
        tasks.set_done(*there, True, NOON)
        tasks.set_done(*there, True, NOON)
        tasks.set_done(*there, False, NOON)
        tasks.remove(*there, NOON)
    with staffed.reading() as session:
        told = session.execute(
            select(AuditEvent.what, AuditEvent.before, AuditEvent.after)
            .where(AuditEvent.object_kind == "task")
            .order_by(AuditEvent.id)
        ).all()
    assert [tuple(it) for it in told] == [
        ("task added", None, '{"due": "2025-08-02", "who": "Rob"}'),
        ("task changed", '{"due": "2025-08-02"}', '{"due": "2025-08-04"}'),
        ("task done", None, None),
        ("task reopened", None, None),
        ("task removed", '{"due": "2025-08-04", "who": "Rob"}', None),
    ]
    assert listed(staffed) == []


@pytest.mark.parametrize(("who", "allowed"), [(EVE, True), (ROB, True), (VIC, False), (COMMAND_LINE, False)])
def test_who_may_edit_or_has_it_marks_it_as_done_and_nobody_else(staffed: Storage, who: Actor, allowed: bool) -> None:
    number = add(staffed, "Read the letter", 0, 2)
    with staffed.writing() as session:
        if allowed:
            tasks.set_done(session, staffed.vault, who, SLUG, number, True, NOON)
        else:
            with pytest.raises(Forbidden):
                tasks.set_done(session, staffed.vault, who, SLUG, number, True, NOON)
    assert [it[3] for it in listed(staffed)] == [allowed]


@pytest.mark.parametrize(
    "wanted", [Wanted("", TODAY), Wanted("x" * 201, TODAY), Wanted("Call", None), Wanted("Call", TODAY, 99)]
)
def test_a_task_has_words_a_day_and_somebody_who_works_here(staffed: Storage, wanted: Wanted) -> None:
    with pytest.raises(Refused), staffed.writing() as session:
        tasks.add(session, staffed.vault, EVE, SLUG, wanted, NOON)
    assert listed(staffed) == []


def test_a_task_of_another_action_is_not_found_there(staffed: Storage) -> None:
    number = add(staffed, "Call", 0)
    with staffed.writing() as session:
        made.action(session, "another")
        with pytest.raises(Unknown):
            tasks.remove(session, staffed.vault, EVE, "another", number, NOON)


def test_it_is_late_by_the_day_of_the_office(staffed: Storage) -> None:
    add(staffed, "Call", 0)
    with staffed.writing() as session:
        session.execute(update(Organisation).values(time_zone="Pacific/Auckland"))
    with staffed.reading() as session:
        assert tasks.today_at_office(session, datetime(2025, 8, 1, 13, 0, tzinfo=UTC)) == date(2025, 8, 2)
    assert listed(staffed)[0][1] == -1  # midnight has just passed there


def test_it_is_told_to_who_has_it_and_to_nobody_else(staffed: Storage) -> None:
    add(staffed, "For Rob", 0, 2)
    add(staffed, "For the owner", -1)
    add(staffed, "In two days", 2, 2)

    def told(organiser_id: int) -> list[str]:
        with staffed.reading() as session:
            found = digest.digest(session, NOON, organiser_id)
        assert (found.late, found.soon) == ((), ())
        return [it.caption for it in found.mine]

    assert (told(1), told(2), told(3)) == (["For the owner"], ["For Rob"], [])
    with staffed.writing() as session:
        assert digest.owe(session, NOON) == 2


def test_what_is_ones_own_comes_first_in_the_digest(staffed: Storage) -> None:
    with staffed.writing() as session:
        session.execute(update(Action).values(deadline=TODAY + timedelta(days=3)))
        other = made.action(session, "another", TODAY + timedelta(days=1))
        other.case.events = []
        ownership.watch(session, staffed.vault, VIC, SLUG, 3, NOON)
    for organiser_id, own, rest in ((1, [SLUG], ["another"]), (2, [], ["another", SLUG]), (3, [SLUG], ["another"])):
        with staffed.reading() as session:
            found = digest.digest(session, NOON, organiser_id)
        assert [it.slug for it in found.mine] == own
        assert [it.slug for it in found.soon] == rest
        assert (found.overdue, found.coming) == (0, 2)


def test_nothing_is_left_to_do_in_what_is_put_away_and_nothing_of_what_was_deleted(staffed: Storage) -> None:
    add(staffed, "Call", 0)
    with staffed.writing() as session:
        assert [*tasks.pressing(session, TODAY).values()] == [(tasks.Pressing("Call", TODAY),)]
        assert tasks.pressing(session, TODAY - timedelta(days=1)) == {}
        session.execute(update(Action).values(status=ActionStatus.ARCHIVED))
        assert tasks.pressing(session, TODAY) == {}
        session.execute(update(Action).values(status=ActionStatus.DRAFT))
        ownership.watch(session, staffed.vault, EVE, SLUG, 1, NOON)
        discarding.discard(session, staffed.vault, EVE, SLUG, NOON)
    with staffed.writing() as session:
        assert tasks.pressing(session, TODAY) == {}
        with pytest.raises(Conflict):
            tasks.add(session, staffed.vault, EVE, SLUG, Wanted("Call", TODAY), NOON)
        assert discarding.empty_old(session, NOON + timedelta(days=30)) == 1
        assert session.scalars(select(Task)).all() == session.scalars(select(Watcher)).all() == []
        assert session.scalars(select(Action.owner_id)).one() is None


def test_the_agenda_has_seven_days_each_with_what_is_due_on_it(staffed: Storage) -> None:
    add(staffed, "Call", 0, 2)
    add(staffed, "Write", 6)
    add(staffed, "Too late for it", 7)
    add(staffed, "Overdue", -1)
    with staffed.writing() as session:
        soon = made.action(session, "soon", TODAY + timedelta(days=2), owner_id=1)
        soon.case.events = soon.case.events[1:]
        soon.case.events[0].on = TODAY
        opens = made.action(
            session, "opens", TODAY + timedelta(days=60), ActionStatus.IN_REVIEW, approved_at=NOON,
            opens_at=datetime(2025, 8, 3, 23, 30, tzinfo=UTC),
        )  # fmt: skip
        opens.case.events = []
    with staffed.reading() as session:
        week = agenda.week(session, NOON)
    assert [it.on.day for it in week.days] == [1, 2, 3, 4, 5, 6, 7]
    told = {it.on.day: [(due.duty, due.slug, due.who) for due in it.items] for it in week.days if it.items}
    assert told == {
        1: [(Duty.THREAT, "soon", None), (Duty.TASK, SLUG, "Rob")],
        3: [(Duty.APPEALS, "soon", "Eve")],
        4: [(Duty.OPENING, "opens", None)],  # half past midnight in London
        7: [(Duty.TASK, SLUG, "Eve")],
    }
    assert (week.overdue, week.zone) == (1, "Europe/London")
