"""What the office did in a period, printed: tables that can be attached to an annual report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.printing.engine.text import one_line
from campaign.vocabulary import Paper


@dataclass(frozen=True)
class PrintedTable:
    """A table in words. `numeric` says of each column whether it holds numbers; the first cell of a row names it."""

    title: str
    how: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    @property
    def rows_headed(self) -> bool:
        """Whether first cells are headings to who listens: not where headings would then outnumber figures."""
        columns, rows = len(self.headings), len(self.rows)
        return columns + rows <= (columns - 1) * rows


@dataclass(frozen=True)
class ReportSheet:
    """A report as it is to be printed, in finished sentences: `days` says up to when and in whose days it counts,
    `made_on` on which day it was made."""

    locale: str
    organisation: str
    title: str
    days: str
    made_on: date
    tables: tuple[PrintedTable, ...]


def report_pdf(sheet: ReportSheet, paper: Paper = Paper.A4) -> bytes:
    """The report as PDF. Raises `Unprintable` naming a script that no installed font has."""
    values = {
        "sheet": sheet,
        "title": one_line(sheet.title),
        "paper": paper.value,
        "footer": " · ".join((sheet.organisation, sheet.title)),
    }
    return pull(lay_out(set_in_type("report.html", sheet.locale, values), sheet.locale))
