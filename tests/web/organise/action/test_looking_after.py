"""On an action's overview: whose it is, who watches it, and what is to be done; on paper, the week."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from campaign.publication.as_json import public_json
from campaign.publication.reading import published
from campaign.storage.tables import Action, Organiser, Task
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour
from tests.web.organise.conftest import Desk, address

HERE = f"/organise/actions/{SLUG}"


@pytest.fixture(autouse=True)
def first_of_august(hour: Hour, staffed: Site) -> None:
    hour.becomes(made.NOON)


def number_of(site: Site, role: Role) -> str:
    with site.storage.reading() as session:
        return str(session.scalars(select(Organiser.id).where(Organiser.email == address(role))).one())


def test_who_writes_a_draft_owns_it_and_the_board_says_so(desk: Callable[[Role], Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    who.read("/organise/actions/new")
    who.post("/organise/actions/new/empty", {"title": "A new one", "locale": "en", "country": "PK"})
    with staffed.storage.reading() as session:
        owner = session.scalars(select(Action.owner_id).where(Action.slug == "a-new-one")).one()
    assert str(owner) == number_of(staffed, Role.EDITOR)
    assert "owner The editor" in who.read("/organise/").text
    assert "A new one" in who.read("/organise/?mine=yes").text
    assert "A new one" not in desk(Role.ADMIN).read("/organise/?mine=yes").text


def shown(who: Desk) -> list[str]:
    return [it.text for it in who.read(HERE).all("dd")]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EDITOR, Role.REVIEWER, Role.VIEWER])
def test_who_sees_an_action_watches_it_by_one_press_and_stops_by_another(
    desk: Callable[[Role], Desk], role: Role
) -> None:
    who = desk(role)
    who.read(HERE)
    assert who.post(f"{HERE}/watch", {"watch": "yes"}).status_code == 302
    assert [it.text for it in who.read(HERE).all("button") if "watch" in it.text.lower()] == ["Stop watching"]
    assert "Renew the cards" in who.read("/organise/?mine=yes").text
    who.post(f"{HERE}/watch", {"watch": "no"})
    assert "No action matches." in who.read("/organise/?mine=yes").text


def test_who_may_edit_gives_it_to_another_and_adds_who_watches(desk: Callable[[Role], Desk], staffed: Site) -> None:
    who, viewer = desk(Role.EDITOR), number_of(staffed, Role.VIEWER)
    offered = {it["value"] for it in who.read(HERE).all("option")}
    who.post(f"{HERE}/owner", {"owner": number_of(staffed, Role.ADMIN), "was": ""})
    who.post(f"{HERE}/watchers", {"organiser": viewer})
    assert "The admin" in shown(who) and "The viewer" in shown(who)
    assert {number_of(staffed, Role.ADMIN), viewer} <= offered
    assert who.post(f"{HERE}/owner", {"owner": viewer, "was": number_of(staffed, Role.ADMIN)}).status_code == 422
    assert desk(Role.REVIEWER).post(f"{HERE}/watchers", {"organiser": viewer, "do": "remove"}).status_code == 403


def test_a_task_is_added_shown_done_and_removed(desk: Callable[[Role], Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{HERE}/tasks/new")
    refused = who.post(f"{HERE}/tasks/new", {"what": "", "on": "never"})
    assert refused.status_code == 422
    assert "Say what is to be done" in refused.text and "Choose a day." in refused.text
    reviewer = number_of(staffed, Role.REVIEWER)
    assert who.post(f"{HERE}/tasks/new", {"what": "Ring her", "on": "2025-08-01", "who": reviewer}).status_code == 302
    with staffed.storage.reading() as session:
        number = session.scalars(select(Task.id)).one()
    board = who.read("/organise/")
    assert "Task for today: Ring her" in [it.text for it in board.all("span", class_="flag")]
    assert "One task is due today." in board.text
    for path in ("/organise/calendar", "/organise/agenda"):
        page = desk(Role.VIEWER).read(path).text
        assert "Ring her" in page and "The reviewer" in page
    # Who has it marks it as done in any role; another who may not edit does not.
    has_it, viewer = desk(Role.REVIEWER), desk(Role.VIEWER)
    assert "Done: Ring her" in has_it.read(HERE).text and "Done: Ring her" not in viewer.read(HERE).text
    assert viewer.post(f"{HERE}/tasks/{number}/done", {"done": "yes"}).status_code == 403
    assert has_it.post(f"{HERE}/tasks/{number}/done", {"done": "yes"}).status_code == 302
    assert "Ring her" not in who.read("/organise/").text
    assert "1 task is done" in who.read(HERE).text
    who.post(f"{HERE}/tasks/{number}/done", {"done": "no"})
    form = who.read(f"{HERE}/tasks/{number}")
    assert form.one("input", name="what")["value"] == "Ring her"
    who.post(f"{HERE}/tasks/{number}", {"what": "Ring him", "on": "2025-07-30", "who": ""})
    assert "Task overdue since 30 July: Ring him" in who.read("/organise/").text
    who.post(f"{HERE}/tasks/{number}/remove")
    assert "No tasks." in who.read(HERE).text


def test_no_reader_ever_sees_a_task_or_whose_an_action_is(desk: Callable[[Role], Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{HERE}/tasks/new")
    who.post(f"{HERE}/tasks/new", {"what": "Ring her", "on": "2025-08-01"})
    who.post(f"{HERE}/owner", {"owner": number_of(staffed, Role.EDITOR), "was": ""})
    reader = staffed.app.test_client()
    with staffed.storage.reading() as session:
        told = [str(public_json(published(session, SLUG, "en")))]
    for path in (f"/en/actions/{SLUG}", f"/en/actions/{SLUG}/deadline.ics", f"/en/actions/{SLUG}/feed.atom"):
        answer = reader.get(path)
        assert answer.status_code == 200, path
        told.append(answer.text)
    assert not [it for it in told if "Ring her" in it or "The editor" in it]
