"""The lists as they are read: no action, one, forty, four hundred; what came of closed ones; goals that move or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import update

from campaign import clock
from campaign.storage.tables import Action, Organisation, Tally
from campaign.vocabulary import ActionStatus, Outcome
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG
from tests.web.reading import Page


def page_at(site: Site, path: str) -> Page:
    answer = site.fresh().client.get(path)
    assert answer.status_code == 200
    return Page(answer.text)


def titles(page: Page) -> list[str]:
    return [it.text for it in page.all("h2") if it.text.startswith(("Renew", "Action "))]


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_with_one_action_there_is_nothing_to_search_and_a_count_of_zero_invites(site: Site, locale: str) -> None:
    page = page_at(site, f"/{locale}/")
    assert page.all("form", role="search") == []
    assert page.all("nav", rel="next") == []
    assert len(page.all("li", itemprop="itemListElement")) == 1
    if locale == "en":
        assert "Be the first to sign" in page.text


def opened(site: Site, numbers: Iterable[int]) -> None:
    """Actions, each with its number for a title and a day more than the one before."""
    day = clock.now().date()
    with site.storage.writing() as session:
        for n in numbers:
            it = made.action(session, f"action-{n}", day + timedelta(days=11 + n), serial=1_000 + n)
            it.texts[0].title = f"Action {n}"


@pytest.mark.slow
def test_with_forty_all_stand_on_one_page_and_with_four_hundred_each_stands_on_one_of_ten(site: Site) -> None:
    opened(site, range(39))
    forty = page_at(site, "/en/")
    assert len(titles(forty)) == 40
    assert forty.all("p", class_="pager") == []
    opened(site, range(39, 399))
    seen: list[str] = []
    for number in range(1, 11):
        page = page_at(site, f"/en/?page={number}")
        assert f"Page {number} of 10" in page.text
        seen += titles(page)
    assert seen == ["Renew the cards", *(f"Action {n}" for n in range(399))]  # the nearest deadline first
    found = page_at(site, "/en/?q=Action+398")
    assert titles(found) == ["Action 398"]
    assert "1 action found." in found.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Outcome.POSITIVE, "Result: what we asked for happened."),
        (Outcome.MIXED, "Result: part of what we asked for happened."),
        (Outcome.NEGATIVE, "Result: what we asked for did not happen."),
        (None, "Result: not known yet."),
    ],
)
def test_closed_actions_stand_on_a_page_of_their_own_with_what_came_of_them(
    site: Site, kind: Outcome | None, words: str
) -> None:
    with site.storage.writing() as session:
        past = clock.now().date() - timedelta(days=30)
        told = {"outcome": {"en": "The minister renewed half of them."}} if kind is not None else {}
        made.action(session, "past", past, ActionStatus.CLOSED, serial=57, outcome_kind=kind, **told)
        stopped = {"stop_reason": {"en": "She is free."}}
        made.action(session, "stopped", past, ActionStatus.STOPPED, serial=58, **stopped)
    page = page_at(site, "/en/closed")
    assert [it for it in page.links if it.startswith("/en/actions/")] == ["/en/actions/past"]
    assert words in page.text
    assert ("The minister renewed half of them." in page.text) is (kind is not None)
    assert page_at(site, "/en/").one("a", href="/en/closed").text.startswith("1 closed action, and what came of")


@pytest.mark.parametrize(
    ("moves", "status", "target"),
    [(True, ActionStatus.OPEN, 1_000), (False, ActionStatus.OPEN, 500), (True, ActionStatus.CLOSED, 500)],
)
def test_a_goal_that_was_reached_moves_up_by_itself_unless_the_office_or_the_deadline_says_no(
    site: Site, moves: bool, status: ActionStatus, target: int
) -> None:
    with site.storage.writing() as session:
        action = session.query(Action).filter_by(slug=SLUG).one()
        session.add(Tally(action_id=action.id, day=made.NOON.date(), country="GB", count=612))
        session.execute(update(Organisation).values(goal_moves=moves))
        if status is ActionStatus.CLOSED:
            past = clock.now().date() - timedelta(days=2)
            session.execute(update(Action).values(status=status, deadline=past, ended_at=clock.now()))
    page = page_at(site, f"/en/actions/{SLUG}")
    assert f"612 of {target:,} signed" in page.text
    told = site.client.get(f"/actions/{SLUG}/count.json").json
    assert told is not None
    assert (told["count"], told["goal"]) == (612, target)
