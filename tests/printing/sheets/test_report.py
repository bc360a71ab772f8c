"""The report of a period on paper: each table whole, its figures beside what they are of."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.printing.sheets.report import PrintedTable, ReportSheet, report_pdf
from campaign.vocabulary import Paper
from tests.printing.reading import by_pdfium, by_poppler, pages

SHORT = PrintedTable(
    "In short",
    "Numbers of people under 5 are not told.",
    ("What", "Figure"),
    (("Actions issued", "2"), ("Signatures confirmed", "fewer than 5")),
    (False, True),
)
SHEET = ReportSheet(
    locale="en",
    organisation="Example Rights Office",
    title="Report, 1 January 2025 to 31 December 2025",
    days="Counted up to 1 August 2025.",
    made_on=date(2025, 8, 1),
    tables=(SHORT,),
)


@pytest.mark.parametrize("paper", list(Paper))
def test_two_readers_find_each_figure_beside_what_it_is_of(paper: Paper) -> None:
    pdf = report_pdf(SHEET, paper)
    assert pages(pdf) == 1
    for read in (by_pdfium(pdf), by_poppler(pdf)):
        words = " ".join(read.split())
        assert "Example Rights Office Report, 1 January 2025 to 31 December 2025 Counted up to 1 August 2025." in words
        assert "In short Numbers of people under 5 are not told." in words
        assert all(cell in words for row in SHORT.rows for cell in row)
    assert "Actions issued 2 Signatures confirmed fewer than 5" in " ".join(by_pdfium(pdf).split())


def test_a_long_table_goes_on_under_its_headings() -> None:
    rows = tuple((f"Country number {n}", str(n)) for n in range(120))
    countries = PrintedTable("Countries", "How.", ("Country of who signed", "Figure"), rows, (False, True))
    pdf = report_pdf(ReportSheet("en", "Office", "Report", "Days.", date(2025, 8, 1), (SHORT, countries)))
    assert pages(pdf) > 2
    read = " ".join(by_poppler(pdf).split())
    assert read.count("Country of who signed Figure") == pages(pdf)
    assert "Country number 119 119" in read


def test_the_same_report_is_the_same_file() -> None:
    assert report_pdf(SHEET) == report_pdf(SHEET)
