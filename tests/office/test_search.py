"""What each role may find, by a table written by hand, and what a result says."""

from __future__ import annotations

import pytest

from campaign.office import search
from campaign.office.search import Result
from campaign.storage import Storage
from campaign.storage.search import Kind
from campaign.storage.tables import Source
from campaign.vocabulary import Role
from tests import made

EVERYTHING = ("action", "case", "official", "source", "delivery")
# By hand: what leads to a page that the role may open.
SEES: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: EVERYTHING,
    Role.EDITOR: EVERYTHING,
    Role.REVIEWER: EVERYTHING,
    Role.VIEWER: EVERYTHING,
    Role.TRANSLATOR: (),
}


@pytest.mark.parametrize("role", Role)
def test_a_role_finds_what_it_may_open(role: Role) -> None:
    assert search.sees(role) == SEES[role]


def test_what_a_role_may_not_see_is_not_asked_for(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    with storage.writing() as session:
        made.action(session)
    monkeypatch.setattr(search, "may", lambda role, permission: False)
    with storage.reading() as session:
        assert search.search(session, Role.VIEWER, "renew", 5) == []


def test_a_result_says_enough_to_choose_by(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session, deadline=made.NOON.date())
        action.case.sources[0].title = {"en": "A pressing report"}
        session.add(Source(case_id=action.case_id, key="two", publisher={"ur": "ڈان"}, title={}))
    with storage.reading() as session:
        told = {
            it.kind: it.results[0]
            for sought in ("renew", "minister", "example press")
            for it in search.search(session, Role.VIEWER, sought, 5)
        }
        (urdu,) = search.search(session, Role.VIEWER, "ڈان", 5)
    slug = "renew-the-cards"
    assert told == {
        Kind.ACTION: Result(
            Kind.ACTION, 1, "Renew the cards", "en", slug, ("UA 56/25", "open", "until 1 August 2025", "Pakistan")
        ),
        Kind.CASE: Result(Kind.CASE, 1, "Renew the cards", "en", slug, ("Pakistan", "1 action", "1 open")),
        Kind.OFFICIAL: Result(
            Kind.OFFICIAL, 1, "Sample Minister", "en", None, ("Minister of Interior", "Pakistan")
        ),
        Kind.SOURCE: Result(
            Kind.SOURCE, 1, "Example Press: A pressing report", "en", slug, ("case: Renew the cards",)
        ),
    }  # fmt: skip
    assert urdu.results[0].title == "ڈان"


def test_of_one_kind_there_is_a_page_after_another(storage: Storage) -> None:
    with storage.writing() as session:
        for n in range(5):
            made.action(session, f"action-{n}", serial=n + 1)
    with storage.reading() as session:
        pages = [search.search(session, Role.VIEWER, "cards", 2, Kind.ACTION, n) for n in (1, 2, 3, 4)]
    assert [[it.id for it in page[0].results] if page else [] for page in pages] == [[5, 4], [3, 2], [1], []]
    assert {page[0].total for page in pages if page} == {5}
