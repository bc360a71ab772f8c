"""What a browser's own list of pages holds after somebody has opened the links of their mails: nothing that lasts."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.installation import Installation

# chrome/browser/ui and components/history: what is shown and offered is the end of a chain of redirects.
CHAIN_END = 0x20000000
KINDS = {
    "confirm": "pending", "mine": "mine_confirmed", "m": "mine_confirmed", "answer": "answered",
    "unsubscribe": "unsubscribe_confirmed", "network": "member", "leave": "leave", "sign": "one_step", "undo": "undo",
}  # fmt: skip


@pytest.fixture(params=[True, False], ids=["with a script", "without a script"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def device(chromium: Browser, tmp_path: Path, scripts: bool) -> Iterator[BrowserContext]:
    """A browser as people have one: with a profile on a disk."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=path,
        java_script_enabled=scripts,
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    )
    context.set_default_timeout(60_000)
    yield context
    context.close()


def listed(profile: Path) -> list[str]:
    """The addresses that the list of visited pages shows, as Chromium chooses them from its database."""
    (database,) = profile.rglob("History")
    connection = sqlite3.connect(database)
    rows = connection.execute(
        "SELECT DISTINCT urls.url FROM urls JOIN visits ON visits.url = urls.id WHERE visits.transition & ?",
        (CHAIN_END,),
    ).fetchall()
    connection.close()
    return [url for (url,) in rows]


def steps(page: Page) -> list[str]:
    """The addresses behind "back" and "forward"."""
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    return [entry["url"] for entry in history["entries"]]


def test_no_link_of_a_mail_stays_in_the_list_of_pages_behind_back_or_in_the_cache(
    device: BrowserContext, place: Installation, tmp_path: Path, scripts: bool
) -> None:
    page = device.new_page()
    tokens = {kind: place.names[name] for kind, name in KINDS.items() if name in place.names}
    assert {"confirm", "mine", "m", "answer", "unsubscribe", "network", "sign"} <= set(tokens)
    for kind, token in tokens.items():
        page.goto(f"{place.base}/en/{kind}/{token}")
        expect(page.locator("h1")).to_have_count(1)
        if not scripts:  # with one, the page has left the steps altogether
            stands, heading = page.url, page.locator("h1").inner_text()
            assert page.url.startswith(f"{place.base}/en/{kind}/")
            page.goto(f"{place.base}/en/privacy")
            page.go_back()
            page.reload()
            assert (page.url, page.locator("h1").inner_text()) == (stands, heading)
    page.goto(f"{place.base}/en/privacy")
    behind = steps(page)
    device.close()
    seen = listed(tmp_path / "profile")
    assert any(url.endswith("/en/privacy") for url in seen)
    cached = [
        it.read_bytes()
        for it in (tmp_path / "profile").rglob("*")
        if it.is_file() and any("cache" in part.lower() for part in it.relative_to(tmp_path / "profile").parts[:-1])
    ]
    for token in tokens.values():
        assert [url for url in (*seen, *behind) if token in url] == []
        assert not any(token.encode() in content for content in cached)
