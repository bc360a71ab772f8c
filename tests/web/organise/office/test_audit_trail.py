"""The audit trail as a page and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk


@pytest.fixture(autouse=True)
def trail(staffed: Site) -> None:
    """Two people and the schedule did something, on three days."""
    with staffed.storage.writing() as session:
        for n, (who, what, about) in enumerate(
            (
                (Actor(1, "Noor"), "action extended", About("action", 1, action_id=1, case_id=1)),
                (Actor(2, "=Tomas"), "official changed", About("official", 1)),
                (audit.SCHEDULE, "action closed", About("action", 1, action_id=1, case_id=1)),
            )
        ):
            after, on = {"deadline": f"2026-03-0{n + 1}"}, made.NOON + timedelta(n)
            audit.record(
                session, staffed.storage.vault, who, what, about, on, after=after, reason="A reason."
            )  # fmt: skip


ALL = ("Noor changed the deadline", "=Tomas changed the official", "The schedule closed")
# By hand: which of the three each address shows.
SHOWN = {
    "": (True, True, True),
    "?who=Noor": (True, False, False),
    "?kind=official": (False, True, False),
    "?action=1": (True, False, True),
    "?since=2025-08-02&until=2025-08-02": (False, True, False),
    "?until=2025-08-01": (True, False, False),
    "?who=nobody": (False, False, False),
    "?since=nonsense&id=99999999999999999999": (True, True, True),
}


@pytest.mark.parametrize("asked", SHOWN)
def test_the_trail_is_narrowed_down_by_person_thing_and_day(desk: Callable[..., Desk], asked: str) -> None:
    who = desk(Role.REVIEWER)
    page = who.read(f"/organise/audit/{asked}")
    assert tuple(it in page.text for it in ALL) == SHOWN[asked]
    file = who.get(f"/organise/audit/audit-trail.csv{asked}").text
    assert tuple(it in file for it in ALL) == SHOWN[asked]


def test_the_file_is_for_a_spreadsheet_and_no_name_is_a_formula(desk: Callable[..., Desk]) -> None:
    answer = desk(Role.ADMIN).get("/organise/audit/audit-trail.csv?kind=official")
    assert answer.mimetype == "text/csv"
    _, row = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert row[1:3] == ["2025-08-02 12:00:00", "'=Tomas"]
    assert row[4:] == ["deadline: 2 March 2026", "A reason.", "official", "1"]


def test_the_file_is_found_at_its_earlier_address_as_it_was_narrowed_down(desk: Callable[..., Desk]) -> None:
    moved = desk(Role.ADMIN).get("/organise/audit/file?kind=action&form=xlsx")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/organise/audit/audit-trail.csv?kind=action")


def test_who_may_not_read_the_trail_gets_no_file_of_it(desk: Callable[..., Desk]) -> None:
    assert desk(Role.VIEWER).get("/organise/audit/audit-trail.csv").status_code == 403
