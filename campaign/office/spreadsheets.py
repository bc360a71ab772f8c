"""Files for spreadsheets (CSV): safe from formulas on the way out, understood on the way in.

A cell that begins like a formula is one to a spreadsheet, whoever wrote it: a supporter's name could send the whole
sheet to a stranger. An apostrophe before it makes it text again. The same tables as workbooks: `workbooks`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from campaign.errors import Unreadable

# What begins a formula, in its full-width forms too, and the control characters that spreadsheets skip before one.
_FORMULA = re.compile("^[\\s\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_MADE_SAFE = re.compile("^'(?=[\\s\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r])")
# By this a spreadsheet knows that what follows is UTF-8.
MARK = "\ufeff"
# Officials in thirty languages are a hundred columns.
MOST_COLUMNS = 300
# A row of a table on its way out, the headings first: texts, whole numbers, days, moments (UTC), None where there is
# nothing. A room yields rows; which file is made of them is not its business.
Cells = Sequence[object]
# Lines of one part of a file.
AT_ONCE = 500


def csv_lines(table: Iterable[Cells]) -> Iterator[str]:
    """A table as a file, in parts of many lines: no cell is a formula."""
    left = iter(table)
    while part := list(islice(left, AT_ONCE)):
        written = io.StringIO()
        csv.writer(written).writerows(_safe_cells(cells) for cells in part)
        yield written.getvalue()


def _safe_cells(cells: Cells) -> list[object]:
    # A file has a million cells, and nearly every one is such: it goes by without a call.
    return [
        cell if cell.__class__ in _PLAIN or (cell.__class__ is str and cell[:1].isalnum()) else safe(cell)
        for cell in cells
    ]


# What the library writes as it should be, and what is never a formula.
_PLAIN = frozenset({int, date, type(None)})


def safe(value: object) -> str:
    """A value as a cell that is no formula."""
    text = value if value.__class__ is str else _said(value)
    if text[:1].isalnum():  # as nearly every cell is: no formula begins with a letter or a digit
        return text
    return f"'{text}" if _FORMULA.match(text) else text


def _said(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


def plain(cell: str) -> str:
    """A cell as it was before `safe`."""
    return _MADE_SAFE.sub("", cell).strip()


def rows(file: bytes | str, most: int) -> list[dict[str, str]]:
    """The lines of a file under their headings, in small letters; separated by commas, semicolons or tabs.

    Raises `Unreadable` if it is no such file, is not UTF-8 or has more than `most` lines.
    """
    try:
        text = file.decode("utf-8-sig") if isinstance(file, bytes) else file.removeprefix(MARK)
    except UnicodeDecodeError as error:
        raise Unreadable("This file is not in UTF-8. Save it as “CSV UTF-8” and choose it again.") from error
    if "\x00" in text:
        raise Unreadable("This is not a CSV file.")
    heading = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Unreadable("This CSV file cannot be read: a closing quotation mark is missing.") from error
    if any(len(row) > MOST_COLUMNS for row in read):
        raise Unreadable("This file has more than %(most)s columns. Begin from an export.", most=MOST_COLUMNS)
    filled = [row for row in read if any(cell.strip() for cell in row)]
    if not filled:
        raise Unreadable("This file is empty.")
    if len(filled) - 1 > most:
        raise Unreadable("This file has more than %(most)s rows. Split it into several files.", most=most)
    names = [plain(cell).casefold() for cell in filled[0]]
    if len(set(names)) < len(names):
        raise Unreadable("Two columns of this file have the same heading.")
    return [dict(zip(names, (plain(cell) for cell in row), strict=False)) for row in filled[1:]]
