"""An organiser writes: what they type is kept and shown without a button, and nothing of it is saved by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from campaign import clock
from campaign.office import organisers, passwords
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import ActionText, Autosave
from campaign.vocabulary import Role
from tests.browser.installation import Installation

EMAIL, PASSWORD = "writer@office.example", "nine brave otters sing"


@pytest.fixture(scope="module")
def hired(place: Installation) -> Iterator[Storage]:
    """The installation's state, with an editor."""
    storage = Storage(place.settings)
    with storage.writing() as session:
        who = Invitee("The writer", EMAIL, Role.EDITOR)
        organisers.add(session, storage.vault, COMMAND_LINE, who, clock.now(), passwords.hashed(PASSWORD))
    yield storage
    storage.dispose()


@pytest.fixture
def writer(chromium: Browser, place: Installation, hired: Storage) -> Iterator[Page]:
    """The editor's browser, signed in; it complains of nothing."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.goto(f"{place.base}/organise/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    yield page
    assert not complaints
    context.close()


def test_what_is_typed_is_shown_and_kept_and_offered_again(writer: Page, place: Installation, hired: Storage) -> None:
    there = f"{place.base}/organise/actions/in-english-only/texts/"
    writer.goto(there)
    writer.fill("#summary-en", "Of ((holders)) and ((nobody)).")
    expect(writer.locator("#preview article")).to_contain_text(
        "Of at least 1.4 million and ((nobody)).", timeout=30_000
    )
    expect(writer.locator("#preview mark").first).to_have_text("((nobody))")
    expect(writer.locator("#printed")).to_contain_text("The bulletin in English takes", timeout=60_000)
    expect(writer.locator(".saved")).to_contain_text("Not saved yet", timeout=30_000)
    with hired.reading() as session:
        assert "nobody" in session.scalars(select(Autosave.content)).one()
        assert "nobody" not in "".join(session.scalars(select(ActionText.summary)))
    writer.goto(there)
    writer.get_by_role("link", name="Use this text").click()
    expect(writer.locator("#summary-en")).to_have_value("Of ((holders)) and ((nobody)).")
    writer.goto(there)
    writer.get_by_role("button", name="Delete this text").click()
    expect(writer.locator("#summary-en")).not_to_have_value("Of ((holders)) and ((nobody)).")
    with hired.reading() as session:
        assert session.scalars(select(Autosave)).all() == []


def test_a_letter_is_shown_on_paper_while_it_is_written(writer: Page, place: Installation) -> None:
    writer.goto(f"{place.base}/organise/actions/in-english-only/letters/en/0")
    expect(writer.locator("#preview")).to_contain_text("Length: 1 page", timeout=60_000)
    writer.fill("#body", "\n\n".join(["A long paragraph about the nets of the fishers. " * 12] * 9))
    expect(writer.locator("#preview")).to_contain_text("2 pages", timeout=60_000)
