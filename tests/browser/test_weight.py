"""What the action page weighs on its way to a phone, and whether it can be used when nothing comes but the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ACCEPTS
from tests.browser.installation import Installation

# What the page and all it asks for weighs on the wire, headers included.
MOST_BYTES, MOST_WITH_A_PICTURE, MOST_REQUESTS = 20 * 1024, 40 * 1024, 5
# Slow 3G as Chromium simulates it: 400 kbit/s each way, 400 ms to an answer.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}

# The page as most see it; with every part that is there only for some: a letter in another language, everything
# opened that is folded, and scrolled to its end; and the page where the letter is made one's own.
VIEWS = {
    "plain": "",
    "by a tagged link": "?via=newsletter",
    "every part": "?letter=en&official=1",
    "writing": "/write?lang=en&official=1",
    "with a picture": "",
}


@dataclass
class Load:
    """What one opening of a page cost: bytes on the wire of each address, headers included."""

    bytes_by_url: dict[str, int] = field(default_factory=dict)
    usable_ms: float = 0.0
    loaded_ms: float = 0.0

    @property
    def bytes(self) -> int:
        return sum(self.bytes_by_url.values())


@contextmanager
def phone(chromium: Browser, locale: str, scripts: bool = True) -> Iterator[Page]:
    """A phone with nothing in its cache."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale=ACCEPTS[locale], java_script_enabled=scripts
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def loaded(page: Page, url: str, slow: bool = False) -> Load:
    """Open a page with an empty cache and count what comes, the icon too, which Chromium asks for unseen."""
    load, urls = Load(), {}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": False})
    if slow:
        line.send("Network.emulateNetworkConditions", SLOW_3G)

    def asked(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        load.bytes_by_url[urls[event["requestId"]]] = int(event["encodedDataLength"])

    line.on("Network.requestWillBeSent", asked)
    line.on("Network.loadingFinished", finished)
    page.goto(url, wait_until="load")
    timing = page.evaluate(
        """async () => {
            const [page] = performance.getEntriesByType("navigation");
            const painted = await new Promise((tell) => {
                new PerformanceObserver((list) => {
                    for (const it of list.getEntriesByName("first-contentful-paint")) tell(it.startTime);
                }).observe({ type: "paint", buffered: true });
            });
            return [Math.max(page.domInteractive, painted), page.loadEventEnd];
        }"""
    )
    load.usable_ms, load.loaded_ms = timing
    icon = page.locator("link[rel=icon]").evaluate("it => it.href")
    if icon not in load.bytes_by_url:
        answer = page.request.get(icon)
        load.bytes_by_url[icon] = len(answer.body()) + sum(len(f"{n}: {v}\r\n") for n, v in answer.headers.items())
    return load


@pytest.mark.parametrize("locale", ["en", "ur"])
@pytest.mark.parametrize("view", VIEWS)
def test_the_action_page_and_all_it_loads_is_light(
    chromium: Browser, place: Installation, locale: str, view: str, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = "with-a-picture" if view == "with a picture" else place.slug
    url = f"{place.base}/{locale}/actions/{slug}{VIEWS[view]}"
    with phone(chromium, locale) as page:
        load = loaded(page, url)
        if view == "every part":
            page.locator("details").evaluate_all("all => all.forEach(it => { it.open = true; })")
            page.mouse.wheel(0, 20_000)
            page.wait_for_load_state("networkidle")
    with phone(chromium, locale) as page:
        slow = loaded(page, url, slow=True)
    with capsys.disabled():
        told = ", ".join(f"{it.rsplit('/', 1)[1].partition('?')[0]} {n:,}" for it, n in load.bytes_by_url.items())
        print(
            f"\naction page, {locale}, {view}: {load.bytes:,} bytes in "
            f"{len(load.bytes_by_url)} requests ({told}); on slow 3G usable after {slow.usable_ms / 1000:.2f} s, "
            f"complete after {slow.loaded_ms / 1000:.2f} s"
        )
    # More scripts belong into the one that is there (BUNDLES in campaign/web/assets.py).
    assert len(load.bytes_by_url) <= MOST_REQUESTS
    assert load.bytes <= (MOST_WITH_A_PICTURE if view == "with a picture" else MOST_BYTES)
    if view == "with a picture":
        (picture,) = [size for url_, size in load.bytes_by_url.items() if "/picture/" in url_]
        assert picture <= 25 * 1024
    assert len(slow.bytes_by_url) == len(load.bytes_by_url)


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_without_a_script_nothing_more_is_asked_for_and_everything_can_be_used(
    chromium: Browser, place: Installation, locale: str
) -> None:
    with phone(chromium, locale, scripts=False) as page:
        page.goto(f"{place.base}/{locale}/actions/{place.slug}")
        buttons = page.locator("main button:visible")
        # What shows can be pressed to some end: it sends a form.
        assert all(buttons.nth(n).evaluate("it => it.form !== null") for n in range(buttons.count()))
        assert page.locator("#share-text").text_content().strip().endswith(f"{place.base}/actions/{place.slug}")
        for name in ("WhatsApp", "Telegram", "X", "Bluesky"):
            assert page.get_by_role("link", name=name, exact=True).is_visible()


def test_with_a_script_the_link_is_copied_by_a_button(chromium: Browser, place: Installation) -> None:
    with phone(chromium, "en") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=place.base)
        page.goto(f"{place.base}/en/actions/{place.slug}")
        page.locator("#share summary", has_text="Copy the link").click()
        page.locator("button[data-copy=share-text]").click()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f" {place.base}/actions/{place.slug}")
    assert "\n" not in copied


def test_where_the_phone_can_share_its_own_menu_is_offered_the_link_without_a_language(
    chromium: Browser, place: Installation
) -> None:
    with phone(chromium, "ur") as page:
        # Headless Chromium has no such menu: what the page hands to it is caught in its place.
        page.add_init_script(
            "navigator.share = async (data) => { document.documentElement.dataset.shared = JSON.stringify(data); };"
        )
        page.goto(f"{place.base}/ur/actions/{place.slug}")
        page.locator("button[data-share]").click()
        shared = page.locator("html").evaluate("it => JSON.parse(it.dataset.shared)")
        assert shared["url"] == f"{place.base}/actions/{place.slug}"
        assert shared["title"] == page.locator("h1").inner_text()


def test_a_script_takes_the_tag_of_a_link_out_of_the_address_and_leaves_it_in_the_form(
    chromium: Browser, place: Installation
) -> None:
    there = f"{place.base}/en/actions/{place.slug}"
    for scripts, address in ((True, f"{there}?letter=en#sign"), (False, f"{there}?letter=en&via=news#sign")):
        with phone(chromium, "en", scripts=scripts) as page:
            page.goto(f"{there}?letter=en&via=news#sign")
            assert page.url == address
            assert page.locator("form [name=via]").input_value() == "news"
