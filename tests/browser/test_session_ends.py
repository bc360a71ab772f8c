"""A sign-in ends while someone writes: they sign in again, second factor and all, and what they typed is saved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, expect
from sqlalchemy import delete, select

from campaign.storage.tables import Case, KeptForm, OrganiserSession
from tests.browser.office import ADMIN, PASSWORD, Office, opened
from tests.browser.office_pages import sign_in


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    (tmp_path / "campaign.db").write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{tmp_path / 'campaign.db'}") as place:
        yield place


def test_what_was_typed_comes_back_after_signing_in_with_a_second_factor(chromium: Browser, office: Office) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.set_default_timeout(10_000)
    sign_in(page, office)
    page.goto(f"{office.base}/organise/account/second-factor")
    page.locator("form:has(input[value=authenticator]) button").click()
    key = page.locator("code.key").inner_text().replace("-", "").replace(" ", "")
    page.fill("[name=code]", TOTP(key=key).generate().token)
    page.locator("form[action*='second-factor/'] button").first.click()

    page.goto(f"{office.base}/organise/cases/new")
    page.fill("[name=title]", "The fishers of the northern lagoon, غدیر")
    page.select_option("[name=country]", "PK")
    page.fill("[name=time_zone]", "Asia/Karachi")
    with office.storage.writing() as session:
        session.execute(delete(OrganiserSession))
    page.locator("main form button.go").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in has ended")
    expect(page.locator("body")).not_to_contain_text("fishers")
    page.get_by_role("link", name="Sign in and go on").click()
    page.fill("[name=email]", ADMIN)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button.go").click()
    page.fill("[name=code]", TOTP(key=key).generate(time=int(time.time()) + 30).token)
    page.locator("main button.go").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What you typed is here")
    page.get_by_text("Read what you typed").click()
    expect(page.locator("blockquote.typed").first).to_have_text("The fishers of the northern lagoon, غدیر")
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator("body")).to_contain_text("The fishers of the northern lagoon")
    with office.storage.reading() as session:
        assert [it.time_zone for it in session.scalars(select(Case))] == ["Asia/Karachi"]
        assert session.scalars(select(KeptForm)).all() == []
