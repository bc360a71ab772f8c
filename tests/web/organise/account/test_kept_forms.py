"""When a sign-in ends while someone writes, what they typed waits an hour for their account, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from campaign import clock
from campaign.jobs.sweeps import Jobs
from campaign.office import kept_forms
from campaign.storage.tables import Case, KeptForm, OrganiserSession
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.conftest import Desk, address
from tests.web.reading import Page

NEW = "/organise/cases/new"
TYPED = {"title": "The fishers of the northern lagoon", "country": "PK", "time_zone": "Asia/Karachi"}


def form(desk: Desk) -> dict[str, object]:
    """The fields that the page of a new case brings along."""
    page = desk.read(NEW)
    hidden = [it for it in page.all("input", name="drawn_for") if it.get("value")]
    return {**TYPED, "drawn_for": hidden[0]["value"]}


def end_all(site: Site) -> None:
    with site.storage.writing() as session:
        session.execute(delete(OrganiserSession))


def kept(site: Site) -> int:
    with site.storage.reading() as session:
        return int(session.scalar(select(func.count()).select_from(KeptForm)) or 0)


def cases(site: Site) -> int:
    with site.storage.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Case)) or 0)


def way_back(answer_text: str) -> str:
    (link,) = [it for it in Page(answer_text).links if "next=" in it]
    return link


def test_what_was_typed_is_kept_and_comes_back_after_the_sign_in(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor, before = desk(Role.EDITOR), cases(staffed)
    filled = form(editor)
    end_all(staffed)
    answer = editor.post(NEW, filled)
    assert answer.status_code == 403
    assert "Your sign-in has ended" in answer.text and "kept for one hour" in answer.text
    # Whoever sits there now reads nothing of it.
    assert "fishers" not in answer.text
    there = way_back(answer.text)
    editor.read(there)
    signed_in = editor.post(there, {"email": address(Role.EDITOR), "password": "nine brave otters sing"})
    assert signed_in.status_code == 302
    page = editor.read(signed_in.headers["Location"])
    assert "The fishers of the northern lagoon" in page.text
    (sending,) = [it for it in page.all("form") if it.get("action") == NEW]
    fields = {it["name"]: it.text.strip() for it in page.all("textarea")}
    reference = page.all("input", name="kept_form")[0]["value"]
    assert sending["method"] == "post" and fields == TYPED
    assert editor.post(NEW, {**fields, "kept_form": reference}).status_code == 302
    assert (cases(staffed), kept(staffed)) == (before + 1, 0)


def test_another_account_reads_nothing_and_is_told_nothing(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    filled = form(editor)
    end_all(staffed)
    there = way_back(editor.post(NEW, filled).text)
    editor.read(there)
    location = editor.post(there, {"email": address(Role.ADMIN), "password": "nine brave otters sing"}).headers[
        "Location"
    ]
    answer = editor.get(location)
    assert answer.status_code == 404 and "fishers" not in answer.text
    # Nor can they throw it away.
    editor.get("/organise/account")
    editor.post(location, {})
    assert kept(staffed) == 1


def test_a_colleague_who_has_signed_in_meanwhile_sends_nothing_in_their_own_name(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor, before = desk(Role.EDITOR), cases(staffed)
    filled, old = form(editor), editor.token
    editor.post("/organise/sign-out")
    editor.sign_in(address(Role.ADMIN))
    answer = editor.post(NEW, {**filled, "csrf_token": old})
    assert answer.status_code == 403
    assert "Another account is signed in" in answer.text and "fishers" not in answer.text
    assert (cases(staffed), kept(staffed)) == (before, 1)


def test_a_page_that_was_open_for_too_long_leads_to_what_was_typed(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    answer = editor.post(NEW, {**form(editor), "csrf_token": "an old one"})
    assert answer.status_code == 303
    assert "The fishers of the northern lagoon" in editor.read(answer.headers["Location"]).text


@pytest.mark.parametrize("mark", ["", "forged", "WzFd.aSkwJQ.forged"])
def test_a_form_that_was_not_drawn_by_us_is_not_kept(desk: Callable[[Role], Desk], staffed: Site, mark: str) -> None:
    editor = desk(Role.EDITOR)
    assert editor.post(NEW, {**TYPED, "drawn_for": mark, "csrf_token": "none"}).status_code == 422
    end_all(staffed)
    assert editor.post(NEW, {**TYPED, "drawn_for": mark}).status_code in {403, 422}
    assert kept(staffed) == 0


def test_no_password_is_kept_and_nothing_that_a_script_sends(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    filled = {**form(editor), "password_once_more": "nine brave otters sing"}
    own = "/organise/account/password"
    end_all(staffed)
    editor.post(own, {**filled, "password": "nine brave otters sing"})
    assert kept(staffed) == 0
    editor.post(NEW, filled, headers={"Sec-Fetch-Mode": "cors"})
    assert kept(staffed) == 0
    editor.post(NEW, filled)
    with staffed.storage.reading() as session:
        row = session.scalars(select(KeptForm)).one()
        assert b"fishers" not in row.content
        sent = kept_forms.read(session, staffed.storage.vault, row.organiser_id, row.id, clock.now())
    assert dict(sent.fields) == TYPED and sent.path == NEW


def test_it_is_over_after_an_hour_and_then_gone(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    there = editor.post(NEW, {**form(editor), "csrf_token": "old"}).headers["Location"]
    assert editor.get(there).status_code == 200
    with staffed.storage.writing() as session:
        session.execute(update(KeptForm).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert editor.get(there).status_code == 404
    Jobs(staffed.settings, staffed.storage).purge()
    assert kept(staffed) == 0


def test_of_one_account_the_last_ten_are_kept(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    filled = form(editor)
    for _ in range(kept_forms.MOST + 2):
        editor.post(NEW, {**filled, "csrf_token": "old"})
    assert kept(staffed) == kept_forms.MOST


@pytest.mark.parametrize("named", ["", "none", "00" * 16, "🖋", "0" * 5_000])
def test_a_form_that_names_something_else_as_kept_is_saved_all_the_same(
    desk: Callable[[Role], Desk], named: str
) -> None:
    editor = desk(Role.EDITOR)
    # It was saved and then answered by 500: what forgets came after, and could not read the name.
    assert editor.post(NEW, {**TYPED, "kept_form": named}).status_code in {302, 303}
