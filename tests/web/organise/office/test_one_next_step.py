"""The next step is one rule: the board, the action's own page and the daily mail say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.office import due_dates
from campaign.office.next_steps import SAID, Step
from campaign.storage.tables import Action, Organiser, Tally
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk, address

NOON = made.NOON
DAY = NOON.date()


@pytest.fixture(autouse=True)
def first_of_august(staffed: Site, hour: Hour) -> None:
    hour.becomes(NOON)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.ARCHIVED))


@pytest.mark.parametrize(
    ("status", "days", "mine", "step"),
    [
        (ActionStatus.IN_REVIEW, 20, True, Step.AWAIT),
        (ActionStatus.IN_REVIEW, 20, False, Step.REVIEW),
        (ActionStatus.DRAFT, -2, False, Step.MOVE_DEADLINE),
        (ActionStatus.CLOSED, -3, False, Step.DOSSIER),
        (ActionStatus.OPEN, 2, False, Step.EXTEND),
    ],
)
def test_board_overview_and_digest_agree(
    desk: Callable[..., Desk], staffed: Site, status: ActionStatus, days: int, mine: bool, step: Step
) -> None:
    with staffed.storage.writing() as session:
        me = session.scalars(select(Organiser.id).where(Organiser.email == address(Role.EDITOR))).one()
        other = session.scalars(select(Organiser.id).where(Organiser.email == address(Role.ADMIN))).one()
        action = made.action(session, "the-one", deadline=DAY + timedelta(days=days), status=status)
        action.issued_on = DAY - timedelta(days=30)
        action.case.events, action.case.figures = [], action.case.figures[:1]
        if status is ActionStatus.IN_REVIEW:
            action.submitted_by_id, action.submitted_at = (me if mine else other), NOON
        session.flush()
        session.add(Tally(action_id=action.id, day=DAY - timedelta(days=10), country="GB", count=4))
    who = desk(Role.EDITOR)
    board = who.read("/organise/").text
    overview = who.read("/organise/actions/the-one").text
    assert SAID[step] in board
    assert f"Next: {SAID[step]}" in " ".join(overview.split())
    with staffed.storage.reading() as session:
        due = next(it for it in due_dates.all_due(session, NOON) if it.slug == "the-one")
        assert due.next_for(me) is step
