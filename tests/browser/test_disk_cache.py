"""What is left on the device: after a walk past every secret, no file of the browser's cache holds one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, expect

from campaign import clock
from campaign.office import organisers, passwords
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.vocabulary import Role
from tests.browser.conftest import CHROMIUM
from tests.browser.installation import Installation

PASSWORD = "nine brave otters sing"
EMAIL = "cached@office.example"


@pytest.fixture
def device(chromium: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser as people have one: with a profile on a disk."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=path,
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


def cached(profile: Path) -> list[bytes]:
    """Every file in a folder of the profile that is a cache. What was sent may be packed; its address never is."""
    return [
        path.read_bytes()
        for path in profile.rglob("*")
        if path.is_file() and any("cache" in it.lower() for it in path.relative_to(profile).parts[:-1])
    ]


def test_no_secret_and_no_page_that_shows_one_lies_in_the_cache_of_the_browser(
    device: BrowserContext, place: Installation, tmp_path: Path
) -> None:
    storage = Storage(place.settings)
    with storage.writing() as session:
        who = Invitee("The editor", EMAIL, Role.EDITOR)
        organisers.add(session, storage.vault, COMMAND_LINE, who, clock.now(), passwords.hashed(PASSWORD))
    storage.dispose()
    page = device.new_page()
    page.goto(f"{place.base}/en/actions/{place.slug}")
    page.goto(f"{place.base}/organise/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    page.goto(f"{place.base}/organise/account/second-factor")
    page.click("main form:has([name=setup][value=authenticator]) button")
    key = page.locator("code.key").first.inner_text().replace("-", "")
    page.fill("[name=code]", TOTP(key=key).generate().token)
    page.click("main form:has([name=code]) button")
    page.goto(f"{place.base}/organise/account/recovery-codes")
    page.click("main form:has([name=generate_new_codes]) button")
    codes = page.locator("code.key").all_inner_texts()
    assert len(codes) == 10
    token = place.signed()
    page.goto(f"{place.base}/en/mine/{token}")
    expect(page.locator("h1")).to_have_text("Your signature counts")
    page.goto(f"{place.base}/en/privacy")
    device.close()
    everything = cached(tmp_path / "profile")
    assert any(f"/en/actions/{place.slug}".encode() in it for it in everything)  # what may be kept is kept
    secrets = [key, *codes, token, "/organise/account", "/organise/sign-in"]
    assert [it for it in secrets if any(it.encode() in content for content in everything)] == []
