"""Notes on the overview of an action, and where a mention is told."""

from __future__ import annotations

from collections.abc import Callable

from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.conftest import Desk

HERE = "/organise/actions/renew-the-cards"


def test_anyone_writes_a_note_and_its_writer_removes_it(desk: Callable[..., Desk], staffed: Site) -> None:
    viewer, editor = desk(Role.VIEWER), desk(Role.EDITOR)
    viewer.read(HERE)
    answer = viewer.post(f"{HERE}/notes/", {"text": "The lawyer rang.\n@the editor: <b>look</b>"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{HERE}#notes-h")
    page = editor.read(HERE)
    assert "The lawyer rang." in page.text
    assert "<b>look</b>" in page.text
    assert "mentions: The editor" in " ".join(page.text.split())
    assert [it["action"] for it in page.all("form") if it["action"].endswith("/notes/1/remove")] == []
    assert editor.post(f"{HERE}/notes/1/remove").status_code == 404
    assert "The viewer mentioned you on Renew the cards" in " ".join(editor.read("/organise/?mine=yes").text.split())
    assert "mentioned you" not in editor.read("/organise/").text
    # Nobody else reads it anywhere.
    assert "The lawyer rang." not in staffed.client.get("/en/actions/renew-the-cards").text
    assert viewer.post(f"{HERE}/notes/1/remove").status_code == 302
    assert "The lawyer rang." not in editor.read(HERE).text


def test_a_note_that_cannot_be_kept_comes_back(desk: Callable[..., Desk]) -> None:
    viewer = desk(Role.VIEWER)
    answer = viewer.post(f"{HERE}/notes/", {"text": "n" * 2_001, "organiser": "1"})
    assert answer.status_code == 422
    assert "Write a note of at most 2,000 characters." in answer.text
    assert "n" * 2_001 in answer.text
    assert viewer.post("/organise/actions/no-such-action/notes/", {"text": "x"}).status_code == 404
