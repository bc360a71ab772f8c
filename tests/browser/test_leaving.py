"""Leaving quickly: the page is gone from the screen and from one step back; and the form that knows who is at risk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import Reader
from tests.browser.installation import Installation

ELSEWHERE = "https://en.wikipedia.org/"


@pytest.fixture(params=[True, False], ids=["with a script", "without a script"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def leaver(chromium: Browser, scripts: bool) -> Iterator[tuple[Page, list[str | None]]]:
    """A reader whose neutral site is played by a page of one word, and the referrers which that site was sent."""
    context: BrowserContext = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=scripts)
    referrers: list[str | None] = []

    def elsewhere(route, request) -> None:  # type: ignore[no-untyped-def]
        referrers.append(request.headers.get("referer"))
        route.fulfill(content_type="text/html", body="<title>Elsewhere</title><p>News of the weather</p>")

    context.route(f"{ELSEWHERE}**", elsewhere)
    yield context.new_page(), referrers
    context.close()


def read_an_action(page: Page, place: Installation) -> None:
    page.goto(f"{place.base}/en/privacy")
    page.goto(f"{place.base}/en/actions/{place.slug}")


def test_the_link_leaves_and_with_a_script_one_step_back_is_not_the_action(
    leaver: tuple[Page, list[str | None]], place: Installation, scripts: bool
) -> None:
    page, referrers = leaver
    read_an_action(page, place)
    page.click("#leave")
    page.wait_for_url(ELSEWHERE)
    assert referrers == [None]
    page.go_back()
    assert page.url == (f"{place.base}/en/privacy" if scripts else f"{place.base}/en/actions/{place.slug}")


@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_after_leaving_my_signature_one_step_back_shows_no_name_and_no_step_holds_a_link(
    leaver: tuple[Page, list[str | None]], place: Installation, scripts: bool
) -> None:
    page, _ = leaver
    token = place.signed()
    for path in (f"/en/mine/{token}", f"/en/m/{token}"):
        page.goto(f"{place.base}{path}")
        expect(page.locator("h1")).to_have_text("Your signature counts")
        name = page.locator("#name").input_value()
        assert page.url == f"{place.base}/en/"
        # What is changed goes to the same link, and comes back with none.
        page.locator("details:has(button[value=updates]) > summary").click()
        page.locator("form button[value=updates]").click()
        expect(page.locator("[role=status]")).to_be_visible()
        expect(page.locator("h1")).to_have_text("Your signature counts")
        page.click("#leave")
        page.wait_for_url(ELSEWHERE)
        steps = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
        # By what they open: each page makes its links anew, so no two are alike.
        assert [it["url"] for it in steps["entries"] if {"mine", "m"} & set(it["url"].split("/"))] == []
        page.go_back()
        assert page.url == f"{place.base}/en/"
        expect(page.locator("h1")).not_to_have_text("Your signature counts")
        assert name not in page.content()


@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_who_leaves_my_signature_before_its_scripts_have_come_leaves_no_name_one_step_back(
    leaver: tuple[Page, list[str | None]], place: Installation, scripts: bool
) -> None:
    page, _ = leaver
    page.goto(f"{place.base}/en/privacy")
    held: list[Route] = []

    def hold(route: Route) -> None:  # a slow line: what is deferred does not come
        held.append(route)

    page.route("**/static/public.js*", hold)
    page.goto(f"{place.base}/en/mine/{place.signed()}", wait_until="commit")
    page.click("#leave")
    page.wait_for_url(ELSEWHERE)
    assert held
    page.go_back()
    assert page.url == f"{place.base}/en/privacy"


@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_escape_three_times_leaves_and_twice_does_not(
    leaver: tuple[Page, list[str | None]], place: Installation, scripts: bool
) -> None:
    page, _ = leaver
    read_an_action(page, place)
    for key in ("Escape", "Escape", "Tab", "Escape"):
        page.keyboard.press(key)
    expect(page.locator("h1")).to_be_visible()
    assert page.url.startswith(place.base)
    for _press in range(2):
        page.keyboard.press("Escape")
    page.wait_for_url(ELSEWHERE)


def test_the_keys_are_told_of_only_where_they_work(reader: Reader, place: Installation) -> None:
    for scripts in (True, False):
        page = reader(scripts=scripts)
        page.goto(f"{place.base}/en/actions/{place.slug}")
        assert page.locator("#leave-keys").get_attribute("hidden") == (None if scripts else "")


def test_the_link_stays_in_reach_while_one_reads(reader: Reader, place: Installation) -> None:
    page = reader()
    page.goto(f"{place.base}/en/actions/{place.slug}")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    expect(page.locator("#leave")).to_be_in_viewport()


def test_a_country_at_risk_chooses_no_one_says_why_and_changes_no_choice_that_was_made(
    reader: Reader, place: Installation
) -> None:
    page = reader()
    page.goto(f"{place.base}/en/actions/{place.slug}")
    chosen, note = page.locator("input[name=disclosure]:checked"), page.locator("#at-risk-chosen")
    page.select_option("#country", "GB")
    expect(chosen).to_have_count(0)
    expect(page.locator("#email")).to_have_attribute("autocomplete", "email")
    page.select_option("#country", "PK")
    expect(chosen).to_have_value("withheld")
    expect(note).to_be_visible()
    for field in ("#name", "#email", "#country"):
        expect(page.locator(field)).to_have_attribute("autocomplete", "off")  # no device remembers what was typed
    page.select_option("#country", "GB")
    expect(chosen).to_have_count(0)
    expect(note).to_be_hidden()
    page.check("input[name=disclosure][value=public]")
    page.select_option("#country", "PK")
    expect(chosen).to_have_value("public")
