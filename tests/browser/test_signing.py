"""Signing as people do it: on a cheap phone, without a script, or without a mouse."""

from __future__ import annotations

import json
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from campaign import clock
from campaign.appeals.signing import names
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage import Storage
from campaign.storage.tables import Signature
from tests import made
from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.printing.reading import by_pdfium, pages, plain

PEOPLE = {
    "en": (
        "Ada Lovelace-Example",
        "ada-en@example.org",
        "Dear ",
        "I teach in Lyon, and two of my pupils hold such cards.",
    ),
    "ur": (
        "عائشہ قریشی",
        "ayesha-ur@example.org",
        "محترم",
        "میں لاہور کے ایک اسکول میں پڑھاتی ہوں، اور میری دو شاگرد ایسے کارڈ رکھتی ہیں۔",
    ),
}
PLACE = "Lyon, France"


def count(place: Installation) -> int:
    with urllib.request.urlopen(f"{place.base}/actions/{place.slug}/count.json") as answer:
        return int(json.load(answer)["count"])


def counted(place: Installation, expected: int, seconds: float = 10) -> bool:
    """Whether the count reaches a number in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if count(place) == expected:
            return True
        time.sleep(0.25)
    return False


def fill_in(page: Page, name: str, email: str, country: str = "GB", disclosure: str = "public") -> None:
    page.fill("#name", name)
    page.fill("#email", email)
    page.select_option("#country", country)
    page.check(f"input[name=disclosure][value={disclosure}]")


def open_the_mail(page: Page, place: Installation, email: str) -> None:
    """Wait until the mail lies in the demonstration's mailbox, and open it."""
    newest = page.locator("main li", has_text=email).locator("a").first
    until = time.monotonic() + 15
    while True:
        page.goto(f"{place.base}/demo/mailbox")
        if newest.count():
            break
        assert time.monotonic() < until, "no mail came"
        time.sleep(0.3)
    newest.click()
    expect(page.locator("main")).to_contain_text(email)


def follow_the_link(page: Page) -> None:
    page.locator("pre a[href*='/confirm/']").first.click()


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_someone_with_a_small_phone_and_no_script_signs_confirms_is_counted_edits_and_prints_their_letter(
    reader: Reader, place: Installation, locale: str
) -> None:
    name, email, salutation, own = PEOPLE[locale]
    page = reader(locale, scripts=False)
    before = count(place)

    page.goto(f"{place.base}/")
    assert page.url == f"{place.base}/{locale}/"
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ur" else "ltr")
    page.locator(f"main a[href='/{locale}/actions/{place.slug}']").click()

    fill_in(page, name, email)
    page.wait_for_timeout(3_200)  # nobody fills a form in under three seconds; a test does
    page.locator("#sign form button.go").click()
    expect(page.locator("main a[href='/demo/mailbox']")).to_be_visible()
    assert email not in page.url

    open_the_mail(page, place, email)
    follow_the_link(page)
    assert page.url.startswith(f"{place.base}/{locale}/confirm/")
    expect(page.locator("main")).to_contain_text(name)
    assert count(place) == before

    page.locator("main .go").click()
    expect(page.locator("#letter-name")).to_have_value(name)
    assert counted(place, before + 1)

    read = printed(page)
    assert salutation in read
    assert name in read

    # The same letter in their own words: their name stands under it already.
    page.fill("#letter-place", PLACE)
    page.locator("form[action$='letter.pdf'] button[formaction$='/write']").click()
    expect(page.locator("#name")).to_have_value(name)
    expect(page.locator("#place")).to_have_value(PLACE)
    text = page.locator("#text")
    _, *rest = text.input_value().split("\n\n")
    text.fill("\n\n".join([own, *rest]))
    page.locator("#letter button.go").click()
    expect(page.locator("article.paper")).to_contain_text(own)
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    read = printed(page)
    assert salutation in read
    assert plain(own) in read
    assert name in read
    assert PLACE in read


def printed(page: Page) -> str:
    """Press the button that makes the PDF; what the one page of it says."""

    def kept(route: Route) -> None:
        # As it came, but to be saved and not shown: a test cannot read in a viewer.
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-disposition": "attachment"})

    page.route("**/letter.pdf", kept)
    unfold(page, "letter.pdf")
    with page.expect_download() as download:
        page.locator("form[action$='letter.pdf'] button, #letter button[formaction$='letter.pdf']").first.click()
    page.unroute("**/letter.pdf", kept)
    letter = Path(download.value.path()).read_bytes()
    assert pages(letter) == 1
    return by_pdfium(letter)


