"""Files for spreadsheets: no cell of ours is a formula, and what came out goes in again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import Unreadable
from campaign.office.spreadsheets import MARK, csv_lines, plain, rows, safe

SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"


@given(st.text())
def test_no_cell_begins_like_a_formula_and_each_can_be_read_back(text: str) -> None:
    cell = safe(text)
    assert not cell.lstrip("\x00 \n\x0b\x0c").startswith(tuple(SIGNS))
    if cell != text:
        assert plain(cell) == text.strip()


@pytest.mark.parametrize("cell", ["=1+1", " =1+1", "+92 51", "-3", "@handle", "\t=1", "\uff1dcmd"])
def test_what_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert plain(safe(cell)) == cell.strip()


def test_numbers_and_nothing_are_written_as_they_are() -> None:
    table = [(1, None, "Ada, Countess", 'say "yes"', date(2025, 8, 2), datetime(2025, 8, 2, 9, 5, tzinfo=UTC))]
    assert list(csv_lines(table)) == ['1,,"Ada, Countess","say ""yes""",2025-08-02,2025-08-02 09:05:00\r\n']


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_however_a_spreadsheet_separates_its_cells(separator: str) -> None:
    text = f"{MARK}Name{separator}Fax\r\n\u0627\u062f\u0627{separator}'+92 51\r\n{separator}\r\n"
    assert rows(text.encode(), 10) == [{"name": "\u0627\u062f\u0627", "fax": "+92 51"}]


def test_lines_within_a_cell_stay_together() -> None:
    assert rows('name,address\nAda,"1 Road\nTown"\n', 10) == [{"name": "Ada", "address": "1 Road\nTown"}]


@pytest.mark.parametrize(
    "file",
    [b"", b"\n\n", b"name\n\xff\xfe", b"PK\x03\x04\x00", b'name\n"Ada', b"name,name\n1,2\n", b"name\n1\n2\n3\n4\n"],
)
def test_what_is_no_such_file_is_refused_with_what_to_do(file: bytes) -> None:
    with pytest.raises(Unreadable):
        rows(file, 3)
