"""Finding something from anywhere: by a key, by the field, and without a script by a link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.storage.tables import Official
from tests import made
from tests.browser.office import Office, opened
from tests.browser.office_pages import sign_in


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    (tmp_path / "campaign.db").write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{tmp_path / 'campaign.db'}") as it:
        with it.storage.writing() as session:
            made.action(session)
            session.add(Official(name="Naqvi", title={}, office={}, address=[], emails=[], languages=[], salutation={}))
        yield it


@pytest.fixture
def page(chromium: Browser, office: Office) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, office)
    yield page
    context.close()


def test_a_key_leads_to_the_field_and_three_more_to_what_is_sought(page: Page, office: Office) -> None:
    page.goto(f"{office.base}/organise/cases/")
    page.keyboard.press("/")
    expect(page.locator("#seek")).to_be_focused()
    page.keyboard.type("naqvi/?")  # in a field they are letters
    expect(page.locator("#seek")).to_have_value("naqvi/?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Naqvi")).to_have_count(1)


def test_the_list_of_keys_opens_over_the_page_and_goes_again(page: Page, office: Office) -> None:
    page.goto(f"{office.base}/organise/cases/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with page.expect_navigation():
        page.keyboard.type("go")
    assert page.url.endswith("/organise/officials/")


def test_who_cannot_use_single_keys_switches_them_off(page: Page, office: Office) -> None:
    page.goto(f"{office.base}/organise/")
    page.get_by_role("link", name="Keyboard shortcuts").click()
    page.get_by_label("Use keyboard shortcuts in this browser").uncheck()
    page.goto(f"{office.base}/organise/cases/")
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(page.locator("#seek")).not_to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
