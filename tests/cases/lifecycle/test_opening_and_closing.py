"""An action's life: what stands in the way of opening it, and how it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from campaign.cases.lifecycle import opening_and_closing
from campaign.cases.places import NO_COUNTRY
from campaign.errors import Conflict, Refused, Unknown
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Shield
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
