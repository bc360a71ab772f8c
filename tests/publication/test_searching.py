"""Finding actions: right with none, one, forty and four hundred."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaign.publication.searching import PER_PAGE, Wanted, countries_of, find, languages_of, themes_of
from campaign.publication.values import ListedAction
from campaign.vocabulary import ActionKind, ActionStatus, Theme

TODAY = date(2026, 3, 1)


def action(n: int = 1, **values: object) -> ListedAction:
    return ListedAction(
        **{
            "slug": f"action-{n}",
            "number": f"UA {n}/26",
            "kind": ActionKind.FIRST,
            "position": 1,
            "title": "Renew the cards",
            "locale": "en",
            "country": "PK",
            "time_zone": "Asia/Karachi",
            "place": "Islamabad",
            "issued_on": TODAY - timedelta(days=5),
            "deadline": TODAY + timedelta(days=n),
            "status": ActionStatus.OPEN,
            "threats": (),
            "count": 0,
            "countries": 0,
            "goal": None,
            "locales": ("en", "ur"),
            "themes": (Theme.REFUGEES,),
            **values,
        }
    )


@pytest.mark.parametrize(
    ("there", "pages", "on_last"), [(0, 1, 0), (1, 1, 1), (40, 1, 40), (400, 10, 40), (401, 11, 1)]
)
def test_a_list_of_any_length_is_whole_and_in_order(there: int, pages: int, on_last: int) -> None:
    actions = [action(n) for n in range(1, there + 1)]
    parts = [find(actions, Wanted(), TODAY, page) for page in range(1, pages + 1)]
    assert [shown.slug for part in parts for shown in part.actions] == [it.slug for it in actions]
    assert {(part.total, part.pages) for part in parts} == {(there, pages)}
    assert len(parts[-1].actions) == on_last
    assert all(len(part.actions) <= PER_PAGE for part in parts)


@pytest.mark.parametrize("page", [-1, 0, 2, 10**9])
def test_a_page_that_is_not_there_is_the_nearest_one(page: int) -> None:
    found = find([action()], Wanted(), TODAY, page)
    assert (found.page, len(found.actions)) == (1, 1)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), True),
        (Wanted(words="renew CARDS"), True),
        (Wanted(words="ua 1/26"), True),
        (Wanted(words="valley"), False),
        (Wanted(country="PK"), True),
        (Wanted(country="AF"), False),
        (Wanted(theme="refugees"), True),
        (Wanted(theme="torture"), False),
        (Wanted(language="ur"), True),
        (Wanted(language="fr"), False),
        (Wanted(within=7), True),
        (Wanted(words="cards", country="PK", theme="refugees", language="ur", within=2), True),
        (Wanted(words="cards", country="PK", theme="refugees", language="fr", within=2), False),
    ],
)
def test_an_action_is_found_by_all_that_is_wanted_of_it(wanted: Wanted, found: bool) -> None:
    assert bool(find([action()], wanted, TODAY).actions) is found


def test_a_deadline_in_days_counts_today_and_the_last_day() -> None:
    actions = [action(n) for n in (0, 2, 3)]
    assert [it.slug for it in find(actions, Wanted(within=2), TODAY).actions] == ["action-0", "action-2"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Libérez Noura", "liberez"),
        ("Straße räumen", "strasse"),
        ("کارڈز کی تجدید کریں", "تجدید"),
        ("İzin ver", "izin"),
    ],
)
def test_a_search_minds_no_accents_and_no_capitals(title: str, words: str) -> None:
    assert find([action(title=title)], Wanted(words=words), TODAY).total == 1


def test_only_what_would_find_something_is_offered() -> None:
    actions = [action(1), action(2, country="AF", themes=(Theme.TORTURE,), locales=("fa",))]
    assert countries_of(actions) == ("AF", "PK")
    assert set(themes_of(actions)) == {Theme.REFUGEES, Theme.TORTURE}
    assert languages_of(actions) == ("en", "fa", "ur")
