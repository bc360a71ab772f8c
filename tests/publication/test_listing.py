"""Lists of public actions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from campaign import clock
from campaign.publication.listing import open_actions, past_actions
from campaign.storage import Storage
from campaign.vocabulary import ActionStatus
from tests import made


@pytest.mark.databases
def test_the_list_begins_with_the_nearest_deadline_and_leaves_out_what_is_stopped(storage: Storage) -> None:
    today = clock.now().date()
    with storage.writing() as session:
        made.action(session, "later", deadline=today + timedelta(days=20))
        made.action(session, "sooner", deadline=today + timedelta(days=5))
        made.action(session, "stopped", status=ActionStatus.STOPPED)
        made.action(session, "over", status=ActionStatus.CLOSED, deadline=date(2025, 7, 1))
    with storage.reading() as session:
        assert [it.slug for it in open_actions(session, "en")] == ["sooner", "later"]
        assert [it.slug for it in past_actions(session, "en")] == ["over"]


@pytest.mark.databases
def test_the_number_of_queries_does_not_grow_with_the_number_of_actions(storage: Storage) -> None:
    def queries(n: int) -> int:
        with storage.writing() as session:
            for it in range(n):
                made.action(session, f"action-{n}-{it}")
        counted: list[str] = []
        event.listen(storage.engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
        with storage.reading() as session:
            open_actions(session, "en")
        return len(counted)

    assert queries(2) == queries(12)
