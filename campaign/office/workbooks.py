"""The tables of `spreadsheets` as workbooks (XLSX), for programs that understand days and directions of writing.

Every text is written as a text, so none is a formula, an address to follow or a number, whatever it begins with.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from campaign.office.spreadsheets import Cells

# What a sheet and a cell can hold, by the format itself (ECMA-376): rows, and UTF-16 units of text.
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
# Days before it are none to a spreadsheet, and whole numbers beyond it lose their last digits.
FIRST_YEAR = 1900
EXACT = 10**15
PREFIX = "campaign-workbook-"
# No workbook takes so long: a folder that nothing came into for this long was left behind.
OLD_SECONDS = 3_600
WIDTH = 18  # of a column, in digits


def written(table: Iterable[Cells], *, right_to_left: bool = False) -> BinaryIO:
    """A table as an open workbook without a name on the disk, at its beginning; who takes it closes it.

    Row by row through files: no more of it is in memory than a row. A table with more rows than a sheet holds goes on
    in a next one, under the same headings.
    """
    sweep()
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        # The library's own files hold names too: in a folder that nobody else can open and that goes with this block.
        with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
            _write(xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}), table, right_to_left)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def sweep() -> None:
    """Remove what lies about of workbooks whose process was killed at work: there may be names in it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another one sweeps too, or it is somebody else's
            if folder.stat().st_mtime < time.time() - OLD_SECONDS:
                shutil.rmtree(folder)


def _write(book: Any, table: Iterable[Cells], right_to_left: bool) -> None:
    try:
        formats = _Formats(book)
        headings: Cells = ()
        sheet, row = None, 0
        for cells in table:
            if sheet is None or row == MOST_ROWS:
                headings = headings or cells
                sheet, row = _sheet(book, headings, right_to_left), 0
                _write_row(sheet, row, headings, formats, formats.heading)
                row = 1
                if cells is headings:
                    continue
            _write_row(sheet, row, cells, formats)
            row += 1
        book.close()
    finally:
        book.fileclosed = True  # a table that broke off is no workbook: the library would still try to make one


class _Formats:
    """How days, moments and headings look. Days as the standard writes them: the same in every country."""

    def __init__(self, book: Any) -> None:
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.heading = book.add_format({"bold": True})


def _sheet(book: Any, headings: Cells, right_to_left: bool) -> Any:
    sheet = book.add_worksheet()
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings) - 1, WIDTH)
    return sheet


def _write_row(sheet: Any, row: int, cells: Cells, formats: _Formats, look: Any = None) -> None:
    for column, value in enumerate(cells):
        if value is None or value == "":
            continue
        if isinstance(value, datetime) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), formats.moment)
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, column, value, formats.day)
        elif type(value) is int and abs(value) < EXACT:
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, _text(str(value)), look)


def _text(text: str) -> str:
    """A text as a cell holds it: cut where it is longer than any can be."""
    if len(text) * 2 > LONGEST_TEXT and len(units := text.encode("utf-16-le")) > LONGEST_TEXT * 2:
        text = units[: (LONGEST_TEXT - 1) * 2].decode("utf-16-le", "ignore") + "…"
    # The library takes a text between these for XML of its own, and writes it without escaping anything.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
