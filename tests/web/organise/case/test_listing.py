"""The list of cases: narrowed by a tag, and a tag on several of them by one press."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from campaign.storage.tables import Case
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

LIST, CASE = "/organise/cases/", "/organise/cases/renew-the-cards"
SITTING = Callable[[Role], Desk]


@pytest.fixture
def editor(desk: SITTING) -> Desk:
    return desk(Role.EDITOR)


def tags(site: Site) -> list[str]:
    with site.storage.reading() as session:
        return session.scalars(select(Case.tags).where(Case.slug == "renew-the-cards")).one()


def listed(page: Page) -> list[str]:
    return [it["value"] for it in page.all("input", name="listed")]


def test_the_tags_of_a_case_are_typed_on_its_page_and_shown_in_the_list(editor: Desk, staffed: Site) -> None:
    assert editor.post(f"{CASE}/tags", {"tags": "cards, partner: X", "read": ""}).status_code == 302
    assert tags(staffed) == ["cards", "partner: X"]
    assert editor.read(CASE).one("input", id="case-tags")["value"] == "cards, partner: X"
    assert "partner: X" in editor.read(LIST).text
    assert "partner: X" in editor.get(f"{LIST}cases.csv").data.decode("utf-8-sig")


def test_tags_that_were_changed_meanwhile_come_back_as_they_were_typed(editor: Desk, staffed: Site) -> None:
    editor.post(f"{CASE}/tags", {"tags": "theirs", "read": ""})
    answer = editor.post(f"{CASE}/tags", {"tags": "mine", "read": ""})
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Somebody else changed these tags." in page.text
    assert page.one("input", id="case-tags")["value"] == "mine"
    assert [it["value"] for it in page.all("input", name="read")] == ["theirs"]
    assert tags(staffed) == ["theirs"]


def test_the_list_is_narrowed_by_a_tag_however_it_is_spelt(editor: Desk, staffed: Site) -> None:
    editor.post(f"{CASE}/tags", {"tags": "Cards", "read": ""})
    assert listed(editor.read(f"{LIST}?tag=CARDS")) == ["renew-the-cards"]
    assert "No case matches." in editor.read(f"{LIST}?tag=other").text
    assert "renew" not in editor.get(f"{LIST}cases.csv?tag=other").text.lower()
    assert [it.text for it in editor.read(f"{LIST}?tag=cards").all("option") if "selected" in it.attributes] == [
        "\u2068Cards\u2069"
    ]


def test_several_cases_get_a_tag_and_lose_it_again(editor: Desk, staffed: Site) -> None:
    page = Page(
        editor.post(f"{LIST}tags", {"do": "tag", "tag": "cards", "case": "renew-the-cards"}, follow_redirects=True).text
    )
    assert "1 case has the tag “cards”." in page.text
    assert tags(staffed) == ["cards"]
    assert "Undone. 1 case is as it was." in editor.post(f"{LIST}tags/undo", follow_redirects=True).text
    assert tags(staffed) == []
    assert editor.post(f"{LIST}tags/undo").status_code == 422


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"do": "tag", "tag": "cards"}, "Choose at least one case first."),
        ({"do": "tag", "tag": "", "case": "renew-the-cards"}, "Enter one tag, without a comma."),
        ({"do": "burn", "tag": "cards", "case": "renew-the-cards"}, "Choose what to do."),
    ],
)
def test_what_cannot_be_done_is_told_and_what_was_chosen_stays(
    editor: Desk, staffed: Site, form: dict[str, object], sentence: str
) -> None:
    answer = editor.post(f"{LIST}tags", form)
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    chosen = [it["value"] for it in page.all("input", name="case") if "checked" in it.attributes]
    assert chosen == ([form["case"]] if "case" in form else [])
    assert page.one("input", id="tag")["value"] == form["tag"]
    assert tags(staffed) == []


def test_whoever_may_not_edit_is_offered_no_tag_to_set(desk: SITTING, staffed: Site) -> None:
    viewer = desk(Role.VIEWER)
    assert not viewer.read(LIST).all("input", name="case")
    assert not viewer.read(CASE).all("input", id="case-tags")
    for path in (f"{CASE}/tags", f"{LIST}tags", f"{LIST}tags/undo"):
        assert (
            viewer.post(path, {"tags": "x", "read": "", "do": "tag", "tag": "x", "case": "renew-the-cards"}).status_code
            == 403
        )
    assert tags(staffed) == []
