"""Layouts of the office: kept by name, extended under it, renamed, removed, and each told in the audit trail."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from campaign.cases.writing import reading_layouts
from campaign.errors import Conflict, Refused, Unknown
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, ReadingLayout
from tests.made import NOON

LABELS = {"Kas notika:": "summary", "Kam rakstīt": "officials"}
TEXT = "Kas notika:\nShe was held.\n\nKam rakstīt\nThe Minister\n"


def keep(storage: Storage, name: str, labels: dict[str, str]) -> str:
    with storage.writing() as session:
        return reading_layouts.keep(session, storage.vault, COMMAND_LINE, name, labels, NOON)


def events(storage: Storage) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    with storage.reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.what.startswith("layout")).order_by(AuditEvent.id))
        return [(it.what, json.loads(it.before or "{}"), json.loads(it.after or "{}")) for it in told]


@pytest.mark.databases
def test_a_layout_is_kept_found_renamed_and_removed(storage: Storage) -> None:
    assert keep(storage, "  Section   Latvia ", LABELS) == "Section Latvia"
    with storage.writing() as session:
        (shown,) = reading_layouts.shown(session)
        assert (shown.name, dict(shown.labels), shown.who) == ("Section Latvia", LABELS, None)
        found = reading_layouts.for_text(session, TEXT)
        assert found is not None
        assert found.name == "Section Latvia"
        reading_layouts.rename(session, storage.vault, COMMAND_LINE, shown.id, "Riga", NOON)
    with storage.writing() as session:
        assert reading_layouts.for_text(session, "no label", "RIGA") is not None
        reading_layouts.remove(session, storage.vault, COMMAND_LINE, shown.id, NOON)
    with storage.reading() as session:
        assert reading_layouts.for_text(session, TEXT) is None
    assert events(storage) == [
        ("layout saved", {}, {"name": "Section Latvia"}),
        ("layout renamed", {"name": "Section Latvia"}, {"name": "Riga"}),
        ("layout removed", {"name": "Riga"}, {}),
    ]


def test_labels_saved_under_a_name_that_is_there_are_added_to_it_once(storage: Storage) -> None:
    keep(storage, "Section Latvia", LABELS)
    more = {"Pēdējā diena:": "deadline"}
    assert keep(storage, "section latvia", more) == "Section Latvia"
    keep(storage, "Section Latvia", more)
    with storage.reading() as session:
        assert session.scalars(select(ReadingLayout)).one().labels == {**LABELS, **more}
    assert [what for what, _, _ in events(storage)] == ["layout saved", "layout extended"]


@pytest.mark.parametrize(
    ("name", "labels", "said"),
    [
        (" ", LABELS, "Give the layout a name"),
        ("n" * 81, LABELS, "Give the layout a name"),
        ("Riga", {}, "Choose at least one label"),
        ("Riga", {"Kas notika:": "password"}, "Choose at most"),
        ("Riga", {"x" * 61: "summary"}, "Choose at most"),
        ("Riga", {f"label {'x' * at}": "summary" for at in range(61)}, "Choose at most"),
    ],
)
def test_what_is_no_layout_is_refused(storage: Storage, name: str, labels: dict[str, str], said: str) -> None:
    with pytest.raises(Refused, match=said):
        keep(storage, name, labels)
    assert events(storage) == []


def test_two_layouts_have_two_names(storage: Storage) -> None:
    keep(storage, "Riga", LABELS)
    keep(storage, "Oslo", LABELS)
    with storage.writing() as session:
        oslo, _ = reading_layouts.shown(session)
        with pytest.raises(Conflict, match="already"):
            reading_layouts.rename(session, storage.vault, COMMAND_LINE, oslo.id, "RIGA", NOON)
        reading_layouts.rename(session, storage.vault, COMMAND_LINE, oslo.id, "OSLO", NOON)  # its own, in other letters


def test_a_layout_that_is_not_there_is_unknown(storage: Storage) -> None:
    with storage.writing() as session:
        with pytest.raises(Unknown, match="Riga"):
            reading_layouts.for_text(session, TEXT, "Riga")
        with pytest.raises(Unknown):
            reading_layouts.rename(session, storage.vault, COMMAND_LINE, 7, "Riga", NOON)
        with pytest.raises(Unknown):
            reading_layouts.remove(session, storage.vault, COMMAND_LINE, 7, NOON)
