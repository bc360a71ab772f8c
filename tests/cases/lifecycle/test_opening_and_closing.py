"""An action's life: what stands in the way of opening it, and how it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from campaign.cases.lifecycle import opening_and_closing
from campaign.cases.places import NO_COUNTRY
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Update
from campaign.vocabulary import ActionStatus, RecipientRole, Role, Shield, UpdateStatus
from tests import made

AHEAD = date(2025, 9, 15)


def status(storage: Storage) -> ActionStatus:
    with storage.reading() as session:
        return session.scalars(select(Action.status)).one()


def test_a_draft_is_opened_with_a_new_deadline(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT, deadline=date(2025, 1, 1))
    with storage.writing() as session:
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "renew-the-cards", AHEAD, made.NOON)
    assert status(storage) is ActionStatus.OPEN


def test_an_action_whose_deadline_has_passed_stays_a_draft_and_says_why(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT, deadline=date(2025, 1, 1))
    with pytest.raises(Refused, match=r"2025-01-01\) has passed"), storage.writing() as session:
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "renew-the-cards", None, made.NOON)
    assert status(storage) is ActionStatus.DRAFT


def test_everything_that_stands_in_the_way_is_said_at_once(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session, status=ActionStatus.DRAFT)
        action.deadline, action.recipients, action.case.country = None, [], NO_COUNTRY
        session.flush()
        found = opening_and_closing.obstacles(action, None, made.NOON)
    assert len(found) == 3
    assert any("no deadline" in it for it in found)
    assert any("no official" in it for it in found)
    assert any("country" in it for it in found)


@pytest.mark.databases
def test_opening_twice_is_refused(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with pytest.raises(Conflict, match="open"), storage.writing() as session:
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "renew-the-cards", AHEAD, made.NOON)


def test_an_unknown_action_is_named_in_the_refusal(storage: Storage) -> None:
    with pytest.raises(Unknown, match="no-such-action"), storage.writing() as session:
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "no-such-action", AHEAD, made.NOON)


@pytest.mark.parametrize("before", [ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.ARCHIVED])
def test_an_action_is_stopped_at_once_from_any_public_state(storage: Storage, before: ActionStatus) -> None:
    with storage.writing() as session:
        made.action(session, status=before)
    with storage.writing() as session:
        opening_and_closing.stop(session, "renew-the-cards", {"en": "Writing would do harm."}, made.NOON)
    assert status(storage) is ActionStatus.STOPPED


@pytest.mark.databases
def test_an_action_closes_by_itself_when_its_day_ends_where_the_case_is(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, deadline=AHEAD)
    midnight = datetime(2025, 9, 16, tzinfo=ZoneInfo("Asia/Karachi"))
    with storage.writing() as session:
        assert opening_and_closing.close_due(session, storage.vault, midnight - timedelta(seconds=1)) == 0
        assert opening_and_closing.close_due(session, storage.vault, midnight) == 1
        assert opening_and_closing.close_due(session, storage.vault, midnight) == 0
    assert status(storage) is ActionStatus.CLOSED


@pytest.mark.parametrize(
    ("shield", "closed"),
    [(Shield.PAUSE, 0), (Shield.NONE, 1), (Shield.PROOF_OF_WORK, 1)],
    ids=["paused", "open", "asked for a sum"],
)
def test_while_signing_is_paused_no_deadline_closes_the_action(storage: Storage, shield: Shield, closed: int) -> None:
    with storage.writing() as session:
        paused_at = made.NOON if shield is Shield.PAUSE else None
        made.action(session, deadline=AHEAD, shield=shield, paused_at=paused_at)
    days_later = datetime(2025, 9, 20, 12, tzinfo=ZoneInfo("Asia/Karachi"))
    with storage.writing() as session:
        assert opening_and_closing.close_due(session, storage.vault, days_later) == closed
    assert status(storage) is (ActionStatus.CLOSED if closed else ActionStatus.OPEN)


@pytest.mark.databases
def test_the_database_itself_refuses_a_public_action_without_a_deadline(storage: Storage) -> None:
    from sqlalchemy.exc import IntegrityError

    with storage.writing() as session:
        made.action(session)
    with pytest.raises(IntegrityError), storage.writing() as session:
        session.execute(update(Action).values(deadline=None))


REACHED = {
    "address": ["1 Sample Road"],
    "emails": ["minister@example.invalid"],
    "channels": {"fax": ["+92 51 555 0100"]},
}


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        ({}, []),
        ({"country": "ZZ"}, ["It has no country."]),
        ({"title": ""}, ["It has no title."]),
        ({"texts": []}, ["It has no title."]),
        ({"recipients": []}, ["It asks no official to act."]),
        ({"role": RecipientRole.COPY}, ["It asks no official to act."]),
        (
            {"reached": {"address": [], "emails": [], "channels": {"telephone": ["+92 51 555 0100"]}}},
            ["None of its officials can be reached by post, e-mail, fax or web form."],
        ),
        ({"reached": {**REACHED, "emails": [], "channels": {}}}, []),
        ({"reached": {**REACHED, "address": [], "channels": {}}}, []),
        ({"reached": {**REACHED, "address": [], "emails": []}}, []),
        ({"demands": []}, []),
        ({"letters": []}, []),
        ({"demands": [], "letters": []}, ["It has no demands and no sample letter."]),
    ],
)
def test_each_thing_that_is_lacking_is_named_and_nothing_else(
    storage: Storage, lacks: dict[str, Any], told: list[str]
) -> None:
    with storage.writing() as session:
        action = made.action(session, status=ActionStatus.DRAFT)
        action.case.country = lacks.get("country", "PK")
        english = action.texts[0]
        english.title, english.demands = lacks.get("title", "Renew the cards"), lacks.get("demands", ["Renew them."])
        action.recipients[0].role = lacks.get("role", RecipientRole.TO)
        for name, value in lacks.get("reached", {}).items():
            setattr(action.recipients[0].official, name, value)
        action.texts = lacks.get("texts", action.texts)
        action.letters = lacks.get("letters", action.letters)
        action.recipients = lacks.get("recipients", action.recipients)
        session.flush()
        assert [str(it) for it in opening_and_closing.obstacles(action, AHEAD, made.NOON)] == told


def test_the_last_second_of_the_deadline_is_still_ahead(storage: Storage) -> None:
    ends = datetime(2025, 9, 16, tzinfo=ZoneInfo("Asia/Karachi"))
    with storage.writing() as session:
        action = made.action(session, status=ActionStatus.DRAFT)
        assert opening_and_closing.obstacles(action, AHEAD, ends - timedelta(seconds=1)) == []
        (passed,) = opening_and_closing.obstacles(action, AHEAD, ends)
        assert str(passed) == "Its deadline (2025-09-15) has passed. Set a later one with --deadline YYYY-MM-DD."


@pytest.mark.parametrize("before", [ActionStatus.DRAFT, ActionStatus.IN_REVIEW])
def test_what_is_opened_has_its_deadline_its_hour_and_the_day_on_which_it_was_issued(
    storage: Storage, before: ActionStatus
) -> None:
    evening = datetime(2025, 8, 1, 20, 0, tzinfo=UTC)  # already the 2nd in Karachi
    with storage.writing() as session:
        made.action(session, status=before, deadline=date(2025, 1, 1), issued_on=None)
        opening_and_closing.publish(
            session, storage.vault, COMMAND_LINE, "renew-the-cards", AHEAD, evening, ["No picture"]
        )
    with storage.reading() as session:
        it = session.scalars(select(Action)).one()
        (event,) = session.scalars(select(AuditEvent)).all()
    assert (it.status, it.deadline, it.issued_on) == (ActionStatus.OPEN, AHEAD, date(2025, 8, 2))
    assert (it.opened_at, it.ended_at) == (evening, None)
    assert (event.what, event.action_id) == ("action opened", it.id)


def test_a_day_of_issue_that_is_known_is_kept_and_so_is_a_deadline_where_no_other_is_given(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT, deadline=AHEAD, issued_on=date(2025, 6, 17))
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "renew-the-cards", None, made.NOON)
    with storage.reading() as session:
        it = session.scalars(select(Action)).one()
    assert (it.deadline, it.issued_on) == (AHEAD, date(2025, 6, 17))


@pytest.mark.parametrize("before", [ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED])
def test_what_is_over_is_not_opened_by_publishing_it(storage: Storage, before: ActionStatus) -> None:
    with storage.writing() as session:
        made.action(session, status=before)
    with pytest.raises(Conflict, match="cannot be opened"), storage.writing() as session:
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "renew-the-cards", AHEAD, made.NOON)
    assert status(storage) is before


def test_a_discarded_draft_is_not_opened(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT, discarded_at=made.NOON)
    with pytest.raises(Conflict, match="discarded"), storage.writing() as session:
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "renew-the-cards", AHEAD, made.NOON)
    assert status(storage) is ActionStatus.DRAFT


@pytest.mark.parametrize(
    ("before", "shield", "after"),
    [
        (ActionStatus.OPEN, Shield.NONE, ActionStatus.CLOSED),
        (ActionStatus.OPEN, Shield.PAUSE, ActionStatus.OPEN),
        (ActionStatus.STOPPED, Shield.NONE, ActionStatus.STOPPED),
        (ActionStatus.ARCHIVED, Shield.NONE, ActionStatus.ARCHIVED),
    ],
)
def test_the_action_that_it_follows_closes_with_its_opening_unless_it_is_paused(
    storage: Storage, before: ActionStatus, shield: Shield, after: ActionStatus
) -> None:
    paused_at = made.NOON if shield is Shield.PAUSE else None
    with storage.writing() as session:
        old = made.action(session, "old", status=before, shield=shield, paused_at=paused_at)
        made.action(session, "new", status=ActionStatus.DRAFT, case=old.case, previous_id=old.id)
        opening_and_closing.publish(session, storage.vault, COMMAND_LINE, "new", AHEAD, made.NOON)
    with storage.reading() as session:
        assert session.scalars(select(Action.status).where(Action.slug == "old")).one() is after
        told = [(it.what, it.action_id) for it in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert len(told) == (2 if before is not after else 1)


def test_an_open_action_whose_case_has_gone_on_closes_at_the_next_look(storage: Storage) -> None:
    with storage.writing() as session:
        old = made.action(session, "old", deadline=AHEAD)
        made.action(session, "new", deadline=AHEAD, case=old.case, previous_id=old.id)
        assert opening_and_closing.close_due(session, storage.vault, made.NOON) == 1
    with storage.reading() as session:
        ended = session.execute(select(Action.status, Action.ended_at).order_by(Action.id)).all()
    assert [tuple(it) for it in ended] == [(ActionStatus.CLOSED, made.NOON), (ActionStatus.OPEN, None)]


def test_an_action_that_closes_by_itself_ended_with_its_day_however_late_it_is_noticed(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, deadline=AHEAD)
        opening_and_closing.close_due(session, storage.vault, datetime(2025, 9, 18, tzinfo=UTC))
    with storage.reading() as session:
        ended_at = session.scalars(select(Action.ended_at)).one()
    assert ended_at == datetime(2025, 9, 16, tzinfo=ZoneInfo("Asia/Karachi"))


@pytest.mark.parametrize("before", [ActionStatus.DRAFT, ActionStatus.IN_REVIEW])
def test_what_nobody_has_seen_is_not_stopped(storage: Storage, before: ActionStatus) -> None:
    with storage.writing() as session:
        made.action(session, status=before)
    with pytest.raises(Conflict, match="never public"), storage.writing() as session:
        opening_and_closing.stop(session, "renew-the-cards", {}, made.NOON)
    assert status(storage) is before


@pytest.mark.parametrize(
    ("before", "reason"), [(ActionStatus.STOPPED, None), (ActionStatus.ARCHIVED, {"en": "It would do harm."})]
)
def test_what_was_stopped_keeps_its_reason_and_its_hour(
    storage: Storage, before: ActionStatus, reason: dict[str, str] | None
) -> None:
    with storage.writing() as session:
        made.action(session, status=before, stop_reason=reason)
    with pytest.raises(Conflict, match="already stopped"), storage.writing() as session:
        opening_and_closing.stop(session, "renew-the-cards", {"en": "Again."}, made.NOON)
    with storage.reading() as session:
        it = session.scalars(select(Action)).one()
    assert (it.status, it.stop_reason) == (before, reason)


def test_a_stop_cancels_the_updates_of_this_action_that_are_on_their_way_and_no_other(storage: Storage) -> None:
    with storage.writing() as session:
        who = organisers.add(
            session, storage.vault, COMMAND_LINE, Invitee("Ada", "ada@office.example", Role.EDITOR), made.NOON
        )
        stopped, other = made.action(session, "stopped"), made.action(session, "other")
        for action, at in (
            (stopped, UpdateStatus.QUEUED),
            (stopped, UpdateStatus.DRAFT),
            (stopped, UpdateStatus.SENT),
            (other, UpdateStatus.QUEUED),
        ):
            sent = {"queued_at": made.NOON} if at is not UpdateStatus.DRAFT else {}
            session.add(Update(action_id=action.id, organiser_id=who.id, status=at, created_at=made.NOON, **sent))
        session.flush()
        it = opening_and_closing.stop(session, "stopped", {"en": "It would do harm."}, made.NOON)
        assert (it.status, it.ended_at, it.stop_reason) == (
            ActionStatus.STOPPED,
            made.NOON,
            {"en": "It would do harm."},
        )
    with storage.reading() as session:
        assert session.scalars(select(Update.status).order_by(Update.id)).all() == [
            UpdateStatus.CANCELLED,
            UpdateStatus.DRAFT,
            UpdateStatus.SENT,
            UpdateStatus.QUEUED,
        ]


def test_an_open_action_is_closed_early_and_no_other(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        opening_and_closing.close(session, storage.vault, COMMAND_LINE, "renew-the-cards", made.NOON)
        it = session.scalars(select(Action)).one()
        assert (it.status, it.ended_at) == (ActionStatus.CLOSED, made.NOON)
        assert session.scalars(select(AuditEvent.what)).all() == ["action closed"]
    with pytest.raises(Conflict, match="Only an open action"), storage.writing() as session:
        opening_and_closing.close(session, storage.vault, COMMAND_LINE, "renew-the-cards", made.NOON)
