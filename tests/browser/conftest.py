"""Readers with a real Chromium, and an installation for them to read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.installation import Installation, served

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ACCEPTS = {"en": "en-GB", "ur": "ur-PK", "fr": "fr-FR", "es": "es-ES", "ar": "ar-EG", "fa": "fa-IR", "ps": "ps-AF"}

Reader = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One served demonstration a test process."""
    with served(tmp_path_factory.mktemp("served")) as installation:
        yield installation


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail(f"These tests need Chromium, under one of these names: {', '.join(CHROMIUM)}. Install it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


class Watch:
    """What a reader's browser did behind their back: whom it asked, what it complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", lambda said: self._hear(said.type, said.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def found_nothing(self, base: str) -> None:
        host = urlsplit(base).netloc
        assert {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")} <= {host}
        assert not self.complaints
        assert not self.context.cookies()

    def _hear(self, kind: str, text: str) -> None:
        # A page that is answered with an error status is reported too: that is what the status is for.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource: the server responded"):
            self.complaints.append(text)


@pytest.fixture(scope="session")
def walks(chromium: Browser) -> Iterator[dict[str, tuple[Page, Watch]]]:
    """A browser for each language that walks over many pages, one after the other."""
    opened: dict[str, tuple[Page, Watch]] = {}
    yield opened
    for _, watch in opened.values():
        watch.context.close()


@pytest.fixture
def walker(chromium: Browser, place: Installation, walks: dict[str, tuple[Page, Watch]]) -> Iterator[Reader]:
    """Like `reader`, with the browser in which others read before: for looking only."""
    used: list[Watch] = []

    def go_on(locale: str) -> Page:
        if locale not in walks:
            context = chromium.new_context(
                viewport={"width": 360, "height": 740}, locale=ACCEPTS[locale], reduced_motion="reduce"
            )
            context.set_default_timeout(10_000)
            watch = Watch(context)
            walks[locale] = context.new_page(), watch
        page, watch = walks[locale]
        used.append(watch)
        return page

    yield go_on
    for watch in used:
        watch.found_nothing(place.base)
        watch.asked.clear()
        watch.complaints.clear()


@pytest.fixture
def reader(chromium: Browser, place: Installation) -> Iterator[Reader]:
    """Opens a browser of its own for one reader; whatever they did, nobody else was asked and nothing complained."""
    watches: list[Watch] = []

    def open_browser(locale: str = "en", width: int = 360, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 740},
            java_script_enabled=scripts,
            locale=ACCEPTS[locale],
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        watches.append(Watch(context))
        return context.new_page()

    yield open_browser
    for watch in watches:
        watch.found_nothing(place.base)
        watch.context.close()
