"""Forms of an action's life: what an organiser presses, and what readers then see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select, update

from campaign.cases.lifecycle import opening_and_closing
from campaign.office.audit import COMMAND_LINE
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Role
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour, Supporter
from tests.web.organise.conftest import Desk, agreed
from tests.web.reading import Page

PATH = f"/organise/actions/{SLUG}"
AGAIN: dict[str, object] = {"new_title": "Renew the cards", "new_number": "UA 56/25"}


def public(site: Site, locale: str = "en", slug: str = SLUG) -> Page:
    return Page(site.fresh().client.get(f"/{locale}/actions/{slug}").text)


def action(site: Site, slug: str = SLUG) -> Action:
    with site.storage.reading() as session:
        return session.scalars(select(Action).where(Action.slug == slug)).one()


def later(site: Site) -> str:
    deadline = action(site).deadline
    assert deadline is not None
    return str(deadline + timedelta(days=20))


def test_an_extension_reaches_the_page_the_calendars_and_the_history(
    desk: Callable[..., Desk], staffed: Site, hour: Hour
) -> None:
    who, until = desk(Role.EDITOR), later(staffed)
    who.read(f"{PATH}/life")
    answer = who.post(
        f"{PATH}/extend", {"until": until, "reason-en": "The court meets later.", "reason-ur": "تاریخ بدل گئی"}
    )
    assert answer.status_code == 302
    assert "The court meets later." not in public(staffed).text
    assert agreed(desk(Role.REVIEWER)) == 1
    assert "The court meets later." in public(staffed).text
    assert "تاریخ بدل گئی" in public(staffed, "ur").text
    compact = until.replace("-", "")
    assert f"DTSTART;VALUE=DATE:{compact}" in staffed.client.get(f"/en/actions/{SLUG}/deadline.ics").text
    assert "Deadline UA 56/25 Renew the cards" in who.read(f"/organise/calendar?month={until[:7]}").text
    assert "changed the deadline" in who.read(f"/organise/audit/actions/{SLUG}").text
    day = date.fromisoformat(until)
    assert f"to {day.day} {day:%B %Y}" in who.read(f"/organise/audit/actions/{SLUG}").text


def test_a_refused_extension_keeps_what_was_typed(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{PATH}/life")
    answer = who.post(f"{PATH}/extend", {"until": "2020-01-01", "reason-en": "Because."})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "later than the current" in page.text
    assert page.one("textarea", id="extend-reason-en").text.startswith("Because.")
    assert page.one("textarea", id="stop-reason-en").text == ""
    assert page.one("input", id="until")["value"] == "2020-01-01"


def test_a_stop_is_one_confirmed_step_and_the_page_says_only_that(
    desk: Callable[..., Desk], staffed: Site, supporter: Supporter
) -> None:
    supporter.signs()
    who = desk(Role.REVIEWER)
    who.read(f"{PATH}/life")
    assert who.post(f"{PATH}/stop", {"reason-en": "She is free."}).status_code == 422
    assert action(staffed).status is ActionStatus.OPEN
    assert who.post(f"{PATH}/stop", {"reason-en": "She is free.", "sure": "yes"}).status_code == 302
    page = public(staffed)
    assert page.heading == "Please do not write any more"
    assert "She is free." in page.text
    assert "Renew the cards" not in page.text
    assert not who.read(f"{PATH}/life").all("form", action=f"{PATH}/extend")


def test_closing_with_an_outcome_tells_readers(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{PATH}/life")
    assert who.post(f"{PATH}/outcome", {"words-en": "Half were renewed."}).status_code == 422
    assert who.post(f"{PATH}/outcome", {"outcome": "mixed", "words-en": "Half were renewed."}).status_code == 302
    assert "Half were renewed." not in public(staffed).text
    assert agreed(desk(Role.REVIEWER)) == 1
    page = public(staffed)
    assert "Result: part of what we asked for happened." in page.text
    assert "Half were renewed." in page.text
    assert not page.all("input", id="name")
    who.read(f"{PATH}/life")
    assert who.post(f"{PATH}/archive").status_code == 302
    assert "Result: part of what we asked for happened." in public(staffed).text


def test_further_information_is_one_press_and_a_second_press_leads_to_it(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{PATH}/life")
    there = who.post(f"{PATH}/further-information", AGAIN).headers["Location"]
    assert f"{SLUG}-2" in there
    who.read(f"{PATH}/life")
    assert who.post(f"{PATH}/further-information").headers["Location"] == there


def test_who_comes_to_the_old_page_is_led_to_the_new_one(desk: Callable[..., Desk], staffed: Site, hour: Hour) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{PATH}/life")
    who.post(f"{PATH}/further-information", AGAIN)
    assert "newer information" not in public(staffed).text
    with staffed.storage.writing() as session:
        session.execute(update(Action).where(Action.slug == f"{SLUG}-2").values(goal=100))
        until = (hour.now + timedelta(days=30)).date()
        opening_and_closing.publish(session, staffed.storage.vault, COMMAND_LINE, f"{SLUG}-2", until, hour.now)
    old = public(staffed)
    assert "There is newer information." in old.text
    assert f"/en/actions/{SLUG}-2" in old.links
    assert not old.all("input", id="name")
    assert public(staffed, slug=f"{SLUG}-2").all("input", id="name")


def test_who_may_only_look_is_offered_nothing_to_press(desk: Callable[..., Desk], staffed: Site) -> None:
    page = desk(Role.VIEWER).read(f"{PATH}/life")
    assert [it["action"] for it in page.all("form") if SLUG in it["action"]] == []
