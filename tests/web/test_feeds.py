"""Following an action: feeds that readers take, a calendar entry that calendars take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar
from lxml import etree

from campaign import clock
from campaign.vocabulary import ActionKind, ActionStatus
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour
from tests.web.reading import Page

ATOM = "{http://www.w3.org/2005/Atom}"
DEADLINE = f"/en/actions/{SLUG}/deadline.ics"


def feed(site: Site, path: str) -> etree._Element:
    answer = site.fresh().client.get(path)
    assert answer.mimetype == "application/atom+xml"
    return etree.fromstring(answer.data)


def entries(root: etree._Element) -> list[dict[str, str]]:
    """Each entry's texts by element, and its link."""
    return [
        {
            **{child.tag.removeprefix(ATOM): child.text or "" for child in entry},
            "link": entry.find(f"{ATOM}link").get("href"),
        }
        for entry in root.iterfind(f"{ATOM}entry")
    ]


def calendar(site: Site, path: str = DEADLINE) -> Calendar:
    answer = site.fresh().client.get(path)
    assert answer.mimetype == "text/calendar"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return Calendar.from_ical(answer.data)


def test_the_feed_lists_open_actions_and_each_page_leads_to_it(site: Site) -> None:
    with site.storage.writing() as session:
        made.action(session, "over", status=ActionStatus.CLOSED, deadline=date(2025, 7, 1))
        made.action(session, "hidden", status=ActionStatus.DRAFT)
    for locale, title in (("en", "Renew the cards"), ("ur", "کارڈز کی تجدید کریں")):
        there = Page(site.client.get(f"/{locale}/privacy").text).one("link", type="application/atom+xml")["href"]
        root = feed(site, there)
        # What ended lately is told too; drafts are not.
        assert {it["link"].rpartition("/")[2] for it in entries(root)} == {SLUG, "over"}
        (entry,) = (it for it in entries(root) if it["link"].endswith(SLUG))
        assert entry["title"] == f"UA 56/25: {title}"
        assert entry["link"] == f"http://campaign.test/{locale}/actions/{SLUG}"
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == locale


def test_a_feed_has_what_atom_requires_and_the_same_ids_tomorrow(site: Site, hour: Hour) -> None:
    ids = []
    for _ in range(2):
        root = feed(site, f"/en/actions/{SLUG}/feed.atom")
        for element in ("id", "title", "updated", "author"):
            assert len(root.findall(f"{ATOM}{element}")) == 1
        itself = [it for it in root.iterfind(f"{ATOM}link") if it.get("rel") == "self"]
        assert [it.get("href") for it in itself] == [f"http://campaign.test/en/actions/{SLUG}/feed.atom"]
        every = entries(root)
        assert len({it["id"] for it in every}) == len(every)
        for entry in every:
            assert datetime.fromisoformat(entry["updated"]) <= hour.now
        ids.append([it["id"] for it in every])
        hour.passes(days=1)
    assert ids[0] == ids[1]


def test_the_feed_of_a_case_tells_its_actions_their_ends_and_what_has_happened(site: Site, hour: Hour) -> None:
    hour.becomes(datetime(2025, 7, 10, tzinfo=UTC))
    with site.storage.writing() as session:
        first = session.query(made.Action).filter_by(slug=SLUG).one()
        first.status, first.ended_at, first.deadline = ActionStatus.CLOSED, hour.now, date(2025, 7, 9)
        first.outcome = {"en": "The cards were renewed for a year."}
        second = made.action(session, "again", kind=ActionKind.FURTHER_INFORMATION, issued_on=date(2025, 7, 10))
        second.case, second.serial = first.case, 57
    told = entries(feed(site, f"/en/actions/{SLUG}/feed.atom"))
    titles = [it["title"] for it in told]
    assert titles.index("UA 56/25: Renew the cards (closed)") < titles.index("cards expire")
    assert titles.index("cards expire") < titles.index("UA 56/25: Renew the cards")
    assert "UA 57/25: Renew the cards" in titles
    assert "returns begin" not in titles  # it lies ahead
    assert told[titles.index("UA 56/25: Renew the cards (closed)")]["summary"] == "The cards were renewed for a year."


def test_followers_of_a_case_are_told_that_another_action_of_it_was_stopped_and_not_its_title(
    site: Site, hour: Hour
) -> None:
    with site.storage.writing() as session:
        first = session.query(made.Action).filter_by(slug=SLUG).one()
        other = made.action(session, "other", status=ActionStatus.STOPPED, stop_reason={"en": "She asked for silence."})
        other.case, other.serial = first.case, 58
        other.texts[0].title = other.texts[1].title = "Free Sample Person"
    answer = site.client.get(f"/en/actions/{SLUG}/feed.atom").text
    assert "UA 58/25: This action was stopped." in answer
    assert "She asked for silence." in answer
    assert "Sample Person" not in answer


def test_an_action_opened_again_is_news_again(site: Site, changed: Callable[..., None]) -> None:
    path = "/en/feed.atom"
    (before,) = entries(feed(site, path))
    changed(opened_at=datetime(2025, 8, 20, 9, 0, tzinfo=UTC))
    (after,) = entries(feed(site, path))
    assert before["id"] == after["id"]
    assert after["updated"] == "2025-08-20T09:00:00+00:00" > before["updated"]


def test_hostile_words_are_words_in_a_feed(site: Site) -> None:
    with site.storage.writing() as session:
        action = session.query(made.Action).filter_by(slug=SLUG).one()
        action.texts[0].title = "<script>alert(1)</script>&amp; \x07 \ufffe ]]>"
    (entry,) = entries(feed(site, "/en/feed.atom"))
    assert entry["title"] == "UA 56/25: <script>alert(1)</script>&amp; ]]>"


def test_the_calendar_has_the_last_day_as_a_whole_day_where_the_case_is(site: Site) -> None:
    deadline = (clock.now() + timedelta(days=10)).date()
    last = calendar(site).events[0]
    assert last.decoded("DTSTART") == deadline
    assert last.decoded("DTEND") == deadline + timedelta(days=1)
    assert "Islamabad time" in last["DESCRIPTION"]
    assert last["URL"] == f"http://campaign.test/actions/{SLUG}"
    (alarm,) = last.alarms.times
    assert alarm.trigger.date() == deadline - timedelta(days=2)
    assert alarm.trigger.hour == 9


def test_the_dates_of_harm_stand_in_the_calendar_too(site: Site) -> None:
    harms = {it.decoded("DTSTART"): str(it["SUMMARY"]) for it in calendar(site).events[1:]}
    assert harms == {
        date(2025, 6, 30): "cards expire (UA 56/25: Renew the cards)",
        date(2025, 9, 1): "returns begin (UA 56/25: Renew the cards)",
    }


def test_importing_again_replaces_the_entry_in_any_language_and_a_later_deadline_counts_as_a_newer_version(
    site: Site, changed: Callable[..., None]
) -> None:
    before = calendar(site).events
    changed(deadline=(clock.now() + timedelta(days=20)).date())
    after = calendar(site, f"/ur/actions/{SLUG}/deadline.ics").events
    assert [it["UID"] for it in before] == [it["UID"] for it in after]
    assert len({it["UID"] for it in before}) == len(before)
    assert after[0]["SEQUENCE"] > before[0]["SEQUENCE"]


def test_colleagues_who_see_the_calendar_do_not_see_what_it_is_about(site: Site) -> None:
    assert {str(it["CLASS"]) for it in calendar(site).events} == {"PRIVATE"}
