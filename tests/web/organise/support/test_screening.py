"""Screening at the desk: what looks false, the shield, and taking out with the count shown first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.jobs.sweeps import Jobs
from campaign.storage.tables import Action
from campaign.vocabulary import Role, Shield
from tests.appeals import crowd
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

HERE = "/organise/actions/renew-the-cards/screening/"


@pytest.fixture
def flooded(staffed: Site) -> Site:
    """Forty that look false, and five that do not."""
    at = clock.now() - timedelta(hours=2)
    crowd.sign(staffed.storage, 40, at=at, network="198.51.100.0/24", domain="false.example", country="FR")
    for n in range(5):
        crowd.sign(staffed.storage, 1, at=at, network=f"10.0.{n}.0/24")
    return staffed


def test_a_reader_sees_that_something_looks_false_and_not_whose_it_is(
    desk: Callable[[Role], Desk], flooded: Site
) -> None:
    page = desk(Role.VIEWER).read(HERE)
    assert "40 of 45 signatures in two days came from one network." in page.text
    assert "false.example" not in page.text
    assert page.all("form", method="post", action=f"{HERE}shield") == []
    assert "false.example" in desk(Role.EDITOR).read(HERE).text


def test_a_burst_is_counted_taken_out_cancelled_and_put_back(desk: Callable[[Role], Desk], flooded: Site) -> None:
    jobs, editor = Jobs(flooded.settings, flooded.storage), desk(Role.EDITOR)

    def public() -> int:
        jobs.count()
        return int(flooded.fresh().client.get("/actions/renew-the-cards/count.json").json["count"])  # type: ignore[index]

    assert public() == 45
    (burst, *_more) = [it for it in editor.read(HERE).links if "network=" in it]
    form = {it["name"]: it["value"] for it in editor.read(burst).all("input", type="hidden")}
    counted = editor.post(f"{HERE}invalidate/count", {"network": form["network"]})
    assert "40 confirmed signatures match" in counted.text
    assert public() == 45
    page = Page(counted.text)
    asked = {"criteria": page.hidden("criteria"), "up_to": page.hidden("up_to")}
    refused = editor.post(f"{HERE}invalidate", asked)
    assert refused.status_code == 422 and "Give a reason." in refused.text
    there = editor.post(f"{HERE}invalidate", {**asked, "reason": "one hand"}).location
    assert "running" in editor.read(there).text
    assert editor.post(there, {"act": "cancel"}).status_code == 302
    jobs.invalidate()
    assert public() == 45
    editor.post(there, {"act": "go on"})
    jobs.invalidate()
    assert "40 of 40 removed" in editor.read(there).text
    assert public() == 5
    assert editor.post(there, {"act": "cancel"}).status_code == 409
    editor.post(there, {"act": "undo"})
    jobs.invalidate()
    assert public() == 45


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({}, "at least one condition"),
        ({"since": "last week"}, "Enter a time"),
        ({"network": "zz"}, "could not read these conditions"),
        ({"disclosure": "everyone"}, "could not read these conditions"),
    ],
)
def test_criteria_that_are_not_understood_count_nothing(
    desk: Callable[[Role], Desk], flooded: Site, criteria: dict[str, object], said: str
) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}invalidate")
    answer = editor.post(f"{HERE}invalidate/count", criteria)
    assert answer.status_code == 422 and said in answer.text


def test_a_mail_domain_may_be_typed(desk: Callable[[Role], Desk], flooded: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}invalidate")
    assert "40 confirmed" in editor.post(f"{HERE}invalidate/count", {"domain": "False.Example"}).text


def test_times_are_those_of_the_case(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 3)  # noon in UTC is five in the afternoon in Karachi
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}invalidate")
    for since, n in (("2025-08-01T17:00", "3"), ("2025-08-01T17:01", "0")):
        assert f"{n} confirmed" in editor.post(f"{HERE}invalidate/count", {"since": since}).text


def test_the_shield_is_raised_and_a_pause_moves_the_deadline(
    desk: Callable[[Role], Desk], staffed: Site, hour: Hour
) -> None:
    editor = desk(Role.EDITOR)
    editor.read(HERE)
    assert editor.post(f"{HERE}shield", {"level": "pause"}).status_code == 422
    assert editor.post(f"{HERE}shield", {"level": "wall", "reason": "robots"}).status_code == 422
    assert editor.post(f"{HERE}shield", {"level": "pause", "reason": "robots"}).status_code == 302

    def stored() -> Action:
        with staffed.storage.reading() as session:
            return session.scalars(select(Action)).one()

    before = stored().deadline
    assert stored().shield is Shield.PAUSE and isinstance(before, date)
    hour.passes(hours=5)
    assert "the deadline moves from" in editor.read(HERE).text
    editor.post(f"{HERE}shield", {"level": "none", "reason": "they are gone"})
    assert stored().deadline == before + timedelta(days=1)
