"""The directory as a file: out and in again it is the same, and a file with a mistake changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from campaign.errors import Refused
from campaign.office.audit import COMMAND_LINE
from campaign.office.spreadsheets import csv_lines
from campaign.officials import csv_files, directory, validation
from campaign.officials.validation import Entry
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Official
from tests import made

MINISTER = Entry(
    name="-Sample Minister",
    title={"en": "=cmd"},
    office={"en": "Minister of Interior", "ur": "وزیر داخلہ", "zh-Hant": "內政部長"},
    salutation={"ur": "محترم وزیر صاحب،"},
    country="PK",
    address=("1 Sample Road", "Islamabad, Pakistan"),
    emails=("minister@gov.example.pk", "office@gov.example.pk"),
    channels={
        "phone": ("+92519201234", "+92519201235"),
        "fax": ("9201 of the registry",),
        "x_handle": ("@sampleminister",),
        "web_form": ("https://gov.example.pk/write?to=minister",),
    },
    languages=("ur", "en"),
    note='Said "write again", twice.\nIn June.',
)


@pytest.fixture
def minister(storage: Storage) -> int:
    with storage.writing() as session:
        return directory.add(session, storage.vault, COMMAND_LINE, MINISTER, made.NOON).id


def written(storage: Storage) -> str:
    with storage.reading() as session:
        return "".join(csv_lines(csv_files.written(directory.directory(session))))


def read(storage: Storage, file: str) -> list[csv_files.Line]:
    with storage.reading() as session:
        return csv_files.read(session, file)


def saved(storage: Storage, file: str) -> tuple[int, int]:
    with storage.writing() as session:
        lines = csv_files.read(session, file)
        return csv_files.save(session, storage.vault, COMMAND_LINE, lines, made.NOON)


@pytest.mark.databases
def test_what_went_out_comes_in_unchanged(storage: Storage, minister: int) -> None:
    (line,) = read(storage, written(storage))
    assert (line.entry, line.changes, line.errors) == (MINISTER, [], {})
    assert saved(storage, written(storage)) == (0, 0)


def test_nothing_that_goes_out_is_a_formula(storage: Storage, minister: int) -> None:
    file = written(storage)
    for cell in ("-Sample", "=cmd", "+92519201234", "@sampleminister"):
        assert f"'{cell}" in file and f",{cell}" not in file


def test_a_line_without_a_number_is_new_and_one_with_it_changes_only_the_columns_there_are(
    storage: Storage, minister: int
) -> None:
    file = f"number,name,office:en\n{minister},New Minister,Minister of Interior\n,Someone New,\n"
    change, new = read(storage, file)
    assert change.changes == [("name", "-Sample Minister", "New Minister")]
    assert (new.was, new.entry.name) == (None, "Someone New")
    assert saved(storage, file) == (1, 1)
    with storage.reading() as session:
        kept = validation.of(directory.one(session, minister))
    assert (kept.name, kept.emails, kept.office) == ("New Minister", MINISTER.emails, MINISTER.office)


def test_one_wrong_line_keeps_all_of_them_out_and_each_says_what_to_mend(storage: Storage) -> None:
    file = "name,country,emails\nAda,GB,ada@gov.example.pk\nBo,Atlantis,bo@gov.example.pk\n,GB,nobody\n"
    lines = read(storage, file)
    assert [sorted(it.errors) for it in lines] == [[], ["country"], ["emails", "name"]]
    assert [it.number for it in lines] == [2, 3, 4]
    with pytest.raises(Refused):
        saved(storage, file)
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Official)) == 0
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


@pytest.mark.databases
def test_a_file_that_is_older_than_the_directory_does_not_undo_what_was_done_since(
    storage: Storage, minister: int
) -> None:
    file = written(storage)
    saved(storage, f"number,name\n{minister},Changed Here\n")
    (line,) = read(storage, file)
    assert "exported" in line.errors["number"]


@pytest.mark.parametrize("number", ["99", "one", "²"])
def test_a_number_that_nobody_has_is_told(storage: Storage, number: str) -> None:
    (line,) = read(storage, f"number,name\n{number},Ada\n")
    assert set(line.errors) == {"number"}


def test_one_official_on_two_lines_is_told(storage: Storage, minister: int) -> None:
    _, second = read(storage, f"number,name\n{minister},A\n{minister},B\n")
    assert "row 2" in second.errors["number"]


def test_a_file_of_something_else_is_refused(storage: Storage) -> None:
    with pytest.raises(Refused):
        read(storage, "colour,shape\nred,round\n")
