"""Every page in every state, in every language: usable by everyone, on any screen, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from campaign.language import LANGUAGES
from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.browser.states import STATES
from tests.conftest import sized, tested_languages

PHONE, DESK, NARROWEST = 360, 1280, 320
# Where a page in one language is that in another again, or says nothing of its own.
AGAIN = {("letter in urdu", it) for it in LANGUAGES if it != "fr"} | {("in english only", "en")}
EVERY = [
    pytest.param(state, locale, id=f"{state} in {locale}")
    for state in STATES
    for locale in tested_languages()
    if (state, locale) not in AGAIN
]
# The others share script, direction and faces with one of these; by default they are looked at once, on a phone by day,
# and their colours, which know no language, are not worked out again.
LOOKED_AT_CLOSELY = {*LANGUAGES} if sized(0, 1) else {"en", "ur"}

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
# Beyond what axe checks by itself: text at 7:1, and nothing to press smaller than 24 px.
ALL = {"rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}}
WORDS = {"rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}}}
CLOSELY = (
    (PHONE, "light", ALL),
    (PHONE, "dark", COLOURS),
    (DESK, "dark", ALL),
    (DESK, "light", COLOURS),
    # Of text axe reads the page's own colour here, not the one that the system puts in its place.
    (PHONE, "forced", WORDS),
)


@pytest.mark.parametrize(("state", "locale"), EVERY)
def test_axe_finds_nothing_on_a_phone_or_a_desk_by_day_or_by_night(
    walker: Reader, place: Installation, state: str, locale: str
) -> None:
    page = walker(locale)
    look(page, PHONE, "light")
    STATES[state](page, place, locale)
    html = page.locator("html")
    assert html.get_attribute("lang") == locale
    assert html.get_attribute("dir") == LANGUAGES[locale].direction
    assert untranslated(page, locale) == []
    page.evaluate(AXE)
    for width, scheme, rules in CLOSELY if locale in LOOKED_AT_CLOSELY else ((PHONE, "light", WORDS),):
        look(page, width, scheme)
        assert axe(page, rules) == [], f"at {width} px, {scheme}"


# States in which a form came back with what is wrong with it.
REFUSED = frozenset(
    {
        "refused form",
        "join, refused",
        "sign in one step, refused",
        "my signature, not changed",
        "preview refused",
        "let us send, refused",
        "not agreed",
        "did they answer, nothing pasted",
    }
)

# Words that stand in nearly every English sentence, and in none of the other languages.
ENGLISH = re.compile(r"\b(the|and|with|your|you|this|that|from|which|are|is|of|to|was|for)\b", re.IGNORECASE)

# Addresses are in no language, nor is what stands isolated in a sentence: a name, a title.
ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\u2068[^\u2069]*\u2069")


def untranslated(page: Page, locale: str) -> list[str]:
    """What a reader is told in English as if it were their language: every text and label that stands under
    the page's own `lang`. What stands there in another language says so."""
    if locale == "en":
        return []
    told: list[str] = page.evaluate(
        """() => {
            const page = document.documentElement.lang;
            const own = it => it.closest('[lang]').lang === page && !it.closest('script, style, [translate=no], .mail');
            const told = [];  // a title has no `lang` of its own; it begins with the heading
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) if (own(walk.currentNode.parentElement)) told.push(walk.currentNode.data);
            for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-copied'])
                for (const it of document.querySelectorAll(`body [${name}]`))
                    if (own(it)) told.push(it.getAttribute(name));
            return told.map(it => it.trim()).filter(it => it);
        }"""
    )
    words = (ADDRESS.sub("", it) for it in told)
    return [it for it in words if len(ENGLISH.findall(it)) >= (1 if LANGUAGES[locale].direction == "rtl" else 2)]


def look(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    forced, scheme = (True, "light") if scheme == "forced" else (False, scheme)
    page.emulate_media(color_scheme=scheme, forced_colors="active" if forced else "none")  # type: ignore[arg-type]


def axe(page: Page, rules: object) -> list[str]:
    """What axe finds: the rule, and the elements that break it."""
    found: list[str] = page.evaluate(
        """rules => axe.run(document, {...rules, resultTypes: ['violations']}).then(
            found => found.violations.map(it => `${it.id}: ${it.nodes.map(node => node.html).join(' ')}`))""",
        rules,
    )
    return found


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_no_page_is_scrolled_sideways_on_the_narrowest_phone_and_names_stay_as_they_are(
    reader: Reader, place: Installation, locale: str
) -> None:
    page = reader(locale, NARROWEST)
    for state, way in STATES.items():
        way(page, place, locale)
        # What names somebody, or is taken along as it stands, keeps its words when the browser translates the page.
        kept = ":is(bdi, address, pre, textarea, input:not([type=hidden]), .sheet, .copy)"
        lost = page.eval_on_selector_all(kept, "all => all.filter(it => it.translate).map(it => it.outerHTML)")
        assert lost == [], state
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
        refused = state in REFUSED
        title = page.title().partition(": ")[2] if refused else page.title()
        assert title.startswith(heading.inner_text().strip()), state
        for target in page.locator("main :is(button, summary, select, label.choice, input:not([type=hidden]))").all():
            box = target.bounding_box() if target.is_visible() else None
            small = target.get_attribute("type") in {"radio", "checkbox"}  # their label is what is pressed
            if box is not None and box["x"] >= 0 and not small:
                assert box["height"] >= 44, f"{state}: {target.evaluate('it => it.outerHTML')[:120]}"
