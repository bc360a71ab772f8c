"""Every page of the organisers' side in its telling states: for everyone, on any screen, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response
from sqlalchemy import update
from werkzeug.routing import Map, Rule

from campaign.storage.tables import Organiser
from campaign.web.organise.account.authorisation import BEFORE_SIGN_IN, permission_of
from tests.browser.office import Office, fill, guard, opened
from tests.browser.office_pages import (
    ANSWERS,
    ELSEWHERE,
    EMPTY,
    LEADS_ON,
    WAY_OF,
    WAYS_IN,
    Way,
    addresses,
    rules,
    sign_in,
)
from tests.browser.test_every_page import AXE, DESK, PHONE, axe, look, untranslated
from tests.conftest import tested_languages

# Text at 7:1, which is more than the rule it stands in for, and nothing to press smaller than 24 px. No page holds
# another, or a style sheet of elsewhere: axe need not look for them.
ALL: dict[str, Any] = {
    "rules": {
        "color-contrast": {"enabled": False},
        "color-contrast-enhanced": {"enabled": True},
        "target-size": {"enabled": True},
    },
    "preload": False,
    "iframes": False,
}
FORMS = {**ALL, "rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}, "preload": False, "iframes": False}

# What a page says and offers without its scripts, to be held against the page as it is with them.
SAID = """source => {
    const raw = source === null ? document : new DOMParser().parseFromString(source, 'text/html');
    const main = raw.querySelector('main').cloneNode(true);
    main.querySelectorAll('script, [role=status], #preview, #printed').forEach(it => it.remove());
    return main.textContent.replace(/\\s+/g, ' ').trim();
}"""
# What could be pressed and would do nothing: a script may add such a thing, a page may not come with it.
IDLE = """source => {
    const raw = new DOMParser().parseFromString(source, 'text/html');
    const forms = it => it.form || raw.getElementById(it.getAttribute('form'));
    return [...raw.querySelectorAll('button, a:not([href]), [onclick]')]
        .filter(it => !(it.matches('button') && forms(it) && it.type === 'submit') && !it.closest('[hidden]'))
        .map(it => it.outerHTML);
}"""
LAYOUT = """() => {
    const wider = document.scrollingElement.scrollWidth - document.documentElement.clientWidth;
    const headings = [...document.querySelectorAll('h1')].map(it => it.innerText.trim());
    return {wider, headings, lang: document.documentElement.lang, title: document.title};
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Office]:
    """One office at work for all that a test process looks at."""
    with _opened(tmp_path_factory.mktemp("office"), sqlite_template) as made:
        fill(made, tmp_path_factory.mktemp("press"))
        yield made


