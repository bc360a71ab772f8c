"""The report of a period at the desk: one set of figures as page, as files and as a print."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import update

from campaign.storage.tables import Organiser
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.office.report import work
from tests.printing.reading import by_pdfium
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

HERE = "/organise/report/"


@pytest.fixture(autouse=True)
def a_year_of_work(staffed: Site, hour: Hour) -> None:
    hour.becomes(work.NOW)
    work.fill(staffed.storage)


def cells(page: Page) -> list[str]:
    return [it.text for it in page.all("th", scope="row")] + [it.text for it in page.all("td")]


def test_page_file_and_print_hold_the_same_figures(desk: Callable[..., Desk]) -> None:
    viewer = desk(Role.VIEWER)
    page = viewer.read(f"{HERE}?year=2025")
    assert page.one("h1").text == "Report, 1 January 2025 to 31 December 2025"
    assert "Counted up to 1 August 2025." in page.text
    links = [it["href"] for it in page.all("a") if "report" in it["href"] and "year=2025" in it["href"]]
    assert links == [
        f"/organise/report/report{ending}?year=2025" for ending in (".csv", ".xlsx", "-a4.pdf", "-letter.pdf")
    ]
    rows = list(csv.reader(io.StringIO(viewer.get(links[0]).data.decode("utf-8-sig"), newline="")))
    printed = " ".join(by_pdfium(viewer.get(links[2]).data).split())
    for table, of, what, figure, said in (
        ("In short", "Signatures confirmed", "Figure", "45", "Signatures confirmed 45"),
        ("Signatures by country", "Other countries", "Signatures", "24", "Other countries 24"),
        ("Signature books by way", "by post", "Arrived", "1", "by post 3 1 1"),
        ("Replies to signature books", "UA 56/25 Renew the cards", "Days", "14", "1 July 2025 15 July 2025 14"),
        ("What became of actions", "UA 12/25 Stop the dam", "Outcome", "positive", "Stop the dam Kenya positive"),
    ):  # fmt: skip
        assert [table, of, what, figure] in [row[:4] for row in rows]
        assert said in printed
        assert {of, figure} <= {it.removeprefix(f"{what}: ") for it in cells(page)}
        assert all(row[4] in page.text.replace("\n", " ") for row in rows if row[0] == table)
    assert "must not be told" not in page.text + printed + str(rows)


def test_without_a_choice_it_is_the_last_year(desk: Callable[..., Desk], staffed: Site) -> None:
    page = desk(Role.VIEWER).read(HERE)
    assert page.one("h1").text == "Report, 1 January 2024 to 31 December 2024"
    chosen = [it["value"] for it in page.all("option") if "selected" in it.attributes]
    assert chosen == ["2024"]
    assert [it["value"] for it in page.all("option")][:2] == ["2025", "2024"]
    assert "/organise/report/" in [it["href"] for it in desk(Role.VIEWER).read("/organise/").all("a")]


def test_what_is_no_period_is_told_and_what_was_typed_stays(desk: Callable[..., Desk]) -> None:
    viewer = desk(Role.VIEWER)
    answer = viewer.get(f"{HERE}?first=2025-03-02&last=2025-03-01")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "The first day is after the last day. Exchange them." in page.text
    assert [it["value"] for it in page.all("input", type="date")] == ["2025-03-02", "2025-03-01"]
    assert page.all("table") == []
    assert viewer.get(f"{HERE}report-a5.pdf?year=2025").status_code == 404
    for ending in ("report.csv", "report-a4.pdf"):
        assert viewer.get(f"{HERE}{ending}?year=2031").status_code == 422


def test_a_reader_of_urdu_takes_it_away_in_urdu(desk: Callable[..., Desk], staffed: Site) -> None:
    viewer = desk(Role.VIEWER)
    with staffed.storage.writing() as session:
        session.execute(update(Organiser).values(locale="ur"))
    assert viewer.get(f"{HERE}report-letter.pdf?year=2025").mimetype == "application/pdf"
    text = viewer.get(f"{HERE}report.csv?year=2025").data.decode("utf-8-sig")
    assert "پاکستان" in text and "Pakistan" not in text and "Actions issued" not in text
