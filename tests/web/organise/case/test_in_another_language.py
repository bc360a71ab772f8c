"""A case says everything in the reader's language: its evidence, how figures differ, and what a form lacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.organise.case.test_cases import CASE, correction, figure
from tests.web.organise.conftest import Desk
from tests.web.organise.said import marking, unsaid

# What organisers typed stands in labels of links too, where nothing can mark it.
NAMES = ("The admin", "Renew the cards", "Card holders", "Sample Teacher", "Example Press", "A report", "holders")


@pytest.fixture
def admin(desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch) -> Desk:
    marking(monkeypatch, staffed)
    return desk(Role.ADMIN)


@pytest.mark.parametrize(
    "path",
    [
        "/organise/cases/",
        "/organise/cases/?q=nothing",
        "/organise/cases/new",
        CASE,
        f"{CASE}/where",
        f"{CASE}/picture",
        f"{CASE}/subjects/new",
        f"{CASE}/events/new",
        f"{CASE}/sources/new",
        f"{CASE}/figures/new",
    ],
)
def test_every_sentence_of_a_page(admin: Desk, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 200
    assert unsaid(answer.text, *NAMES) == []


@pytest.mark.parametrize("kind", ["subjects", "events", "sources", "figures"])
def test_what_a_form_lacks(admin: Desk, kind: str) -> None:
    admin.read(f"{CASE}/{kind}/new")
    answer = admin.post(f"{CASE}/{kind}/new", {"value": "many", "published_about": "soon", "url": "nowhere"})
    assert answer.status_code == 422
    assert unsaid(answer.text, *NAMES) == []


def test_a_figure_and_the_texts_that_it_reaches(admin: Desk, staffed: Site) -> None:
    it = figure(staffed, 1_400_000)
    for path in (f"{CASE}/figures/{it.id}", f"{CASE}/figures/{it.id}/quote"):
        assert unsaid(admin.get(path).text, *NAMES) == [], path
    shown = admin.post(f"{CASE}/figures/{it.id}", correction(admin, it.id, value="1,500,000"))
    assert shown.status_code == 200
    assert unsaid(shown.text, *NAMES) == []
