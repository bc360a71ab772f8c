"""Tables to take away: as CSV and as a workbook, the same cells in both, for whoever may see the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign import clock
from campaign.storage.tables import Action, AuditEvent, Case, Organiser
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.appeals import crowd
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk

HERE = "/organise/actions/renew-the-cards"
FILES = {
    "/organise/officials/officials": "officials",
    "/organise/board": "board",
    "/organise/cases/cases": "cases",
    "/organise/audit/audit-trail": "audit-trail",
    f"{HERE}/statistics/statistics": "statistics-renew-the-cards",
    "/organise/report/report": "report-2024-01-01-2024-12-31",
}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def summer(staffed: Site, hour: Hour) -> None:
    hour.becomes(made.NOON)
    with staffed.storage.writing() as session:
        session.execute(update(Action).values(deadline=date(2025, 9, 15)))


def lines(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def book(answer: TestResponse) -> Any:
    assert answer.status_code == 200
    assert answer.mimetype == WORKBOOK
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def read(value: object) -> object:
    """The reader has moments only: one at midnight is a day."""
    return value.date() if isinstance(value, datetime) and value.time() == datetime.min.time() else value


def cells(answer: TestResponse) -> list[list[object]]:
    return [[read(it.value) for it in row] for row in book(answer).active.iter_rows()]


def as_csv(value: object) -> str:
    """A cell of a workbook as the CSV writes the same."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


@pytest.mark.parametrize("path", FILES)
def test_a_workbook_has_the_cells_of_the_csv(desk: Callable[..., Desk], staffed: Site, path: str) -> None:
    with staffed.storage.writing() as session:
        official = session.scalars(select(Action)).one().recipients[0].official
        official.name, official.note = "=cmd()", "+92 51\nsecond line"
    crowd.sign(staffed.storage, 4, counted=True)
    admin = desk(Role.ADMIN)
    plain, whole = admin.get(f"{path}.csv"), admin.get(f"{path}.xlsx")
    assert [[as_csv(it) for it in row] for row in cells(whole)] == [
        [it.replace("\r\n", "\n") for it in row] for row in lines(plain)
    ]
    assert len(lines(plain)) > 1
    names = [answer.headers["Content-Disposition"] for answer in (plain, whole)]
    assert names == [f"attachment; filename={FILES[path]}.{ending}" for ending in ("csv", "xlsx")]


@pytest.mark.parametrize("path", FILES)
def test_a_file_of_another_kind_is_not_there(desk: Callable[..., Desk], path: str) -> None:
    assert desk(Role.ADMIN).get(f"{path}.ods").status_code == 404


def test_the_board_is_taken_away_as_it_is_filtered_also_what_it_folds(desk: Callable[..., Desk], staffed: Site) -> None:
    with staffed.storage.writing() as session:
        for n in range(40):
            later = made.action(session, f"later-{n}", date(2025, 9, 1) + timedelta(days=n))
            later.tags = ["cards", "partner: X"] if n < 2 else []
            later.case.country = "KE" if n % 2 else "PK"
            later.case.events, later.case.figures = [], later.case.figures[:1]
        made.action(session, "told", date(2025, 5, 1), ActionStatus.STOPPED, goal=None)
    viewer = desk(Role.VIEWER)
    everything = lines(viewer.get("/organise/board.csv"))
    # Forty, the site's own, and the stopped one that the page shows only when asked.
    assert len(everything) == 1 + 42
    assert everything[0] == [
        "When", "Number", "Title", "Country", "Status", "Deadline", "Due on", "Next step", "Needs attention",
        "Signatures", "Goal", "Forecast", "Tags",
    ]  # fmt: skip
    filtered = cells(viewer.get("/organise/board.xlsx?tag=CARDS&country=KE"))
    assert filtered[1:] == [
        [
            "Later", "UA 56/25", "Renew the cards", "Kenya", "open", date(2025, 9, 2), date(2025, 9, 2), "Open",
            None, 0, 500, None, "cards, partner: X",
        ]
    ]  # fmt: skip
    page = viewer.read("/organise/?tag=CARDS&country=KE")
    links = [it["href"] for it in page.all("a") if it.text.startswith("Export")]
    assert links == [f"/organise/board.{ending}?country=KE&tag=CARDS" for ending in ("csv", "xlsx")]