def unfold(page: Page, name: str) -> None:
    """Open the part of the page that has the button for this file, where it is folded."""
    folded = page.locator(
        f"details:not([open]):is(:has(form[action$='{name}']), #letter :has(button[formaction$='{name}'])) > summary"
    )
    if folded.count():
        folded.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_mail_of_the_network_to_signed_takes_two_actions(
    reader: Reader, place: Installation, scripts: bool
) -> None:
    slug, email = f"at-once-{'with' if scripts else 'without'}-script", f"at-once-{scripts}@example.org".lower()
    place.told_of(slug, email)
    page = reader(scripts=scripts)
    page.set_viewport_size({"width": 360, "height": 740})
    open_the_mail(page, place, email)
    expect(page.locator("main")).to_contain_text("Urgent action")
    began = time.monotonic()
    page.locator("pre a[href*='/sign/']").first.click()
    expect(page.locator("#name")).to_have_value("Ada Lovelace")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("main form button.go").click()
    expect(page.locator("h1")).to_have_text("Thank you. You have signed.")
    print(f"from the mail to signed: 2 actions, {time.monotonic() - began:.1f} s, scripts {scripts}")


@pytest.mark.parametrize("by", ["touch", "keyboard"])
def test_from_a_shared_link_to_signed_on_a_phone(reader: Reader, place: Installation, by: str) -> None:
    """Printed, and not asserted: a test types faster than people, and waits where they read."""
    page = reader()
    page.set_viewport_size({"width": 360, "height": 740})
    began, actions = time.monotonic(), 1
    page.goto(f"{place.base}/en/actions/{place.slug}")
    if by == "touch":
        fill_in(page, "Grace Shared", f"shared-{by}@example.org")
        actions += 4
    else:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.type("Grace Shared")
        tab_to(page, "#country")
        page.keyboard.type("Germany")
        tab_to(page, "#email")
        page.keyboard.type(f"shared-{by}@example.org")
        tab_to(page, "input[name=disclosure]")
        page.keyboard.press("Space")
        actions += 5
    page.wait_for_timeout(max(0, 3_200 - 1_000 * (time.monotonic() - began)))
    button = page.locator("#sign form button.go")
    if by == "touch":
        button.click()
    else:
        tab_to(page, "#sign form button.go")
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Check your e-mail")
    print(f"from the link to sent, by {by}: {actions + 1} actions, {time.monotonic() - began:.1f} s")


def test_this_was_not_me_erases_and_counts_no_one(reader: Reader, place: Installation) -> None:
    page = reader(scripts=False)
    before = count(place)
    page.goto(f"{place.base}/en/actions/{place.slug}")
    fill_in(page, "Somebody Else", "not-me@example.org", disclosure="withheld")
    page.wait_for_timeout(3_200)
    page.locator("#sign form button.go").click()
    open_the_mail(page, place, "not-me@example.org")
    follow_the_link(page)
    page.get_by_role("button", name="This was not me").click()
    expect(page.locator("h1")).to_have_text("We have deleted this signature")
    page.reload()
    assert "Somebody Else" not in page.content()
    page.goto(f"{place.base}/en/actions/{place.slug}")
    assert count(place) == before


def test_a_form_that_is_refused_keeps_what_was_typed_without_a_script(reader: Reader, place: Installation) -> None:
    page = reader(scripts=False)
    page.goto(f"{place.base}/en/actions/{place.slug}")
    fill_in(page, "Ada “the Countess” <L>", "ada@nowhere", country="FR", disclosure="official")
    page.locator("#sign summary", has_text="Add a message").click()
    page.fill("#message", "Two\nlines & more")
    page.check("#updates")
    page.locator("#sign form button.go").click()
    assert page.title().startswith("Error: ")
    expect(page.locator("#name")).to_have_value("Ada “the Countess” <L>")
    expect(page.locator("#email")).to_have_value("ada@nowhere")
    expect(page.locator("#country")).to_have_value("FR")
    expect(page.locator("input[value=official]")).to_be_checked()
    expect(page.locator("#message")).to_have_value("Two\nlines & more")
    expect(page.locator("#updates")).to_be_checked()
    # The sum-up stands on the first screen and leads to the field.
    faults = page.locator(".faults")
    box = faults.bounding_box()
    assert box is not None
    assert box["y"] < 740
    faults.locator("a[href='#email']").click()
    expect(page.locator("#email")).to_be_in_viewport()
    expect(page.locator("#email-fault")).to_be_in_viewport()


def test_a_browser_stops_an_empty_form_before_it_is_sent(reader: Reader, place: Installation) -> None:
    page = reader()
    page.goto(f"{place.base}/en/actions/{place.slug}")
    page.locator("#sign form button.go").click()
    assert page.url.endswith(place.slug)
    assert page.evaluate("document.activeElement.id") == "name"


def test_all_of_it_can_be_done_by_keyboard_and_what_has_the_focus_can_be_seen(
    reader: Reader, place: Installation
) -> None:
    page = reader(width=1280)
    page.goto(f"{place.base}/en/actions/{place.slug}")
    page.keyboard.press("Tab")
    assert_focus_is_seen(page)
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    expect(page.locator("#name")).to_be_focused()
    assert_focus_is_seen(page)
    page.keyboard.type("Grace Keyboard")
    tab_to(page, "#country")
    page.keyboard.type("Germany")
    expect(page.locator("#country")).to_have_value("DE")
    tab_to(page, "#email")
    page.keyboard.type("keyboard@example.org")
    tab_to(page, "input[name=disclosure]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value=official]")).to_be_checked()
    page.wait_for_timeout(3_200)
    tab_to(page, "#sign form button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Check your e-mail")


