"""Calling an official: the number, when somebody is there, and what to say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from campaign.appeals.relay.pacing import Hours, open_days
from campaign.storage.tables import Official
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour
from tests.web.reading import Page

CALL = f"/en/actions/{SLUG}/call"


@pytest.fixture
def telephone(site: Site) -> None:
    with site.storage.writing() as session:
        session.execute(update(Official).values(channels={"phone": ["+92519201234"]}))


@pytest.mark.usefixtures("telephone")
def test_the_page_gives_the_number_and_four_sentences_from_the_demand(site: Site) -> None:
    page = Page(site.client.get(CALL).text)
    assert page.one("a", class_="go")["href"] == "tel:+92519201234"
    said = [it.text for it in page.all("li") if it.text.startswith(("Hello.", "I am calling", "I ask", "Please write"))]
    assert len(said) == 4
    assert said[0] == "Hello. My name is … I am calling from …"
    assert "Renew the cards" in said[1]
    assert "The office can see your number." in page.text


@pytest.mark.usefixtures("telephone")
@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2025, 8, 4, 5, 30, tzinfo=UTC), "It is 10:30 there now. The office should be open."),  # a Monday
        (datetime(2025, 8, 4, 14, 30, tzinfo=UTC), "It is 19:30 there now. The office is closed."),
        (datetime(2025, 8, 3, 5, 30, tzinfo=UTC), "It is 10:30 there now. The office is closed."),  # a Sunday
    ],
)
def test_the_hours_are_those_of_the_office_and_in_utc(site: Site, hour: Hour, now: datetime, words: str) -> None:
    hour.now = now
    text = Page(site.client.get(CALL).text).text
    assert "From Monday to Friday, 09:00 to 17:00 there. In UTC that is 04:00 to 12:00." in text
    assert words in text


def test_without_a_telephone_there_is_nothing_to_call(site: Site) -> None:
    with site.storage.writing() as session:
        session.execute(update(Official).values(channels={}))
    assert site.client.get(CALL).status_code == 404


@pytest.mark.usefixtures("telephone")
def test_a_call_counts_like_a_letter(site: Site) -> None:
    page = Page(site.client.get(CALL).text)
    stamp = page.one("input", name="stamp")["value"]
    answer = site.client.post(f"/en/actions/{SLUG}/sent", data={"stamp": stamp, "channel": "telephone"})
    assert answer.status_code == 200
    assert "Telephone" in Page(answer.text).text


@pytest.mark.parametrize(("weekend", "days"), [({5, 6}, (0, 4)), ({4, 5}, (6, 3)), ({4}, (5, 3)), (set(), (0, 6))])
def test_a_week_begins_after_the_weekend(weekend: set[int], days: tuple[int, int]) -> None:
    assert open_days(Hours("UTC", 9, 17, frozenset(weekend))) == days