@pytest.fixture
def empty_office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An office on its first day."""
    with _opened(tmp_path, sqlite_template) as made:
        yield made


def _opened(home: Path, template: Path) -> AbstractContextManager[Office]:
    (home / "campaign.db").write_bytes(template.read_bytes())
    return opened(home, f"sqlite:///{home / 'campaign.db'}")


@pytest.fixture
def visit(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, which shows what changes at once."""
    context = chromium.new_context(viewport={"width": PHONE, "height": 740}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


def test_axe_finds_nothing_in_an_empty_office(visit: BrowserContext, empty_office: Office) -> None:
    page, found = visit.new_page(), Found()
    sign_in(page, empty_office)
    for rule in _inside(empty_office):
        if rule.endpoint in EMPTY:
            found.at(page, empty_office, rule, rule.rule)
    assert not found.faults, "\n".join(found.faults)


@pytest.mark.parametrize("locale", tested_languages())
@pytest.mark.parametrize("about_an_action", [True, False], ids=["of an action", "of the office"])
def test_axe_finds_nothing_on_any_page_in_any_language(
    visit: BrowserContext, office: Office, locale: str, about_an_action: bool
) -> None:
    page, found = visit.new_page(), Found(locale)
    with spoken(office, locale):
        sign_in(page, office)
        for rule in _inside(office):
            if rule.rule.startswith("/organise/actions/<slug>") is about_an_action:
                for address in addresses(office, rule):
                    found.at(page, office, rule, address)
    assert not found.faults, "\n".join(found.faults)


@contextmanager
def spoken(office: Office, locale: str) -> Iterator[None]:
    """Everyone's pages in a language for a while."""
    for tag in (locale, None):
        with office.storage.writing() as session:
            session.execute(update(Organiser).values(locale=tag))
        if tag is not None:
            yield


def test_axe_finds_nothing_on_the_answers_to_what_is_sent(visit: BrowserContext, office: Office) -> None:
    page, found = visit.new_page(), Found()
    sign_in(page, office)
    for name, way in ANSWERS.items():
        found.of(page, office, name, way)
    assert not found.faults, "\n".join(found.faults)


def test_axe_finds_nothing_on_the_way_in(visit: BrowserContext, office: Office) -> None:
    guard(office)
    page, found = visit.new_page(), Found()
    for name, way in WAYS_IN.items():
        found.of(page, office, name, way)
    inside = {it.endpoint for it in _inside(office)}
    for rule in rules(office):
        if rule.endpoint not in inside:
            assert WAY_OF.get(rule.endpoint) in {*WAYS_IN, ELSEWHERE}, f"{rule.endpoint}: name the way to it"
    assert not found.faults, "\n".join(found.faults)


def test_a_page_whose_address_nobody_can_make_is_noticed(office: Office) -> None:
    new = Rule("/organise/new/<unheard_of>", endpoint="new")
    Map([new])
    with pytest.raises(AssertionError, match="unheard_of"):
        list(addresses(office, new))


class Found:
    """What is wrong, page by page: all of it is told at the end, so that one run shows everything."""

    def __init__(self, locale: str = "en") -> None:
        self._locale = locale
        self.faults: list[str] = []
        self._seen: set[str] = set()

    def at(self, page: Page, office: Office, rule: Rule, path: str) -> None:
        """Go to an address and look; what is a file and no page must be there all the same."""
        try:
            answer = page.goto(office.base + path)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            self._is(200, path, page.request.get(office.base + path).status)
            return
        assert answer is not None
        self._is(200, path, answer.status)
        if answer.request.redirected_from and rule.endpoint not in LEADS_ON:
            self.faults.append(f"{path}: leads to {answer.url}")
        if answer.header_value("content-type") == "text/html; charset=utf-8":
            # The states of one page have its colours.
            first = rule.endpoint not in self._seen
            self._look(page, path, answer.text(), ALL if first else FORMS, night=first)
            self._seen.add(rule.endpoint)

    def of(self, page: Page, office: Office, name: str, way: Way) -> None:
        """Go a way and look."""
        answers: list[Response] = []

        def hear(answer: Response) -> None:
            if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
                answers.append(answer)

        page.on("response", hear)
        way(page, office)
        page.remove_listener("response", hear)
        if answers[-1].status >= 500:
            self.faults.append(f"{name}: answered with {answers[-1].status}")
        self._look(page, name, answers[-1].text(), ALL)

    def _look(self, page: Page, name: str, source: str, rules: dict[str, Any], *, night: bool = False) -> None:
        self._say(name, "without a script can be pressed to no end", page.evaluate(IDLE, source))
        if page.evaluate(SAID, source) != page.evaluate(SAID, None):
            self.faults.append(f"{name}: says something else with scripts than without")
        page.evaluate(AXE)
        look(page, PHONE, "light")
        self._say(name, "on a phone, by day", axe(page, rules))
        self._say(name, "on a phone", _layout(page, self._locale))
        self._say(name, "in English", untranslated(page, self._locale))
        look(page, DESK, "dark" if night else "light")
        self._say(name, "on a desk", _layout(page, self._locale))
        if night:
            self._say(name, "on a desk, by night", axe(page, COLOURS))

    def _is(self, wanted: int, name: str, status: int) -> None:
        if status != wanted:
            self.faults.append(f"{name}: answered with {status}")

    def _say(self, name: str, where: str, wrong: list[str]) -> None:
        self.faults += [f"{name}, {where}: {it}" for it in wrong]


def _layout(page: Page, locale: str) -> list[str]:
    seen = page.evaluate(LAYOUT)
    wrong = []
    if seen["wider"] > 0:
        wrong.append(f"{seen['wider']} px too wide")
    if len(seen["headings"]) != 1 or not seen["headings"][0]:
        wrong.append(f"headings {seen['headings']}")
    elif seen["headings"][0] not in seen["title"]:
        wrong.append(f"“{seen['title']}” does not name “{seen['headings'][0]}”")
    if seen["lang"] != locale:
        wrong.append(f"in {seen['lang']}")
    return wrong


def _inside(office: Office) -> list[Rule]:
    """What is seen by who is signed in."""
    return [it for it in rules(office) if permission_of(office.app, it.endpoint) != BEFORE_SIGN_IN]