def tab_to(page: Page, selector: str, most: int = 40) -> None:
    """Press Tab until the element has the focus; wherever the focus is on the way, it can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert_focus_is_seen(page)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def assert_focus_is_seen(page: Page) -> None:
    """What has the focus is on the screen, not under something else, and has an outline."""
    seen = page.evaluate(
        """() => {
            const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
            const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20);
            const top = document.elementFromPoint(x, y);
            return {
                what: it.outerHTML.slice(0, 120),
                outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
                shown: !!top && (it.contains(top) || top.contains(it)),
            };
        }"""
    )
    assert seen["outlined"], f"no outline: {seen['what']}"
    assert seen["shown"], f"out of sight: {seen['what']}"


def links_in_mails(page: Page, place: Installation, email: str, mails: int) -> list[str]:
    """The links of the mails to an address, in the order in which they were sent, once so many have come."""
    to = page.locator("main li", has_text=email).locator("a")
    until = time.monotonic() + 15
    while True:
        page.goto(f"{place.base}/demo/mailbox")
        if to.count() >= mails:
            break
        assert time.monotonic() < until, "not all mails came"
        time.sleep(0.3)
    links = []
    for address in [it.get_attribute("href") for it in to.all()]:
        page.goto(f"{place.base}{address}" if address and address.startswith("/") else str(address))
        link = page.locator("pre a[href*='/confirm/']").first
        links.append(link.get_attribute("href") or "")
    return links[::-1]


def test_three_wishes_of_one_address_are_each_confirmed_from_their_own_mail_without_a_script(
    reader: Reader, place: Installation
) -> None:
    page, email = reader(scripts=False), "three-wishes@example.org"
    before = count(place)
    # Of nobody else in these tests, whose names may be on the page by now.
    names_ = ("Mary Somervile", "Mary Somerville", "Mary Greig")
    wishes = list(zip(names_, ("GB", "GB", "FR"), ("public", "withheld", "official"), strict=True))
    for name, country, disclosure in wishes:
        page.goto(f"{place.base}/en/actions/{place.slug}")
        fill_in(page, name, email, country, disclosure)
        page.wait_for_timeout(3_200)
        page.locator("#sign form button").click()
    links = links_in_mails(page, place, email, 3)
    assert len(set(links)) == 3

    # Out of order: each page shows the wish of its own mail, and the safer choice of those that differ.
    for n in (2, 0, 1):
        name, country, _ = wishes[n]
        page.goto(links[n])
        rows = page.locator(".rows")
        expect(rows).to_contain_text(name)
        expect(rows).to_contain_text({"GB": "United Kingdom", "FR": "France"}[country])
        assert page.locator("input[name=disclosure][value=withheld]").is_checked()
        for other, _, _ in wishes:
            if other != name:
                assert other not in page.content()
        page.get_by_role("button", name="Confirm my signature").click()
        expect(page.locator("h1")).to_contain_text("Thank you")
        expect(page.locator("main")).to_contain_text("appears nowhere")
    assert counted(place, before + 1)
    page.get_by_role("link", name="My signature").click()
    expect(page.locator("main")).to_contain_text("Mary Somerville")
    expect(page.locator("main")).to_contain_text("You are counted without your name")
    page.goto(f"{place.base}/en/actions/{place.slug}")
    for name, _, _ in wishes:
        assert f">{name}<" not in page.content()


HOSTILE = [
    "W" * 175,
    "a" + "\u0301" * 180,
    "ﷺ" * 100,
    "क्षि" * 50,
    "漢" * 190,
    "👩\u200d👩\u200d👧" * 30,
    "عائشہ" * 35,
]


def test_no_accepted_name_widens_any_page_or_mail(reader: Reader, place: Installation) -> None:
    """Measured on the narrowest phone: the list of names, the page of the link, one's own page, the mail."""
    then, slug = clock.now() - timedelta(minutes=5), "in-english-only"
    links, paths = Links(place.settings.secret_key), [f"/en/actions/{slug}"]
    storage = Storage(place.settings)
    for n, name in enumerate(HOSTILE):
        with storage.writing() as session:
            for state in ("stays", "confirmed"):
                wish = made.wish(f"{state}-{n}@hostile.example.org", name=names.checked(name), message=name)
                sign(session, storage.vault, slug, wish, then)
                reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
                paths.append(f"/en/confirm/{links.confirmation(reference)}")
                if state == "confirmed":
                    confirming.confirm(session, storage.vault, reference, then)
                    paths.append(f"/en/mine/{links.mine(reference)}")
    storage.dispose()
    page = reader(scripts=False)
    page.set_viewport_size({"width": 320, "height": 740})
    for path in paths:
        page.goto(f"{place.base}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    open_the_mail(page, place, "stays-0@hostile.example.org")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
