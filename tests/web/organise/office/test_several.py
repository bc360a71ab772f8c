"""Several actions at once, at the desk: chosen from the filtered board, changed by one press, told in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from campaign.storage.tables import Action, AuditEvent
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

HERE = "/organise/several/"
SLUG = "renew-the-cards"


@pytest.fixture(autouse=True)
def more(staffed: Site) -> None:
    """Two more in Kenya: one open, one that has ended."""
    with staffed.storage.writing() as session:
        for n, status in ((1, ActionStatus.OPEN), (2, ActionStatus.CLOSED)):
            action = made.action(session, f"dam-{n}", date(2025, 9, n), status, serial=n)
            action.case.country, action.texts[0].title = "KE", f"Stop the dam {n}"


def tags(site: Site) -> dict[str, list[str]]:
    with site.storage.reading() as session:
        return dict(session.execute(select(Action.slug, Action.tags)).all())


def flashed(desk: Desk, path: str = HERE) -> str:
    return desk.read(path).one("p", class_="note").text


def listed(page: Page) -> list[str]:
    return [it["value"] for it in page.all("input", name="action")]


def test_the_filtered_board_leads_to_its_actions(desk: Callable[..., Desk]) -> None:
    editor = desk(Role.EDITOR)
    there = next(it["href"] for it in editor.read("/organise/?country=KE").all("a") if "several" in it["href"])
    assert there == f"{HERE}?country=KE"
    assert sorted(listed(editor.read(there))) == ["dam-1", "dam-2"]
    assert len(listed(editor.read(HERE))) == 3


def test_a_tag_is_given_told_and_taken_back(desk: Callable[..., Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}?country=KE")
    wanted = {"do": "tag", "tag": "dams", "action": ["dam-1", "dam-2"]}
    answer = editor.post(f"{HERE}?country=KE", wanted)
    assert (answer.status_code, answer.location) == (302, f"{HERE}?country=KE")
    assert flashed(editor) == "2 actions have the tag “dams”."
    assert tags(staffed) == {SLUG: [], "dam-1": ["dams"], "dam-2": ["dams"]}
    assert editor.post(f"{HERE}undo").status_code == 302
    assert flashed(editor) == "Undone. 2 actions are as they were."
    assert tags(staffed) == {SLUG: [], "dam-1": [], "dam-2": []}
    # Once is enough.
    assert editor.post(f"{HERE}undo").status_code == 422
    assert "Undo" not in [it.text for it in editor.read(HERE).all("button")]


def test_all_on_the_page_are_chosen_by_one_tick(desk: Callable[..., Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    page = editor.read(f"{HERE}?country=KE")
    shown = [it["value"] for it in page.all("input", name="listed")]
    editor.post(HERE, {"do": "tag", "tag": "dams", "all": "yes", "listed": shown})
    assert flashed(editor) == "2 actions have the tag “dams”."
    assert tags(staffed)[SLUG] == []


def test_what_was_left_is_named_with_its_reason(desk: Callable[..., Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(HERE)
    editor.post(HERE, {"do": "archive", "action": [SLUG, "dam-1", "dam-2"]})
    assert flashed(editor) == (
        "1 action is archived. 2 were left. UA 56/25 Renew the cards and UA 1/25 Stop the dam 1:"
        " Only a closed or a stopped action can be archived. This one is open."
    )
    editor.post(HERE, {"do": "archive", "action": "dam-1"})
    assert flashed(editor).startswith("No action was changed. 1 was left. UA 1/25 Stop the dam 1:")


def test_an_owner_is_set_and_told_by_name(desk: Callable[..., Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    page = editor.read(HERE)
    # Who may not edit owns nothing.
    assert [it.text for it in page.all("option") if it["value"].isdecimal()] == ["The admin", "The editor"]
    who = next(it["value"] for it in page.all("option") if it.text == "The admin")
    editor.post(HERE, {"do": "owner", "owner": who, "action": [SLUG, "dam-1"]})
    assert flashed(editor) == "The admin owns 2 actions."
    editor.post(HERE, {"do": "owner", "owner": "nobody", "action": [SLUG]})
    assert flashed(editor) == "1 action has no owner."
    with staffed.storage.reading() as session:
        whats = session.scalars(select(AuditEvent.what).where(AuditEvent.object_kind == "actions")).all()
    assert whats == ["owner of several actions changed"] * 2
    history = editor.read(f"/organise/audit/actions/{SLUG}").text
    assert "The editor changed the owner of several actions" in history


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "tag", "tag": "dams"}, "Choose at least one action first."),
        ({"do": "tag", "tag": "a, b", "action": SLUG}, "Enter one tag, without a comma."),
        ({"do": "owner", "owner": "", "action": SLUG}, "Choose who is to own them."),
        ({"do": "burn", "action": SLUG}, "Choose what to do."),
    ],
)
def test_what_is_refused_is_told_and_what_was_chosen_stays(
    desk: Callable[..., Desk], sent: dict[str, object], said: str
) -> None:
    editor = desk(Role.EDITOR)
    editor.read(HERE)
    answer = editor.post(HERE, sent)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    assert page.one("input", name="tag")["value"] == sent.get("tag", "")
    chosen = [it["value"] for it in page.all("input", name="action") if "checked" in it.attributes]
    assert chosen == ([SLUG] if "action" in sent else [])


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_who_may_not_edit_changes_none(desk: Callable[..., Desk], staffed: Site, role: Role) -> None:
    who = desk(role)
    assert "several" not in " ".join(it["href"] for it in who.read("/organise/").all("a"))
    assert who.get(HERE).status_code == 403
    assert who.post(HERE, {"do": "tag", "tag": "dams", "action": SLUG}).status_code == 403
    assert tags(staffed)[SLUG] == []


def test_another_persons_change_is_not_theirs_to_undo(desk: Callable[..., Desk], staffed: Site) -> None:
    editor, admin = desk(Role.EDITOR), desk(Role.ADMIN)
    editor.read(HERE)
    editor.post(HERE, {"do": "tag", "tag": "dams", "action": SLUG})
    admin.read(HERE)
    assert admin.post(f"{HERE}undo").status_code == 422
    assert tags(staffed)[SLUG] == ["dams"]
