"""From a pasted bulletin to a draft with its figures, days and source, in few clicks; without a script as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from campaign.storage.tables import Action
from tests.browser.importing import BULLETIN, sign_in
from tests.browser.office import opened
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
            page.get_by_label("All 8 figures"),
            page.get_by_label("All 5 dates"),
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
