"""From a pasted bulletin to a draft with its figures, days and source, in few clicks; without a script as well."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from campaign.storage.tables import Action
from tests.browser.importing import BULLETIN, sign_in
from tests.browser.office import opened
from tests.cases.importing.disturbing import KNOWN, text_of
from tests.cases.importing.shelf import expected
from tests.conftest import _copied


@pytest.mark.parametrize("scripted", [True, False])
def test_a_bulletin_becomes_a_draft_with_figures_events_and_source_in_at_most_12_clicks(
    chromium: Browser, sqlite_template: Path, tmp_path: Path, scripted: bool
) -> None:
    with opened(tmp_path, _copied(sqlite_template, tmp_path)) as office:
        page = chromium.new_context(java_script_enabled=scripted, viewport={"width": 360, "height": 740}).new_page()
        sign_in(page, office.base)
        page.goto(f"{office.base}/organise/actions/new")
        page.fill("#text", BULLETIN)
        clicks = (
            page.get_by_role("button", name="Read the bulletin"),
            page.get_by_label("All figures (8)"),
            page.get_by_label("All dates (5)"),
            page.get_by_role("button", name="Make a draft"),
        )
        for click in clicks:
            click.click()
        assert len(clicks) <= 12
        expect(page.get_by_role("heading", level=1)).to_have_text("FORTY FERRIES KEPT IN PORT BEFORE THE FLOOD")
        with office.storage.reading() as session:
            action = session.scalars(select(Action).where(Action.imported_text.is_not(None))).one()
            assert [it.official.name for it in action.recipients] == ["Sample Person"]
            assert action.letters[0].salutation == "Dear Minister,"
            assert sorted(int(it.value) for it in action.case.figures) == [
                70, 12_300, 23_450, 51_309, 64_010, 468_000, 800_000, 1_400_000,
            ]  # fmt: skip
            assert [it.on.isoformat() for it in action.case.events if it.kind == "threat"][-1] == "2031-06-30"
            assert len(action.case.events) == 5
            assert len(action.case.sources) == 1


def test_a_line_is_moved_without_a_script(chromium: Browser, sqlite_template: Path, tmp_path: Path) -> None:
    with opened(tmp_path, _copied(sqlite_template, tmp_path)) as office:
        page = chromium.new_context(java_script_enabled=False).new_page()
        sign_in(page, office.base)
        page.goto(f"{office.base}/organise/actions/new")
        page.fill("#text", BULLETIN)
        page.get_by_role("button", name="Read the bulletin").click()
        line = page.locator(".bl", has_text="I am writing about the ferries")
        expect(line).to_contain_text("Sample letter")
        line.get_by_text("Move").click()
        line.get_by_label("This line belongs to").select_option(label="Background")
        line.get_by_role("button", name="Show the change").click()
        expect(page.locator(".bl", has_text="I am writing about the ferries").locator("i")).to_have_text("Background")
        expect(page.locator("#background")).to_contain_text("I am writing about the ferries")


# Eight figures of five sources, as somebody has them in a spreadsheet: the numbers, days and publishers of the
# demonstration's case, which name each other's reports.
SHEET = """Qualifier\tNumber\tWhat is counted\tDate\tSource\tTitle\tPublished on\tKey
at least\t1.4 million\tpeople hold a card\t2025-06-17\tA rights office\tUrgent action\t2025-06-17\tholders
around\t1.3 million\tpeople hold a card\t\tThe Media Line\tReport on the expiry of the cards\t2025-06-20\tholders
at least\t1,080,312\tpeople were forced to return\t2025-06-17\tA rights office\tUrgent action\t2025-06-17\treturned
\t1,088,133\tpeople returned\t2025-06-07\tAn agency for migration\tCount\t2025-06-17\treturned
over\t1 million\tpeople returned\t2025-06-07\tThe Media Line\tReport on the expiry of the cards\t2025-06-20\treturned
\t907,351\tpeople sent back, as the minister said\t\tA paper in Islamabad\tThe minister's figures\t2025-04-02\tdeported
\t907,391\tpeople sent back, in the first sentence\t\tA paper in Islamabad\tThe minister's figures\t2025-04-02\tdeported
at least\t1.3 million\tpeople forced to return\t\tA paper in Kabul\tOn the appeal\t2025-06-25\treturned
"""
DAYS = {
    "2025-06-30": "The cards end",
    "2025-04-01": "Second phase",
    "2023-10-03": "First phase",
    "2025-09-01": "End",
}


def test_eight_figures_of_five_sources_and_four_days_are_in_the_case_after_at_most_12_clicks(
    chromium: Browser, sqlite_template: Path, tmp_path: Path
) -> None:
    """Clicks are counted where they are made; every choice of a list and every tick is one."""
    with opened(tmp_path, _copied(sqlite_template, tmp_path)) as office:
        page = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
        sign_in(page, office.base)
        page.goto(f"{office.base}/organise/actions/new")
        page.fill("#text", BULLETIN)
        page.get_by_role("button", name="Read the bulletin").click()
        page.get_by_role("button", name="Make a draft").click()
        with office.storage.reading() as session:
            case = session.scalars(select(Action).where(Action.imported_text.is_not(None))).one().case.slug
        page.goto(f"{office.base}/organise/cases/{case}")
        clicks = 0

        def click(role: Literal["link", "button"], name: str) -> None:
            nonlocal clicks
            clicks += 1
            page.get_by_role(role, name=name, exact=True).click()

        click("link", "Add several figures")
        page.fill("#pasted", SHEET)
        click("button", "Read these rows")
        expect(page.locator("#number-7")).to_be_attached()
        click("button", "Save these figures")
        for day, caption in DAYS.items():
            click("link", "Add an event")
            page.fill("[name=on]", day)
            page.fill("[name=caption-en]", caption)
            click("button", "Save")
        with office.storage.reading() as session:
            kept = session.scalars(select(Action).where(Action.imported_text.is_not(None))).one().case
            assert sorted(int(it.value) for it in kept.figures) == [
                907_351, 907_391, 1_000_000, 1_080_312, 1_088_133, 1_300_000, 1_300_000, 1_400_000,
            ]  # fmt: skip
            assert len({it.source_id for it in kept.figures}) == 5
            assert not any(it.quoted for it in kept.figures)
            assert sorted(str(it.on) for it in kept.events) == sorted(DAYS)
        # What contradicts each other is told: by figure, each with its source.
        page.goto(f"{office.base}/organise/cases/{case}")
        assert "907,391" in page.locator("#figures").inner_text()
        print(f"\neight figures, five sources, four days: {clicks} clicks")
        assert clicks <= 12


def test_of_a_bulletin_in_german_each_official_is_right_for_who_does_not_read_it(
    chromium: Browser, sqlite_template: Path, tmp_path: Path
) -> None:
    with opened(tmp_path, _copied(sqlite_template, tmp_path)) as office:
        page = chromium.new_context(viewport={"width": 360, "height": 740}).new_page()
        sign_in(page, office.base)
        page.goto(f"{office.base}/organise/actions/new")
        page.fill("#text", text_of("aktion-2012.txt"))
        page.get_by_role("button", name="Read the bulletin").click()
        # Nothing is to be understood: each line says in English what it was read as.
        expect(page.locator(".bl", has_text="INNENMINISTER").locator("i").first).to_have_text("Official 2: office")
        expect(page.locator(".bl", has_text="Munir al-Rifai").locator("i").first).to_have_text("Official 1: name")
        page.get_by_role("button", name="Make a draft").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("AUFENTHALTSORT UNBEKANNT")
        with office.storage.reading() as session:
            action = session.scalars(select(Action).where(Action.imported_text.is_not(None))).one()
            read = [(it.official.name, it.official.office["en"], it.official.address) for it in action.recipients]
        due = expected(KNOWN["aktion-2012.txt"])["officials"]
        assert read == [(it["name"], it["office"], it["address"]) for it in due]
        assert len(read) == 3