def test_cases_are_taken_away_as_they_were_searched_those_of_every_page(
    desk: Callable[..., Desk], staffed: Site
) -> None:
    with staffed.storage.writing() as session:
        for n in range(45):
            session.add(made.case(f"case-{n:02}"))
        session.execute(update(Case).where(Case.slug == "case-07").values(place={"en": "Zanzibar"}))
    viewer = desk(Role.VIEWER)
    assert len(lines(viewer.get("/organise/cases/cases.csv"))) == 1 + 46
    assert cells(viewer.get("/organise/cases/cases.xlsx?q=zanzibar")) == [
        ["Case", "Country", "Actions", "Open actions", "Next threat", "Needs attention", "Tags"],
        ["Case 07", "Pakistan", 0, 0, date(2025, 9, 1), "Sources disagree about holders", None],
    ]


@pytest.mark.parametrize("path", ["/organise/", "/organise/audit/", "/organise/cases/"])
def test_what_else_stands_in_an_address_is_not_carried_into_links(desk: Callable[..., Desk], path: str) -> None:
    page = desk(Role.ADMIN).read(f"{path}?form=x&view=y&_external=1&slug=z")
    links = [it["href"] for it in page.all("a") if it.text.startswith("Export")]
    assert [it.rpartition(".")[2] for it in links] == ["csv", "xlsx"]


def test_a_file_speaks_its_readers_language_and_runs_its_way(desk: Callable[..., Desk], staffed: Site) -> None:
    who = desk(Role.VIEWER)
    assert not book(who.get("/organise/board.xlsx")).active.sheet_view.rightToLeft
    with staffed.storage.writing() as session:
        session.execute(update(Organiser).values(locale="ur"))
    sheet = book(who.get("/organise/board.xlsx")).active
    assert sheet.sheet_view.rightToLeft
    headings, row = ([read(it.value) for it in cells] for cells in list(sheet.iter_rows())[:2])
    assert (headings[12], row[3], row[5]) == ("ٹیگ", "پاکستان", date(2025, 9, 15))


def test_names_leave_as_a_workbook_under_the_rules_of_the_csv(desk: Callable[..., Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 2, country="FR", name="=cmd()")
    wanted = {"country": "FR", "form": "xlsx"}
    for role in (Role.EDITOR, Role.REVIEWER, Role.VIEWER):
        assert desk(role).post(f"{HERE}/signatures/export", {**wanted, "reason": "to look"}).status_code == 403
    admin = desk(Role.ADMIN)
    assert admin.post(f"{HERE}/signatures/export", wanted).status_code == 422
    answer = admin.post(f"{HERE}/signatures/export", {**wanted, "reason": "for the ministry"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=signatures-renew-the-cards.xlsx"
    table = cells(answer)
    assert [row[1:4] for row in table] == [["name", "country", "disclosure"], *[["=cmd()", "FR", "public"]] * 2]
    assert table[1][5] == date(2025, 8, 1)
    with staffed.storage.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.what == "signatures exported")).all()
    assert [(it.who, it.reason) for it in events] == [("The admin", "for the ministry")]
    # Whatever else is asked for is the CSV.
    rows = lines(admin.post(f"{HERE}/signatures/export", {"reason": "x", "form": "nonsense"}))
    assert [row[1] for row in rows] == ["name", "'=cmd()", "'=cmd()"]


def test_names_ask_for_the_password_again_whatever_the_file(desk: Callable[..., Desk], hour: Hour) -> None:
    admin = desk(Role.ADMIN)
    hour.passes(minutes=11)
    answer = admin.post(f"{HERE}/signatures/export", {"form": "xlsx", "reason": "for the ministry"})
    assert answer.mimetype != WORKBOOK
    assert clock.now() > made.NOON
