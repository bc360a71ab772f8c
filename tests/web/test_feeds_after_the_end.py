"""A stop, an end and a later deadline reach what was handed out: calendars and feeds, as outside libraries read them.

A published calendar that answers 410 leaves entry and alarm where they are; what takes them away is the same UID
with a higher SEQUENCE and STATUS:CANCELLED (RFC 5545, 3.8.1.11 and 3.8.7.4). Peers were told so by their users:
GetTogetherComm/GetTogether#291 (a cancelled event stays in the feed), FossifyOrg/Calendar#524 (an alarm for one).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest
from icalendar import Calendar, Event

from campaign.cases.lifecycle import opening_and_closing, transitions
from campaign.office.audit import Actor
from campaign.vocabulary import Outcome
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour

START = datetime(2025, 8, 1, 9, 0, tzinfo=UTC)
LAST = date(2025, 8, 20)
WHO = Actor(None, "Ann")
STOP = "This action was stopped. Please do not write any more. It could do harm."


@pytest.fixture
def running(site: Site, hour: Hour) -> Site:
    """An open action until 20 August, looked at on the first of the month."""
    hour.becomes(START)
    with site.storage.writing() as session:
        from sqlalchemy import update

        from campaign.storage.tables import Action

        session.execute(update(Action).values(deadline=LAST, opened_at=START - timedelta(days=3)))
    return site


def stop(site: Site, hour: Hour, why: str = "She asked for silence.") -> None:
    with site.storage.writing() as session:
        transitions.stop(session, site.storage.vault, WHO, SLUG, {"en": why}, hour.now)


def close(site: Site, hour: Hour) -> None:
    with site.storage.writing() as session:
        opening_and_closing.close(session, site.storage.vault, WHO, SLUG, hour.now)


def extend(site: Site, hour: Hour, until: date) -> None:
    with site.storage.writing() as session:
        transitions.extend(session, site.storage.vault, WHO, SLUG, until, {"en": "The hearing moved."}, hour.now)


def entry(site: Site, locale: str = "en") -> Event:
    answer = site.fresh().client.get(f"/{locale}/actions/{SLUG}/deadline.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return next(it for it in Calendar.from_ical(answer.data).events if ".deadline@" in it["UID"])


def read(site: Site, path: str) -> list[feedparser.FeedParserDict]:
    answer = site.fresh().client.get(path)
    assert answer.status_code == 200
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert len({it.id for it in parsed.entries}) == len(parsed.entries)
    return parsed.entries


def test_a_stop_cancels_the_entry_that_calendars_hold_and_takes_its_alarm(running: Site, hour: Hour) -> None:
    before = entry(running)
    stop(running, hour)
    after = entry(running)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert [it.name for it in before.subcomponents] == ["VALARM"]
    assert after.subcomponents == []
    assert STOP in after["SUMMARY"]
    assert "She asked for silence." in after["DESCRIPTION"]
    assert "Renew the cards" not in after.to_ical().decode()


def test_a_stop_cancels_the_dates_of_harm_too(running: Site, hour: Hour) -> None:
    stop(running, hour)
    answer = running.fresh().client.get(f"/en/actions/{SLUG}/deadline.ics")
    events = Calendar.from_ical(answer.data).events
    assert len(events) == 3
    assert {it["STATUS"] for it in events} == {"CANCELLED"}
    assert b"returns begin" not in answer.data


def test_closing_early_cancels_it_and_a_later_deadline_brings_it_back(running: Site, hour: Hour) -> None:
    seen = [entry(running)]
    close(running, hour)
    seen.append(entry(running))
    extend(running, hour, LAST + timedelta(days=1))
    seen.append(entry(running))
    close(running, hour)
    seen.append(entry(running))
    stop(running, hour)
    seen.append(entry(running))
    assert [it["STATUS"] for it in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED", "CANCELLED"]
    assert [len(it.subcomponents) for it in seen] == [1, 0, 1, 0, 0]
    numbers = [int(str(it["SEQUENCE"])) for it in seen]
    assert numbers == sorted(set(numbers))
    assert {str(it["UID"]) for it in seen} == {f"{SLUG}.deadline@campaign.test"}


def test_closing_at_the_deadline_keeps_the_day_and_takes_the_alarm(running: Site, hour: Hour) -> None:
    before = entry(running)
    hour.becomes(datetime(2025, 8, 21, 0, 0, tzinfo=UTC))
    with running.storage.writing() as session:
        assert opening_and_closing.close_due(session, running.storage.vault, hour.now) == 1
    after = entry(running)
    assert "STATUS" not in after
    assert after.subcomponents == []
    assert after["SEQUENCE"] > before["SEQUENCE"]


@pytest.mark.parametrize("path", ["/en/feed.atom", f"/en/actions/{SLUG}/feed.atom"])
def test_both_feeds_tell_of_a_stop_and_why_for_at_least_a_year(running: Site, hour: Hour, path: str) -> None:
    before = {it.id for it in read(running, path)}
    stop(running, hour)
    for _ in range(2):
        told = [it for it in read(running, path) if STOP in it.title]
        assert [it.summary for it in told] == ["She asked for silence."]
        assert not {it.id for it in told} & before
        assert told[0].updated.startswith("2025-08-01")
        assert not any("Renew the cards" in str(it) for it in read(running, path))
        hour.passes(days=366)


@pytest.mark.parametrize("path", ["/en/feed.atom", f"/en/actions/{SLUG}/feed.atom"])
def test_both_feeds_tell_of_a_later_deadline_and_of_the_end(running: Site, hour: Hour, path: str) -> None:
    known = {it.id for it in read(running, path)}
    hour.passes(days=2)
    extend(running, hour, date(2025, 9, 5))
    new = [it for it in read(running, path) if it.id not in known]
    assert [(it.title, it.summary) for it in new] == [
        ("UA 56/25: Renew the cards: more time, until 5 September 2025", "The hearing moved.")
    ]
    known |= {it.id for it in new}
    hour.passes(days=2)
    with running.storage.writing() as session:
        words = {"en": "The cards were renewed."}
        transitions.conclude(session, running.storage.vault, WHO, SLUG, Outcome.POSITIVE, words, hour.now)
    new = [it for it in read(running, path) if it.id not in known]
    assert [(it.title, it.summary) for it in new] == [("UA 56/25: Renew the cards (closed)", "The cards were renewed.")]


@pytest.mark.parametrize("name", ["poster.pdf", "sheet.pdf", "share.png", "letter.pdf", "bulletin.pdf", "envelope.pdf"])
def test_prints_of_a_stopped_action_answer_with_a_page_that_says_so(running: Site, hour: Hour, name: str) -> None:
    stop(running, hour)
    answer = running.fresh().client.get(f"/en/actions/{SLUG}/{name}")
    assert answer.status_code == 410
    assert answer.mimetype == "text/html"
    assert STOP in answer.text
