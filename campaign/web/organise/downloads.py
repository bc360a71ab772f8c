"""A table as a file: as CSV, sent as it is made, or as a workbook (XLSX), sent once it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from flask import Response, abort

from campaign import language
from campaign.office import workbooks
from campaign.office.spreadsheets import MARK, Cells, csv_lines
from campaign.web.locales import current

CSV, XLSX = "csv", "xlsx"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 64 * 1024


def download(table: Iterable[Cells], name: str, form: str) -> Response:
    """A table under a name without its ending; `form` is `CSV` or `XLSX`: there is no other (404)."""
    if form not in {CSV, XLSX}:
        abort(404)
    if form == XLSX:
        file = workbooks.written(table, right_to_left=language.direction(current()) == "rtl")
        answer = Response(_parts(file), content_type=WORKBOOK)
        answer.call_on_close(file.close)
    else:
        answer = Response(_marked(csv_lines(table)), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return answer


def _marked(lines: Iterator[str]) -> Iterator[str]:
    yield MARK
    yield from lines


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(AT_ONCE):
        yield part
