"""Writing one's own letter: on a cheap phone without a script, and without a mouse."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.browser.test_signing import tab_to, unfold
from tests.printing.reading import by_poppler, pages, plain

OWN = "میں لاہور کے ایک اسکول میں پڑھاتی ہوں، اور میری دو شاگرد ایسے کارڈ رکھتی ہیں۔"


@pytest.mark.parametrize("width", [360])
def test_an_urdu_letter_is_edited_seen_and_taken_away_on_a_phone_without_a_script(
    reader: Reader, place: Installation, width: int
) -> None:
    page = reader("ur", width, scripts=False)
    page.goto(f"{place.base}/ur/actions/{place.slug}")
    page.locator("#write .two a").first.click()

    text = page.locator("#text")
    expect(text).to_have_attribute("dir", "rtl")
    _, *rest = text.input_value().split("\n\n")
    text.fill("\n\n".join([OWN, *rest]))
    page.fill("#name", "عائشہ قریشی")
    page.fill("#place", "Lahore")
    page.locator("#letter button.go").click()

    expect(page.locator("article.paper")).to_contain_text(OWN)
    expect(page.locator("article.paper")).to_contain_text("عائشہ قریشی")
    expect(page.locator("#fit")).not_to_be_empty()
    expect(text).to_have_value("\n\n".join([OWN, *rest]))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("#send ~ .send pre").text_content().count(OWN) == 1

    pdf = taken(page, "letter.pdf")
    document = taken(page, "letter.docx")
    words = plain(" ".join(it.text for it in docx.Document(io.BytesIO(document)).paragraphs))
    assert pages(pdf) == 1
    assert plain(OWN) in words
    # PDFium puts a number and the letters before it the other way round in a line from the right; the file does not.
    assert by_poppler(pdf) == words


def test_a_letter_is_written_and_previewed_by_keyboard_alone(reader: Reader, place: Installation) -> None:
    page = reader("en", 1280)
    page.goto(f"{place.base}/en/actions/{place.slug}/write")
    tab_to(page, "#text")
    page.keyboard.press("Control+Home")
    page.keyboard.type("I teach in Lyon. ")
    tab_to(page, "#name")
    page.keyboard.type("Grace Keyboard")
    tab_to(page, "button.go")
    page.keyboard.press("Enter")

    expect(page.locator("article.paper")).to_contain_text("I teach in Lyon.")
    expect(page.locator("article.paper")).to_contain_text("Grace Keyboard")
    tab_to(page, ".sent > summary", 60)
    page.keyboard.press("Enter")
    tab_to(page, "button[value=post]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you for writing")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_letter_carries_the_day_where_its_writer_is(chromium: Browser, place: Installation, zone: str) -> None:
    context = chromium.new_context(timezone_id=zone)
    page = context.new_page()
    page.goto(f"{place.base}/en/actions/{place.slug}/write")
    before = datetime.now(ZoneInfo(zone))
    page.locator("#letter button.go").click()
    days = {before, datetime.now(ZoneInfo(zone))}
    paper = page.locator("article.paper").inner_text()
    assert any(f"{day.day} {day:%B} {day.year}" in paper for day in days), paper
    context.close()


def test_a_button_copies_the_address_with_its_lines(reader: Reader, place: Installation) -> None:
    page = reader("en", 1280)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{place.base}/en/actions/{place.slug}")
    page.locator(".send summary", has_text="Post").click()
    page.locator("button[data-copy=address-1]").click()

    expect(page.locator("button[data-copy=address-1]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied == page.locator("#address-1 span").all_inner_texts()


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_axe_finds_nothing_on_the_page_to_write_on_and_on_the_preview(
    reader: Reader, place: Installation, locale: str
) -> None:
    page = reader(locale, 360)
    page.goto(f"{place.base}/{locale}/actions/{place.slug}/write")
    for _ in range(2):
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
        page.locator("#letter button.go").last.click()


def taken(page: Page, name: str) -> bytes:
    """What the button of the form for this file brings; a browser that would open it is told to keep it."""

    def kept(route: Route) -> None:
        answer = route.fetch()
        assert answer.status == 200
        route.fulfill(
            response=answer, headers={**answer.headers, "content-disposition": f'attachment; filename="{name}"'}
        )

    page.route(f"**/{name}", kept)
    unfold(page, name)
    with page.expect_download() as download:
        page.locator(f"#letter button[formaction$='{name}']").click()
    return Path(download.value.path()).read_bytes()
