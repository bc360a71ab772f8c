"""What an organiser moves becomes a layout of the office's own, with which the next bulletin of its kind is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from campaign.storage.tables import Action, ReadingLayout
from campaign.vocabulary import Role
from tests.cases.importing.test_own_layouts import TEXT
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

SitDown = Callable[[Role], Desk]
THERE = "/organise/actions/new/import"
NEXT = TEXT.replace("Ada Lum", "Ona Lum").replace("A SONG", "A POEM")


def line(start: str) -> int:
    return next(at for at, text in enumerate(TEXT.splitlines(), 1) if text.startswith(start))


MOVED = {
    "text": TEXT,
    "layout": "-",
    f"to-{line('The beekeeper')}": "summary",
    f"to-{line('Pēdējā')}": "deadline",
}


def saved(editor: Desk, name: str = "Section Latvia", *labels: str) -> Page:
    editor.read("/organise/actions/new")
    chosen = labels or ("Kas notika:", "Pēdējā diena:")
    form = {**MOVED, "label": list(chosen), "layout_name": name, "save_layout": "yes"}
    return Page(editor.post(THERE, form).text)


def kept(site: Site) -> dict[str, dict[str, str]]:
    with site.storage.reading() as session:
        return {it.name: dict(it.labels) for it in session.scalars(select(ReadingLayout))}


def test_the_labels_of_moved_lines_are_offered_as_a_layout(desk: SitDown) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    first = Page(editor.post(THERE, {"text": TEXT, "look": "yes"}).text)
    assert first.all("input", name="label") == []
    page = Page(editor.post(THERE, {**MOVED, "look": "yes"}).text)
    assert [it["value"] for it in page.all("input", name="label")] == ["Kas notika:", "Pēdējā diena:"]


def test_the_next_bulletin_with_these_labels_is_read_with_the_layout_and_says_so(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    assert "The layout “Section Latvia” was saved." in saved(editor).text
    assert kept(staffed) == {"Section Latvia": {"Kas notika:": "summary", "Pēdējā diena:": "deadline"}}
    page = Page(editor.post(THERE, {"text": NEXT, "look": "yes"}).text)
    assert "Read with the layout “\u2068Section Latvia\u2069”." in page.text
    assert page.one("input", id="deadline")["value"] == "2031-06-30"
    without = Page(editor.post(THERE, {"text": NEXT, "reread": "-"}).text)
    assert "Read with the layout" not in without.text
    assert "fits this bulletin, and was not used" in without.text
    assert without.one("input", id="deadline")["value"] == ""
    assert without.one("input", name="layout")["value"] == "-"
    again = Page(editor.post(THERE, {"text": NEXT, "layout": "-", "reread": "Section Latvia"}).text)
    assert again.one("input", name="layout")["value"] == "Section Latvia"


def test_a_draft_made_at_once_is_read_with_the_layout_too(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    saved(editor)
    slug = editor.post(THERE, {"text": NEXT}).location.rpartition("/")[2]
    assert "Read with the layout “Section Latvia”." in editor.read(f"/organise/actions/{slug}").text
    with staffed.storage.reading() as session:
        action = session.scalars(select(Action).where(Action.slug == slug)).one()
        assert action.texts[0].summary.startswith("The beekeeper Ona Lum was arrested")


def test_corrections_made_under_a_layout_extend_it(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    saved(editor, "Section Latvia", "Kas notika:")
    shown = Page(editor.post(THERE, {"text": TEXT, "look": "yes"}).text)
    assert shown.one("input", name="layout")["value"] == "Section Latvia"
    more = {"text": TEXT, "layout": "Section Latvia", f"to-{line('Pēdējā')}": "deadline"}
    assert (
        Page(editor.post(THERE, {**more, "look": "yes"}).text).one("input", id="layout_name")["value"]
        == "Section Latvia"
    )
    form = {**more, "label": "Pēdējā diena:", "layout_name": "Section Latvia", "save_layout": "yes"}
    assert editor.post(THERE, form).status_code == 200
    assert kept(staffed) == {"Section Latvia": {"Kas notika:": "summary", "Pēdējā diena:": "deadline"}}


def test_only_labels_that_were_learnt_are_kept(desk: SitDown, staffed: Site) -> None:
    page = saved(desk(Role.EDITOR), "Section Latvia", "Kas notika:", "She has not seen a lawyer:")
    assert kept(staffed) == {"Section Latvia": {"Kas notika:": "summary"}}
    assert "Nothing was saved yet" not in page.text


def test_a_layout_without_a_name_is_refused_and_what_was_moved_stays(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    answer = editor.post(THERE, {**MOVED, "label": "Kas notika:", "layout_name": " ", "save_layout": "yes"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "Give the layout a name of at most 80 characters." in page.text
    assert page.one("input", id="deadline")["value"] == "2031-06-30"
    assert kept(staffed) == {}


def test_a_layout_that_was_removed_meanwhile_is_one_sentence(desk: SitDown) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    answer = editor.post(THERE, {"text": TEXT, "layout": "Section Latvia", "look": "yes"})
    assert answer.status_code == 404
    assert "There is no layout “Section Latvia”." in answer.text


def test_layouts_are_listed_renamed_and_removed(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    assert "There are no layouts yet." in editor.read("/organise/layouts").text
    saved(editor)
    listed = editor.read("/organise/layouts")
    assert "Kas notika: – Summary" in listed.text
    assert "The editor, " in listed.text
    assert editor.post("/organise/layouts/1", {"name": "Riga"}).status_code == 302
    assert list(kept(staffed)) == ["Riga"]
    refused = editor.post("/organise/layouts/1", {"name": " "})
    assert refused.status_code == 422
    assert "Give the layout a name" in refused.text
    assert editor.post("/organise/layouts/1/remove").status_code == 302
    assert kept(staffed) == {}


@pytest.mark.parametrize("path", ["/organise/layouts/1", "/organise/layouts/1/remove"])
def test_a_layout_that_is_not_there_is_not_found(desk: SitDown, path: str) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/layouts")
    assert editor.post(path, {"name": "Riga"}).status_code == 404


def test_who_may_not_edit_has_no_layouts(desk: SitDown) -> None:
    assert desk(Role.VIEWER).get("/organise/layouts").status_code == 403


def test_a_doubtful_paragraph_is_called_by_its_field_and_taken_with_one_press(desk: SitDown) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    page = Page(editor.post(THERE, {"text": TEXT, "look": "yes"}).text)
    assert "background." not in page.text
    ways = [it["value"] for it in page.all("button", name="take")]
    assert f"{line('Lietas gaita')}:background" in ways
