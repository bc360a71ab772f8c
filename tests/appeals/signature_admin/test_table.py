"""The table of signatures: narrowed down, found exactly, paged, and taken out with a reason."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from campaign.appeals.signature_admin import table
from campaign.appeals.signature_admin.table import Filter
from campaign.appeals.signing.signing import sign
from campaign.errors import Refused
from campaign.office.audit import COMMAND_LINE
from campaign.office.spreadsheets import csv_lines
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent
from campaign.vocabulary import Disclosure, SignatureStatus
from tests import made
from tests.appeals import crowd


@pytest.fixture
def place(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    return storage


def listed(storage: Storage, narrowed: Filter | None = None, **more: int) -> table.Listed:
    with storage.reading() as session:
        return table.listed(session, storage.vault, 1, narrowed or Filter(), **more)


def exported(storage: Storage, narrowed: Filter | None = None) -> list[list[str]]:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        narrowed = narrowed or Filter()
        up_to = table.begin_export(
            session, storage.vault, COMMAND_LINE, action, narrowed, "the yearly count", made.NOON
        )
    return list(
        csv.reader(io.StringIO("".join(csv_lines(table.exported(storage, action.id, narrowed, up_to))), newline=""))
    )


@pytest.mark.databases
def test_pages_follow_each_other_without_a_gap_while_people_go_on_signing(place: Storage) -> None:
    crowd.sign(place, 7)
    first = listed(place, most=3)
    crowd.sign(place, 2)
    assert first.before is not None
    second = listed(place, before=first.before, most=3)
    assert [it.id for it in (*first.rows, *second.rows)] == [7, 6, 5, 4, 3, 2]
    assert second.before is not None
    third = listed(place, before=second.before, most=3)
    assert ([it.id for it in third.rows], third.before) == ([1], None)


@pytest.mark.databases
@pytest.mark.parametrize(
    ("row", "narrowed"),
    [
        ({"country": "FR"}, Filter(country="FR")),
        ({"status": SignatureStatus.PENDING}, Filter(status=SignatureStatus.PENDING)),
        ({"disclosure": Disclosure.WITHHELD}, Filter(disclosure=Disclosure.WITHHELD)),
        ({"message": "Please renew them."}, Filter(words=True)),
        ({"name": "Grace Hopper"}, Filter(name="grace hopper")),
        # Half past eight in the evening of 2 August in London is 3 August in Karachi.
        ({"at": made.NOON + timedelta(days=1, hours=8)}, Filter(day=date(2025, 8, 3), time_zone="Asia/Karachi")),
    ],
)
def test_the_table_is_narrowed_down(place: Storage, row: dict[str, object], narrowed: Filter) -> None:
    crowd.sign(place, 3)
    crowd.sign(place, 2, **row)
    assert [it.id for it in listed(place, narrowed).rows] == [5, 4]


def test_those_without_words_are_found_too(place: Storage) -> None:
    crowd.sign(place, 1)
    crowd.sign(place, 1, message="Please.")
    assert [it.words for it in listed(place, Filter(words=False)).rows] == [None]


@pytest.mark.databases
def test_an_address_is_found_exactly_however_it_is_written_and_never_by_a_part(place: Storage) -> None:
    with place.writing() as session:
        sign(session, place.vault, "renew-the-cards", made.wish("ada@example.org"), made.NOON)
    assert len(listed(place, Filter(email="ADA+news@example.org")).rows) == 1
    assert listed(place, Filter(email="da@example.org")).rows == ()
    with pytest.raises(Refused):
        listed(place, Filter(email="ada"))


def test_another_actions_signatures_are_not_listed(place: Storage) -> None:
    with place.writing() as session:
        made.action(session, "another-one", serial=57)
    crowd.sign(place, 2, slug="another-one")
    assert listed(place).rows == ()


@pytest.mark.databases
def test_the_file_holds_no_address_and_no_row_of_who_is_named_to_nobody_or_has_not_confirmed(
    place: Storage,
) -> None:
    crowd.sign(place, 1, name="Ada Lovelace", message="Please renew them.")
    crowd.sign(place, 1, name="Grace Hopper", message="It was me.", disclosure=Disclosure.WITHHELD)
    crowd.sign(place, 1, name="Katherine Johnson", status=SignatureStatus.PENDING)
    heading, *rows = exported(place)
    assert heading[:3] == ["number", "name", "country"]
    assert [(row[1], row[8]) for row in rows] == [("Ada Lovelace", "Please renew them.")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", cell) for row in rows for cell in row[5:7])
    assert "@" not in "".join(cell for row in rows for cell in row)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+44 1", "-1+1", "@SUM(A1)", "\tcmd", "\uff1d1+1"])
def test_a_name_that_is_a_formula_comes_out_as_text(place: Storage, name: str) -> None:
    crowd.sign(place, 1, name=name)
    assert exported(place)[1][1] == f"'{name}"


@pytest.mark.databases
def test_a_long_file_is_read_in_batches_and_holds_each_once(place: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "IN_A_BATCH", 4)
    crowd.sign(place, 11)
    crowd.sign(place, 3, country="FR")
    assert [row[0] for row in exported(place)[1:]] == [str(n) for n in range(1, 15)]
    assert len(exported(place, Filter(country="FR"))) == 4


@pytest.mark.databases
def test_days_in_the_file_are_those_of_utc(place: Storage) -> None:
    crowd.sign(place, 1, at=datetime(2025, 8, 2, 1, 30, tzinfo=ZoneInfo("Asia/Karachi")))
    assert exported(place)[1][5:7] == ["2025-08-01", "2025-08-01"]


def test_an_export_is_in_the_trail_with_how_many_and_why_and_without_who(place: Storage) -> None:
    crowd.sign(place, 3)
    exported(place, Filter(country="GB", name="Ada Lovelace"))
    with place.reading() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.what, event.reason) == ("signatures exported", "the yearly count")
    assert json.loads(event.after or "") == {"signatures": 3, "country": "GB", "name": "given"}


def test_nothing_is_exported_without_a_reason(place: Storage) -> None:
    with place.writing() as session, pytest.raises(Refused):
        action = session.scalars(select(Action)).one()
        table.begin_export(session, place.vault, COMMAND_LINE, action, Filter(), "  ", made.NOON)


def test_a_filter_that_asks_for_nothing_leaves_everyone(place: Storage) -> None:
    crowd.sign(place, 2)
    assert len(listed(place, replace(Filter(), country="", name="")).rows) == 2
