"""Closing a case to all but named colleagues, as organisers do it; and how an admin comes in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from campaign.jobs.sweeps import Jobs
from campaign.storage.tables import AuditEvent, CaseReader, Organiser
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.conftest import Desk, address
from tests.web.organise.test_writing_an_action import BULLETIN
from tests.web.reading import Page

CASE = "/organise/cases/renew-the-cards"
READERS = f"{CASE}/readers"


def number(site: Site, role: Role) -> int:
    with site.storage.reading() as session:
        return session.scalars(select(Organiser.id).where(Organiser.email == address(role))).one()


def named(site: Site) -> list[str]:
    with site.storage.reading() as session:
        asked = select(Organiser.name).join(CaseReader, CaseReader.organiser_id == Organiser.id)
        return sorted(session.scalars(asked))


def test_an_editor_closes_a_case_and_who_is_not_named_finds_nothing(desk: Callable[..., Desk], staffed: Site) -> None:
    editor, admin = desk(Role.EDITOR), desk(Role.ADMIN)
    assert "Every organiser sees this case." in editor.read(READERS).text
    editor.read(CASE)
    assert editor.post(READERS, {"organiser": [number(staffed, Role.REVIEWER)]}).status_code == 302
    assert named(staffed) == ["The editor", "The reviewer"]
    page = editor.read(READERS)
    assert "only the people named here see it" in page.text
    assert "Sensitive: only named colleagues see this case." in editor.read(CASE).text
    assert "Sensitive" in [it.text for it in editor.read("/organise/cases/").all("span")]
    assert desk(Role.REVIEWER).get(CASE).status_code == 200
    for path in (CASE, READERS, "/organise/actions/renew-the-cards"):
        assert admin.get(path).status_code == 404
    for path in ("name", "strike", "reopen"):
        assert admin.post(f"{READERS}/{path}", {"organiser": "1", "reason": "x"}).status_code == 404
    # Readers see what they saw.
    assert staffed.client.get("/en/actions/renew-the-cards").status_code == 200


def test_who_may_not_edit_reads_the_names_and_changes_none(desk: Callable[..., Desk]) -> None:
    viewer = desk(Role.VIEWER)
    assert [it["action"] for it in viewer.read(READERS).all("form") if "readers" in it["action"]] == []
    for path in (READERS, f"{READERS}/name", f"{READERS}/strike", f"{READERS}/reopen"):
        assert viewer.post(path, {"organiser": "1", "reason": "x"}).status_code == 403
    assert desk(Role.EDITOR).get("/organise/sensitive-cases").status_code == 403


def test_the_last_name_stays_and_what_was_typed_comes_back(desk: Callable[..., Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    assert editor.post(READERS, {"organiser": "90210"}).status_code == 422
    assert named(staffed) == []
    assert editor.post(READERS).status_code == 302
    answer = editor.post(f"{READERS}/strike", {"organiser": number(staffed, Role.EDITOR)})
    assert answer.status_code == 422
    assert "must stay named" in answer.text
    assert editor.post(f"{READERS}/reopen", {"reason": ""}).status_code == 422
    assert named(staffed) == ["The editor"]
    assert editor.post(f"{READERS}/name", {"organiser": number(staffed, Role.ADMIN)}).status_code == 302
    answer = editor.post(f"{READERS}/strike", {"organiser": number(staffed, Role.EDITOR)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/organise/cases/")
    assert named(staffed) == ["The admin"]
    assert editor.get(CASE).status_code == 404


@pytest.mark.parametrize("which", ["renew-the-cards", "UA 56/25"])
def test_an_admin_comes_in_with_a_reason_and_who_is_named_is_told(
    desk: Callable[..., Desk], staffed: Site, which: str
) -> None:
    editor, admin = desk(Role.EDITOR), desk(Role.ADMIN)
    assert editor.post(READERS).status_code == 302
    assert "Open a sensitive case" in admin.read("/organise/cases/").text
    for typed in ({"which": which}, {"reason": "She is ill."}, {"which": "no-such-case", "reason": "She is ill."}):
        answer = admin.post("/organise/sensitive-cases", typed)
        assert answer.status_code == 422
        assert all(it in answer.text for it in typed.values())
    answer = admin.post("/organise/sensitive-cases", {"which": which, "reason": "She is ill."})
    assert (answer.status_code, answer.headers["Location"]) == (302, READERS)
    assert "came in without being named" in editor.read(READERS).text
    assert "She is ill." in editor.read(CASE).text
    Jobs(staffed.settings, staffed.storage).post()
    (mail,) = staffed.settings.mailbox.glob("*-review.eml")
    text = mail.read_text("utf-8")
    assert f"To: {address(Role.EDITOR)}" in text
    assert "Subject: A sensitive case was opened" in text
    assert "The admin" in text
    # Mail may be read by others: it names neither the case nor the reason.
    assert not any(it in text.lower() for it in ("renew", "cards", "she is ill", "ua 56"))


def test_in_the_file_of_the_trail_others_read_a_number_and_nothing_else(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    editor, admin = desk(Role.EDITOR), desk(Role.ADMIN)
    assert editor.post(READERS).status_code == 302
    with staffed.storage.reading() as session:
        event = session.scalars(select(AuditEvent.id).where(AuditEvent.what == "case made sensitive")).one()
    assert admin.post("/organise/account/digest", {"digest": "yes"}).status_code == 302
    assert admin.post("/organise/account/digest").status_code == 302
    rows = admin.get("/organise/audit/audit-trail.csv").text.splitlines()
    assert f"{event},,,about a sensitive case that you are not named for,,,," in rows
    filtered = admin.get("/organise/audit/audit-trail.csv?who=The+editor").text
    assert "sensitive" not in filtered
    assert "made the case" in editor.get("/organise/audit/audit-trail.csv").text


def test_an_official_is_corrected_by_two_also_where_only_a_sensitive_case_asks_them(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    """Readers of the public page see it, so who corrects the entry does not do it alone: and does not learn where."""
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    assert reviewer.post(READERS).status_code == 403
    assert desk(Role.ADMIN).post(READERS, {"organiser": [number(staffed, Role.REVIEWER)]}).status_code == 302
    page = editor.read("/organise/officials/1/edit")
    fields = {it["name"]: it["value"] for it in page.all("input") if it["name"] not in ("csrf_token", "drawn_for")}
    sent = {**fields, "office:en": "Ministry of Cards", "seen": ""}
    waits = editor.post("/organise/officials/1/edit", sent)
    assert waits.status_code == 422
    assert "renew" not in waits.text.lower().replace("renewed", "")
    answer = editor.post("/organise/officials/1/edit", {**sent, "change_reason": "Their new name."})
    assert answer.status_code == 302
    assert "renew-the-cards" not in editor.read("/organise/officials/1").text
    assert "Their new name." in reviewer.read("/organise/actions/renew-the-cards/review/").text


def test_a_bulletin_that_came_in_for_a_sensitive_case_is_new_to_others(desk: Callable[..., Desk]) -> None:
    editor, other = desk(Role.EDITOR), desk(Role.ADMIN)
    there = editor.post("/organise/actions/new/import", {"text": BULLETIN}).headers["Location"]
    slug = there.removeprefix("/organise/actions/").split("/")[0]
    known = editor.post("/organise/actions/new/import", {"text": BULLETIN})
    assert f"/organise/actions/{slug}" in known.text
    case = Page(editor.get(f"/organise/actions/{slug}").text).all("a")
    (link,) = {it["href"] for it in case if it["href"].startswith("/organise/cases/") and it.text == "Case"}
    assert editor.post(f"{link}/readers").status_code == 302
    answer = other.post("/organise/actions/new/import", {"text": BULLETIN})
    assert answer.status_code == 302
    assert slug not in answer.headers["Location"].split("/")
