"""What the office did in a period, for funders and the annual report: the same tables as page, file and print."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from flask import Blueprint, Response, abort, request
from sqlalchemy.orm import Session

from campaign import clock, language
from campaign.errors import Refused
from campaign.office import organisation
from campaign.office.permissions import Permission
from campaign.office.report import period, reading, tables
from campaign.office.report.period import Asked, Period
from campaign.office.report.reading import Report
from campaign.office.report.tables import Table
from campaign.printing.sheets.report import PrintedTable, ReportSheet, report_pdf
from campaign.sentences import Sentence, in_language, joined
from campaign.vocabulary import Paper
from campaign.web import downloads
from campaign.web.app_state import door
from campaign.web.locales import current, sentence_of
from campaign.web.organise.account.authorisation import needs
from campaign.web.organise.downloads import download
from campaign.web.organise.words import worded
from campaign.web.rendering import office, page

blueprint = Blueprint("report", __name__, url_prefix="/report")

FIELDS = ("year", "quarter", "first", "last")


@blueprint.get("/")
@needs(Permission.READ)
def show() -> str | tuple[str, int]:
    """A year, a quarter or some days in figures; the last calendar year if nothing is chosen."""
    now = clock.now()
    with door().storage.reading() as session:
        today = _today(session, now)
        years = period.years(reading.first_day(session), today)
        try:
            asked, problem = period.chosen(_asked(), today), None
        except Refused as error:
            asked, problem = None, sentence_of(error)
        report = reading.gathered(session, asked, now, current()) if asked is not None else None
    shown = page(
        "organise/office/report.html",
        report=report,
        title=_title(report.period) if report is not None else None,
        problem=problem,
        tables=tables.tables(report) if report is not None else (),
        days=_days(report) if report is not None else None,
        said=_said,
        numeric=_numeric,
        years=years,
        chosen_year=request.args.get("year", "") or str(today.year - 1),
        quarters=period.QUARTERS,
        papers=list(Paper),
        in_digits=lambda year: language.in_digits(str(year), current()),
        asked={name: it for name, it in request.args.items() if name in FIELDS and it},
    )
    return shown if problem is None else (shown, 422)


@blueprint.get("/report.<form>")
@needs(Permission.READ)
def as_file(form: str) -> Response:
    """The same figures, each in a row, for a spreadsheet."""
    report, locale = _report(), current()
    # All at once: words of the vocabulary are said by the request, and a file is sent after it.
    rows = [tuple(_as_cell(it, locale) for it in cells) for cells in tables.as_rows(report)]
    return download(rows, _name(report.period), form)


@blueprint.get("/report-<paper>.pdf")
@needs(Permission.READ)
def as_print(paper: str) -> Response:
    """The same tables on paper, A4 or US Letter: there is no other (404)."""
    if paper not in set(Paper):
        abort(404)
    report, locale = _report(), current()
    sheet = ReportSheet(
        locale=locale,
        organisation=office(locale).name,
        title=_title(report.period).inside(locale),
        days=_days(report).inside(locale),
        made_on=report.up_to,
        tables=tuple(_printed(it) for it in tables.tables(report)),
    )
    return downloads.download(
        door().prints.make(report_pdf, sheet, Paper(paper)), "application/pdf", f"{_name(report.period)}.pdf"
    )


def _report() -> Report:
    now = clock.now()
    with door().storage.reading() as session:
        return reading.gathered(session, period.chosen(_asked(), _today(session, now)), now, current())


def _asked() -> Asked:
    return Asked(**{name: request.args.get(name, "").strip() for name in FIELDS})


def _today(session: Session, now: datetime) -> date:
    return clock.local_day(now, str(organisation.zone(session)))


def _title(of: Period) -> Sentence:
    return Sentence("Report, %(first)s to %(last)s", first=of.first, last=of.last)


def _days(report: Report) -> Sentence:
    """Up to which day is counted, and in whose days."""
    counted = Sentence("Counted up to %(day)s.", day=report.up_to)
    return joined((counted, tables.days_of(report)))


def _name(of: Period) -> str:
    return f"report-{of.first}-{of.last}"


def _said(cell: object) -> str:
    """A cell as the reader's language writes it."""
    if cell is None:
        return "–"
    if isinstance(cell, StrEnum):
        return str(worded(cell))
    return joined([cell]).inside(current())


def _as_cell(cell: object, locale: str) -> object:
    """A cell of a file: numbers and days stay what they are."""
    return str(worded(cell)) if isinstance(cell, StrEnum) else in_language(cell, locale)


def _numeric(table: Table) -> tuple[bool, ...]:
    """Which columns hold numbers."""
    return tuple(any(isinstance(row[n], int) for row in table.rows) for n in range(len(table.headings)))


def _printed(table: Table) -> PrintedTable:
    locale = current()
    return PrintedTable(
        title=table.title.inside(locale),
        how=table.how.inside(locale),
        headings=tuple(it.inside(locale) for it in table.headings),
        rows=tuple(tuple(_said(cell) for cell in row) for row in table.rows),
        numeric=_numeric(table),
    )
