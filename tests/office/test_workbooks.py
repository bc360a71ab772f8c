"""Workbooks (XLSX), read back with an outside reader (openpyxl): what was a text is a text, and a day is a day."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from campaign.office import workbooks
from campaign.office.spreadsheets import Cells


def opened(table: Iterable[Cells], **how: Any) -> Any:
    with workbooks.written(table, **how) as file:
        return openpyxl.load_workbook(file)


def cells(table: Iterable[Cells]) -> list[list[Any]]:
    return [[it.value for it in row] for row in opened(table).active.iter_rows()]


def sheet_xml(file: BinaryIO) -> str:
    with zipfile.ZipFile(file) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode()


def test_texts_numbers_and_days_are_read_back_as_what_they_were() -> None:
    east = timezone(timedelta(hours=5))
    row = ("Ada", 1_200, date(2025, 8, 2), datetime(2025, 8, 2, 14, 5, tzinfo=east), None, "", "007", "کارڈ")
    table = opened([("a", "b", "c", "d", "e", "f", "g", "h"), row]).active
    name, number, day, moment, *rest = (it.value for it in table[2])
    assert (name, number) == ("Ada", 1200)
    assert [it.isoformat() for it in (day, moment)] == ["2025-08-02T00:00:00", "2025-08-02T09:05:00"]  # in UTC
    assert rest == [
        None,
        None,
        "007",
        "کارڈ",
    ]
    assert (table["C2"].number_format, table["D2"].number_format) == ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")
    assert (table["A1"].font.b, table["A2"].font.b, table.freeze_panes) == (True, False, "A2")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "{=1+1}",
        "+92 51",
        "-3",
        "@handle",
        "\t=1",
        "\uff1dcmd",
        '=HYPERLINK("https://evil.example","x")',
        "https://evil.example",
        "mailto:a@example.org",
        "internal:Sheet1!A1",
        "12",
        "TRUE",
        # Between these the library believes to find its own XML.
        "<r><f>1+1</f></r>",
        "<r>Ada</r>",
        "</t></is></c><c><f>1+1</f></c>",
        "&amp; <b>",
        "_x003D_1+1",
    ],
)
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    with workbooks.written([("name",), (text,)]) as file:
        xml = sheet_xml(file)
        cell = openpyxl.load_workbook(file).active["A2"]
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.hyperlink is None
    assert unescape(cell.value).rstrip() == text


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_whatever_somebody_is_called_the_workbook_can_be_read(text: str) -> None:
    with workbooks.written([("name",), (text,)]) as file:
        assert "<f>" not in sheet_xml(file)
        value = openpyxl.load_workbook(file).active["A2"].value
    read = unescape(value or "")
    assert read.replace("\r\n", "\n").strip() == text.replace("\r\n", "\n").strip()


def test_a_text_is_cut_where_it_is_longer_than_a_cell() -> None:
    for letter, kept in (("x", 32_766), ("\U0001f600", 16_383)):
        ((_heading,), (value,)) = cells([("words",), (letter * 40_000,)])
        assert value == letter * kept + "…"
    assert cells([("words",), ("x" * 32_767,)])[1] == ["x" * 32_767]


def test_what_a_spreadsheet_would_change_is_a_text() -> None:
    assert cells([("a", "b"), (date(1066, 10, 14), 10**15)])[1] == ["1066-10-14", "1000000000000000"]


def test_a_table_that_is_longer_than_a_sheet_goes_on_in_the_next_under_the_same_headings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    book = opened([("n",), *((n,) for n in range(5))])
    assert [[it.value for (it,) in sheet.iter_rows()] for sheet in book] == [["n", 0, 1], ["n", 2, 3], ["n", 4]]


def test_a_sheet_runs_as_its_readers_language_does() -> None:
    assert not opened([("a",)]).active.sheet_view.rightToLeft
    assert opened([("a",)], right_to_left=True).active.sheet_view.rightToLeft


def test_nothing_of_a_table_is_left_on_the_disk_also_if_it_breaks_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows_read = []

    def broken() -> Iterator[Cells]:
        yield ("name",)
        for n in range(100):
            yield (f"Ada {n}",)
            rows_read.append(n)
        # While it is written its folder is nobody else's.
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
        raise OSError("the database went away")

    unsaid: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unsaid.append)
    with pytest.raises(OSError, match="went away"):
        workbooks.written(broken())
    gc.collect()
    assert unsaid == []  # nothing is tried again once nobody can hear of it
    assert len(rows_read) == 100
    assert list(tmp_path.iterdir()) == []
    with workbooks.written([("name",), ("Ada",)]):
        assert list(tmp_path.iterdir()) == []


def test_an_empty_table_is_a_workbook_too() -> None:
    assert cells([("name",)]) == [["name"]]


def test_what_a_killed_process_left_of_names_is_removed_within_the_hour(tmp_path: Path) -> None:
    program = (
        "import time\n"
        "from campaign.office import workbooks\n"
        "def table():\n"
        "    yield 'name',\n"
        "    yield from (('Marker Person',) for _ in range(10_000))\n"
        "    print('at it', flush=True)\n"
        "    time.sleep(600)\n"
        "workbooks.written(table())\n"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == b"at it\n"
    killed.kill()
    killed.communicate()
    (left,) = tmp_path.glob(f"{workbooks.PREFIX}*")
    assert any(b"Marker Person" in it.read_bytes() for it in left.iterdir())
    assert left.stat().st_mode & 0o077 == 0
    sweep = [sys.executable, "-c", "from campaign.office import workbooks; workbooks.sweep()"]
    # Another process may be at work on one that is young.
    for age, there in ((0, True), (workbooks.OLD_SECONDS + 60, False)):
        then = time.time() - age
        os.utime(left, (then, then))
        subprocess.run(sweep, env={**os.environ, "TMPDIR": str(tmp_path)}, check=True)
        assert left.exists() is there
