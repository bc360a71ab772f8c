"""What a reader sees before they scroll, and that nothing ever runs out of the side of the screen.

The numbers are the promise of the page, in CSS pixels of Chromium: they are written by hand, not measured from it.
"""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.browser.states import STATES

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LONGEST_PAGE, FIRST_FIELD_ON_A_DESK = 4_500, 480
ACTIONS = ("renew-the-cards", "with-a-picture", "in-english-only")


def opened(reader: Reader, place: Installation, locale: str, slug: str, window: dict[str, int]) -> Page:
    page = reader(locale, window["width"])
    page.set_viewport_size(window)  # type: ignore[arg-type]
    page.goto(f"{place.base}/{locale}/actions/{slug}")
    return page


def top_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("it => it.getBoundingClientRect().top"))


def wider_than_the_window(page: Page) -> int:
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("slug", ACTIONS)
@pytest.mark.parametrize("locale", ["en", "ur", "fr"])
def test_on_a_phone_sign_is_in_sight_and_one_tap_from_the_first_field(
    reader: Reader, place: Installation, locale: str, slug: str
) -> None:
    page = opened(reader, place, locale, slug, PHONE)
    sign = page.locator(".act .go").first
    expect(sign).to_be_in_viewport(ratio=1)
    expect(page.locator("#leave")).to_be_in_viewport(ratio=1)
    expect(page.locator("h1")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight") <= LONGEST_PAGE
    # A tap where it stands: Playwright's own click would scroll the page first, and the bar goes while the form shows.
    box = sign.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#name")).to_be_in_viewport(ratio=1)
    page.locator("#name").click()
    # While the form is in view the bar is gone, and covers nothing.
    expect(page.locator(".act").first).not_to_be_visible()


@pytest.mark.parametrize("slug", ACTIONS)
@pytest.mark.parametrize("locale", ["en", "ur"])
def test_on_a_desk_the_first_field_stands_beside_the_title(
    reader: Reader, place: Installation, locale: str, slug: str
) -> None:
    page = opened(reader, place, locale, slug, DESK)
    assert top_of(page, "#name") < FIRST_FIELD_ON_A_DESK
    expect(page.locator("#name")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_nothing_is_scrolled_sideways_at_twice_the_size_of_text(
    reader: Reader, place: Installation, locale: str
) -> None:
    """A title of 230 letters and a name of 175 stand on one of the pages."""
    page = reader(locale, 360)
    for state, way in STATES.items():
        page.set_viewport_size({"width": 360, "height": 740})
        way(page, place, locale)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 740})
            assert wider_than_the_window(page) <= 0, f"{state} at {width} px"


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_a_long_title_never_fills_a_screen(reader: Reader, place: Installation, locale: str) -> None:
    page = opened(reader, place, locale, "with-a-picture", PHONE)
    assert float(page.locator("h1").evaluate("it => it.getBoundingClientRect().height")) < PHONE["height"] / 2


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_what_has_the_focus_is_never_under_a_bar(reader: Reader, place: Installation, locale: str) -> None:
    page = opened(reader, place, locale, place.slug, PHONE)
    for _ in range(45):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => {
                const it = document.activeElement;
                if (it === document.body || it.closest('.bar, .act, .skip')) return null;
                const box = it.getBoundingClientRect();
                const bars = [...document.querySelectorAll('.bar, .act')].filter(
                    bar => getComputedStyle(bar).visibility === 'visible' && !bar.contains(it));
                const under = bars.some(bar => {
                    const other = bar.getBoundingClientRect();
                    return other.height && box.top >= other.top - 1 && box.bottom <= other.bottom + 1;
                });
                return under ? it.outerHTML.slice(0, 120) : null;
            }"""
        )
        assert covered is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_every_step_can_still_be_seen(reader: Reader, place: Installation, scheme: str) -> None:
    page = reader("en", 360)
    page.emulate_media(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{place.base}/en/actions/{place.slug}")
    border = "it => getComputedStyle(it).borderTopWidth"
    assert page.locator("#sign button.go").evaluate(border) == "2px"
    assert page.locator(".plate").first.evaluate(border) == "1px"


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_an_action_is_printed_on_two_sheets_of_paper(reader: Reader, place: Installation, locale: str) -> None:
    page = opened(reader, place, locale, place.slug, DESK)
    printed = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    assert len(printed) <= 4, "two sheets, printed on both sides"
    if locale == "en":
        text = " ".join(" ".join(sheet.get_textpage().get_text_range() for sheet in printed).split())
        for said in ("Renew the cards", "Dear Honourable Minister", "Yours sincerely", "Pak Secretariat"):
            assert said in text
        for unwanted in ("Choose…", "Sign this action Sign", "WhatsApp"):
            assert unwanted not in text
