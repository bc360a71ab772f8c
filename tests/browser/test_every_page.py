"""Every page in every state, in both languages: usable by everyone, on any screen, by day and by night."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.browser.states import STATES

PHONE, DESK, NARROWEST = 360, 1280, 320
EVERY = [
    pytest.param(state, locale, id=f"{state} in {locale}")
    for state in STATES
    for locale in ("en", "ur")
    if (state, locale) not in {("letter in urdu", "ur"), ("in english only", "en")}  # the action again
]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
# Beyond what axe checks by itself: text at 7:1, and nothing to press smaller than 24 px.
ALL = {"rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}}


@pytest.mark.parametrize(("state", "locale"), EVERY)
def test_axe_finds_nothing_on_a_phone_or_a_desk_by_day_or_by_night(
    reader: Reader, place: Installation, state: str, locale: str
) -> None:
    page = reader(locale)
    STATES[state](page, place, locale)
    assert page.locator("html").get_attribute("lang") == locale
    page.evaluate(AXE)
    for width, scheme, rules in (
        (PHONE, "light", ALL),
        (PHONE, "dark", COLOURS),
        (DESK, "dark", ALL),
        (DESK, "light", COLOURS),
    ):
        look(page, width, scheme)
        assert axe(page, rules) == [], f"at {width} px, {scheme}"


def look(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def axe(page: Page, rules: object) -> list[str]:
    """What axe finds: the rule, and the elements that break it."""
    found: list[str] = page.evaluate(
        """rules => axe.run(document, {...rules, resultTypes: ['violations']}).then(
            found => found.violations.map(it => `${it.id}: ${it.nodes.map(node => node.html).join(' ')}`))""",
        rules,
    )
    return found


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_no_page_has_to_be_scrolled_sideways_on_the_narrowest_phone(
    reader: Reader, place: Installation, locale: str
) -> None:
    page = reader(locale, NARROWEST)
    for state, way in STATES.items():
        way(page, place, locale)
        for width in (NARROWEST, 600, 899, 900, DESK):
            page.set_viewport_size({"width": width, "height": 740})
            wider = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{state} is {wider} px too wide at {width} px"
        page.set_viewport_size({"width": NARROWEST, "height": 740})


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_every_page_has_one_heading_that_begins_its_title_and_targets_for_a_fingertip(
    reader: Reader, place: Installation, locale: str
) -> None:
    page = reader(locale)
    for state, way in STATES.items():
        way(page, place, locale)
        (heading,) = page.locator("h1").all()
        # A form that was refused says so before anything else.
        refused = state in {"refused form", "my signature, not changed"}
        title = page.title().partition(": ")[2] if refused else page.title()
        assert title.startswith(heading.inner_text().strip()), state
        for target in page.locator("main :is(button, summary, select, label.choice, input:not([type=hidden]))").all():
            box = target.bounding_box() if target.is_visible() else None
            small = target.get_attribute("type") in {"radio", "checkbox"}  # their label is what is pressed
            if box is not None and box["x"] >= 0 and not small:
                assert box["height"] >= 44, f"{state}: {target.evaluate('it => it.outerHTML')[:120]}"
