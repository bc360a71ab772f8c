"""Saved filters above the board and the lists: links of one's own, saved and removed where they are used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaign.vocabulary import Role
from tests.web.organise.conftest import Desk


@pytest.mark.parametrize(
    ("listing", "there", "asked"),
    [
        ("board", "/organise/", {"status": "open", "country": "PK"}),
        ("cases", "/organise/cases/", {"q": "cards"}),
        ("officials", "/organise/officials/", {"q": "minister", "country": "PK"}),
        ("audit", "/organise/audit/", {"kind": "organiser"}),
    ],
)
def test_a_filter_is_saved_followed_and_removed_on_its_page(
    desk: Callable[..., Desk], listing: str, there: str, asked: dict[str, str]
) -> None:
    editor = desk(Role.EDITOR)
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    assert "Save this filter" not in editor.read(there).text
    page = editor.read(f"{there}?{query}&whole=finished&other=x")
    (form,) = [it for it in page.all("form") if it["action"] == f"/organise/filters/{listing}"]
    assert form["method"] == "post"
    answer = editor.post(f"/organise/filters/{listing}", {**asked, "name": "Every day", "other": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{there}?{query}")
    page = editor.read(there)
    assert [it["href"] for it in page.all("a") if it.text == "Every day"] == [f"{there}?{query}"]
    # One's own: nobody else sees it.
    assert "Every day" not in desk(Role.ADMIN).read(there).text
    (removing,) = [it["action"] for it in page.all("form") if it["action"].startswith("/organise/filters/")]
    assert desk(Role.ADMIN).post(removing).status_code == 404
    assert editor.post(removing).status_code == 302
    assert "Every day" not in editor.read(there).text


def test_what_cannot_be_saved_is_said_on_the_list(desk: Callable[..., Desk]) -> None:
    viewer = desk(Role.VIEWER)
    assert viewer.post("/organise/filters/cases", {"q": "cards", "name": ""}).status_code == 302
    assert "Give the filter a name" in viewer.read("/organise/cases/?q=cards").text
    assert viewer.post("/organise/filters/nothing", {"q": "cards", "name": "x"}).status_code == 422
