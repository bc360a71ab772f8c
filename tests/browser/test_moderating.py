"""Two thousand messages, of which fifteen hundred are equal, are moderated by keyboard, and a decision is undone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from campaign import clock
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Signature
from campaign.vocabulary import WordsStatus
from tests import made
from tests.appeals import crowd
from tests.browser.office import OPEN, Office, opened
from tests.browser.office_pages import sign_in

EQUAL, DIFFERENT = 1_500, 500
WORDS = f"/organise/actions/{OPEN}/signatures/words"
# Every fiftieth of the others advertises.
AT_ONCE = 50


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    (tmp_path / "campaign.db").write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{tmp_path / 'campaign.db'}") as place:
        with place.storage.writing() as session:
            made.action(session, OPEN)
        yield place


class Hands:
    """Someone at a keyboard, and how much they did."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = self.loads = self.clicks = 0
        page.on("load", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1


def statuses(storage: Storage) -> Counter[WordsStatus | None]:
    with storage.reading() as session:
        rows = session.execute(select(Signature.words_status, func.count()).group_by(Signature.words_status)).all()
    return Counter({status: int(many) for status, many in rows})


@pytest.mark.slow
def test_two_thousand_messages_are_moderated_by_keyboard(
    chromium: Browser, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    at = clock.now()
    for words in ("Please renew the cards.", "please renew the cards", "Please, renew the cards!"):
        crowd.sign(office.storage, EQUAL // 3, message=words, at=at)
    for n in range(DIFFERENT):
        text = f"Buy my pills, offer {n}" if n % AT_ONCE == 7 else f"I teach class {n}. My pupils need their cards."
        crowd.sign(office.storage, 1, message=text, at=at)
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(30_000)
    sign_in(page, office)
    hands, began = Hands(page), time.monotonic()
    page.goto(office.base + WORDS)
    expect(page.get_by_text("2,000 messages to moderate")).to_be_visible()
    expect(page.locator(".groups > li:focus .times")).to_have_text("1,500×")

    # Fifteen hundred with one key; undone with one; decided again.
    hands.press("a")
    expect(page.locator(".said")).to_have_text("1,500 messages approved.")
    hands.press("u")
    expect(page.get_by_text("Undone. 1,500 messages wait again.")).to_be_visible()
    assert statuses(office.storage) == {WordsStatus.WAITING: EQUAL, None: DIFFERENT}
    hands.press("a")
    expect(page.locator(".said")).to_have_text("1,500 messages approved.")

    # Of each page: what advertises is rejected for a reason, given once a page; the rest is approved together.
    left = DIFFERENT
    while left:
        here = page.locator(".groups > li:visible")
        many = here.count()
        bad = [n for n, it in enumerate(here.all_inner_texts()) if "pills" in it]
        at_row = 0
        for n in bad:
            hands.press(*["j"] * (n - at_row), "x")
            at_row = n
        if bad:
            hands.press("r")
            page.keyboard.type("Advertising")
            hands.keys += len("Advertising")
            hands.press("Enter")
            expect(page.locator(".said")).to_contain_text("rejected")
        hands.press("X", "a")
        left -= many
        if left:
            expect(here).to_have_count(min(AT_ONCE, left))
    expect(page.get_by_text("No messages to moderate")).to_be_visible()
    took = time.monotonic() - began

    assert statuses(office.storage) == {WordsStatus.SHOWN: EQUAL + 490, WordsStatus.HIDDEN: 10}
    with office.storage.reading() as session:
        acts = Counter(session.scalars(select(AuditEvent.what).where(AuditEvent.object_kind == "messages")))
    with capsys.disabled():
        print(
            f"\n2,000 messages: {hands.keys} keys, {hands.clicks} clicks, {hands.loads} page loads, "
            f"{took:.0f} s of a machine, {acts.total()} entries in the audit trail"
        )
    assert hands.clicks == 0 and hands.loads <= 14 and hands.keys < 1_000
    assert acts["decision about messages undone"] == 1 and acts["messages approved"] <= 13


def test_without_a_script_everything_can_be_pressed(chromium: Browser, office: Office) -> None:
    crowd.sign(office.storage, 2, message="Act!", at=clock.now())
    crowd.sign(office.storage, 1, message="Insult", at=clock.now())
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, office)
    page.goto(office.base + WORDS)
    page.get_by_label("Choose all 2 on this page").check()
    page.get_by_role("button", name="Reject the chosen").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a reason to reject.")
    expect(page.get_by_label("Choose", exact=True).first).to_be_checked()
    page.fill("#reason", "Not about the case")
    page.get_by_role("button", name="Reject the chosen").last.click()
    expect(page.get_by_text("3 messages rejected").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone. 3 messages wait again.")).to_be_visible()
    page.get_by_role("button", name="Approve", exact=True).first.click()
    expect(page.get_by_text("2 messages approved.")).to_be_visible()
    expect(page.get_by_text("1 message to moderate")).to_be_visible()
    context.close()
