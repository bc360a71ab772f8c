"""Someone on their first day, who has the guide and nothing else: from a bulletin to an open action.

Every name that the guide's first section sets in italics is looked for on the page at which the guide says that it is;
clicks, keys and pages are counted and held against what the guide promises: about ten minutes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from campaign import clock
from campaign.settings import ROOT
from tests import made
from tests.browser.importing import BULLETIN
from tests.browser.office import ADMIN, GUARDED, Office, opened
from tests.browser.office_pages import sign_in
from tests.conftest import _copied

REVIEWER = "tomas@office.example"
# Named by the guide for another day.
ELSEWHERE = {"Someone new holds an office", "Mark as done", "Save the layout"}
# Seconds that people take, from Card, Moran and Newell, The Psychology of Human-Computer Interaction (1983): a key of
# an average typist, a move of the hand to the mouse, a move of the pointer with its click, a thought before each.
KEY, HAND, POINT, THINK = 0.28, 0.4, 1.2, 1.35
# How fast people read a text that they have to understand, in words a minute; and how long a page takes to appear.
WORDS_A_MINUTE, PAGE = 150, 1.0


def guide() -> str:
    """The section that a newcomer is sent to."""
    text = (ROOT / "docs" / "organisers.md").read_text("utf-8")
    return text.partition("## From a bulletin to an open action")[2].partition("\n## ")[0]


@dataclass
class Newcomer:
    """Presses what the guide names, and writes what it asks for."""

    page: Page
    seen: set[str] = field(default_factory=set)
    clicks: int = 0
    keys: int = 0
    loads: int = 0

    def __post_init__(self) -> None:
        self.page.on("load", self._loaded)

    def _loaded(self, _: object) -> None:
        self.loads += 1

    def finds(self, name: str) -> Locator:
        """What the guide calls so, where one can see it."""
        there = self.page.get_by_text(re.compile(rf"^\s*{re.escape(name)}\b")).locator("visible=true").first
        expect(there, f"the guide says “{name}”").to_be_visible()
        self.seen.add(name)
        return there

    def press(self, name: str, role: str = "link", within: str = "body") -> None:
        """Press a link or button by its name."""
        self.page.locator(within).get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.clicks += 1
        self.seen.add(name)
        self.page.wait_for_load_state()

    def write(self, field: str, text: str) -> None:
        """Write into a field by its label."""
        self.page.get_by_label(field, exact=True).first.fill(text)
        self.clicks += 1
        self.keys += len(text)

    def seconds(self) -> float:
        """How long somebody takes who reads the guide once and hesitates before every press."""
        reading = len(guide().split()) / WORDS_A_MINUTE * 60
        acting = self.clicks * (THINK + HAND + POINT) + self.keys * KEY + self.loads * PAGE
        return reading + acting


def seated(chromium: Browser, office: Office, email: str) -> Page:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = context.new_page()
    sign_in(page, office, email)
    return page


def test_with_the_guide_alone_a_newcomer_publishes_from_a_bulletin_within_ten_minutes(
    chromium: Browser, sqlite_template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bulletin = tmp_path / "bulletin.txt"
    bulletin.write_text(BULLETIN, "utf-8")
    with opened(tmp_path, _copied(sqlite_template, tmp_path)) as office:
        with office.storage.writing() as session:
            session.add(made.official(name="Second Minister"))
        page = seated(chromium, office, GUARDED)
        one = Newcomer(page)
        # 1. Import it.
        one.press("Deadlines")
        one.press("New action")
        one.finds("From a bulletin")
        one.finds("Layouts of bulletins")
        page.get_by_label("File", exact=False).first.set_input_files(bulletin)
        one.clicks += 2  # the file is chosen in the browser's own window
        one.press("Read the bulletin", "button")
        one.press("Make a draft", "button")
        # 2. The checks, each with its page.
        one.finds("Must fix")
        one.finds("Check")
        # 3. and 4. Details, and do no harm.
        one.press("Edit details")
        one.write("Number", "UA 12/31")
        one.write("Deadline", (clock.now() + timedelta(days=40)).date().isoformat())
        one.press("Save", "button")
        one.press("Edit details")
        one.write("Consent", "Nobody is named. Their union agreed by letter on 3 May 2031.")
        one.write("Risk", "Crews could lose their permits. Their union asked for this action all the same.")
        one.press("Sign this statement", "button")
        # 5. to 7. Texts, officials, letters: what was read is there.
        one.press("Texts")
        expect(page.get_by_label("Title").first).to_have_value("FORTY FERRIES KEPT IN PORT BEFORE THE FLOOD")
        one.press("Preview", "button", "main")
        one.press("Officials", within="main")
        expect(page.locator("main")).to_contain_text("Sample Person, Minister of Ports")
        one.finds("Ask to act")
        one.press("Give a copy", "button")
        expect(page.locator("main")).to_contain_text("gets a copy")
        one.press("Sample letters")
        expect(page.locator("main")).to_contain_text("1 page")
        one.press("Version 1")
        one.finds("Start from")
        page.go_back()
        # 8. Checks and review.
        one.press("Checks and review")
        expect(page.locator("main")).not_to_contain_text("Must fix")
        one.press("Submit for review", "button")
        one.finds("Remind the reviewers")
        where = page.url
        # Two others do their part, and are counted with the newcomer: ten minutes are for all of it.
        for email, name in ((REVIEWER, "Approve"), (ADMIN, "Publish")):
            other = Newcomer(seated(chromium, office, email))
            other.page.goto(where)
            other.press(name, "button")
            one.clicks, one.loads = one.clicks + other.clicks + 1, one.loads + other.loads
            other.page.context.close()
        reader = chromium.new_context(java_script_enabled=False).new_page()
        reader.goto(office.base + "/en/actions/" + where.split("/actions/")[1].split("/")[0])
        expect(reader.get_by_role("heading", level=1)).to_have_text("FORTY FERRIES KEPT IN PORT BEFORE THE FLOOD")
    named = {it for line in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", guide()) for it in line.split(" → ")}
    assert named - ELSEWHERE - one.seen == set()
    with capsys.disabled():
        print(f"\n{one.clicks} clicks, {one.keys} keys, {one.loads} pages: about {one.seconds() / 60:.1f} minutes, "
              f"{len(guide().split())} words of the guide read once")  # fmt: skip
    assert one.clicks <= 30
    assert one.seconds() < 600
