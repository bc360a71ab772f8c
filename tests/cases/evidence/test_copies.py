"""Copies of sources: kept byte for byte, proved by their hash, let go of only with a reason."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from campaign.cases.evidence import case_parts, copies
from campaign.cases.evidence.copies import Given, State, Taken
from campaign.cases.evidence.copy_files import kind_of_copy
from campaign.cases.evidence.facts import SourceFacts
from campaign.cli import checking
from campaign.cli.checking import Findings
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.backup import backup, restore
from campaign.office.organisers import Invitee
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Case, Source, SourceCopy
from campaign.vocabulary import CopyKind, Role
from tests import made
from tests.conftest import settings_for

NOON, TODAY = made.NOON, made.NOON.date()
EVE = Actor(1, "Eve")
PAGE = b"\xef\xbb\xbf<!-- saved from https://example.org/a -->\n<!DOCTYPE html><html><script>alert(1)</script></html>"
FROM = Taken("https://example.org/a", date(2025, 7, 30))


def picture(kind: str) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(drawn, kind, comment=b"taken at home")
    return drawn.getvalue()


def pdf(pages: int = 1) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _n in range(pages):
        document.new_page(200, 100)
    drawn = io.BytesIO()
    document.save(drawn)
    return drawn.getvalue()


@pytest.fixture
def case_id(storage: Storage) -> int:
    """A case with one source, and Eve, who edits."""
    with storage.writing() as session:
        organisers.add(session, storage.vault, COMMAND_LINE, Invitee("Eve", "eve@office.example", Role.EDITOR), NOON)
        case = made.case("renew-the-cards")
        session.add(case)
        session.flush()
        return case.id


def source_id(storage: Storage) -> int:
    with storage.reading() as session:
        return session.scalars(select(Source.id)).one()


def keep(storage: Storage, case_id: int, content: bytes = PAGE, taken: Taken = FROM) -> int:
    given = copies.store(storage.files, content, NOON)
    with storage.writing() as session:
        return copies.add(session, storage.vault, EVE, case_id, source_id(storage), given, taken, NOON)


def stored(storage: Storage) -> list[str]:
    return storage.files.names_under(copies.FOLDER)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), CopyKind.PDF),
        (picture("PNG"), CopyKind.PNG),
        (picture("JPEG"), CopyKind.JPEG),
        (picture("WEBP"), CopyKind.WEBP),
        (PAGE, CopyKind.HTML),
        (b"<HTML lang=en><body>Half of the cards</body>", CopyKind.HTML),
    ],
)
def test_a_file_is_told_apart_by_its_bytes(content: bytes, kind: CopyKind) -> None:
    assert kind_of_copy(content) is kind


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        (b"%PDF-1.7 and nothing more", "This PDF cannot be read."),
        (picture("PNG")[:-20], "This picture is incomplete."),
        (picture("WEBP")[:-4], "This picture is incomplete."),
        (b"The word <html> alone makes no page when a zero follows\0", "Use a PDF, an HTML page"),
        (b"MZ\x90\x00 a program", "Use a PDF, an HTML page"),
        (b"Only words", "Use a PDF, an HTML page"),
        (b"GIF89a", "Use a PDF, an HTML page"),
    ],
)
def test_what_is_no_page_paper_or_picture_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        kind_of_copy(content)


def test_what_is_kept_is_what_was_handed_in_to_the_last_byte(storage: Storage, case_id: int) -> None:
    given = picture("JPEG")
    number = keep(storage, case_id, given)
    with storage.reading() as session:
        copy = copies.kept(session, case_id, source_id(storage), number)
    assert copies.read(storage.files, copy) == given  # also where, when and with what it was taken
    assert (copy.sha256, copy.size, copy.kind) == (hashlib.sha256(given).hexdigest(), len(given), CopyKind.JPEG)
    assert (copy.url, copy.taken_on, copy.added_at, copy.added_by_id) == (
        "https://example.org/a", date(2025, 7, 30), NOON, 1,
    )  # fmt: skip


def test_the_trail_says_what_came_in_who_took_it_away_and_why_it_went(storage: Storage, case_id: int) -> None:
    number = keep(storage, case_id)
    with storage.writing() as session:
        copy = copies.kept(session, case_id, source_id(storage), number)
        copies.handed_out(session, storage.vault, EVE, copy, NOON)
        copies.remove(session, storage.vault, EVE, case_id, source_id(storage), number, "It names a child.", NOON)
    with storage.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "copy")).all()
    assert [(it.who, it.what, it.reason) for it in events] == [
        ("Eve", "copy added", None),
        ("Eve", "copy taken away", None),
        ("Eve", "copy removed", "It names a child."),
    ]
    digest = hashlib.sha256(PAGE).hexdigest()
    assert json.loads(events[0].after or "")["sha256"] == digest
    assert json.loads(events[1].after or "")["sha256"] == digest
    assert json.loads(events[2].before or "")["sha256"] == digest


def test_a_changed_or_lost_file_is_noticed_and_not_handed_out(storage: Storage, case_id: int) -> None:
    number = keep(storage, case_id)
    with storage.reading() as session:
        copy = copies.kept(session, case_id, source_id(storage), number)
        assert copies.faults(session, storage.files) == (1, [])
    assert copies.state(storage.files, copy) is State.UNALTERED
    (name,) = stored(storage)
    storage.files.write(name, PAGE.replace(b"alert", b"print"))
    assert copies.state(storage.files, copy) is State.ALTERED
    with pytest.raises(Conflict, match="its hash differs"):
        copies.read(storage.files, copy)
    found = Findings()
    checking._copies(storage, found)
    assert found.wrong == [
        f"Case renew-the-cards: copy {number} of a source is not what was handed in. Restore it from a backup."
    ]
    storage.files.remove(name)
    assert copies.state(storage.files, copy) is State.MISSING
    with storage.reading() as session:
        assert copies.faults(session, storage.files)[1] == [
            f"Case renew-the-cards: copy {number} of a source is missing. Restore it from a backup."
        ]


def test_removing_one_needs_a_reason_and_leaves_its_hash(storage: Storage, case_id: int) -> None:
    number = keep(storage, case_id)
    there = (storage.vault, EVE, case_id, source_id(storage), number)
    with pytest.raises(Refused, match="Give a reason"), storage.writing() as session:
        copies.remove(session, *there, "  ", NOON)
    with storage.writing() as session:
        gone = copies.remove(session, *there, "It names a child.", NOON)
    copies.forget(storage.files, gone)
    assert stored(storage) == []
    with storage.reading() as session:
        kept, (left,) = copies.of_source(session, source_id(storage))
    assert not kept
    assert (left.sha256, left.removed_why, left.removed_by, left.removed_at) == (
        hashlib.sha256(PAGE).hexdigest(), "It names a child.", "Eve", NOON,
    )  # fmt: skip
    with pytest.raises(Unknown), storage.writing() as session:
        copies.remove(session, *there, "Once more.", NOON)


@pytest.mark.databases
def test_the_same_bytes_are_kept_once_and_may_come_again_after_they_were_removed(
    storage: Storage, case_id: int
) -> None:
    number = keep(storage, case_id)
    with pytest.raises(Refused, match="this very copy already"):
        keep(storage, case_id)
    with storage.writing() as session:
        copies.remove(session, storage.vault, EVE, case_id, source_id(storage), number, "A mistake.", NOON)
    keep(storage, case_id)


def test_one_source_has_twenty_copies_at_most(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        for n in range(20):
            given = Given(f"20250801-{n:024}", CopyKind.HTML, 4, f"{n:064}")
            copies.add(session, storage.vault, EVE, case_id, source_id(storage), given, FROM, NOON)
    with pytest.raises(Refused, match="This source has 20 copies"):
        keep(storage, case_id)


@pytest.mark.parametrize(
    ("taken", "field"),
    [
        (Taken("example.org/a", TODAY), "url"),
        (Taken("javascript:alert(1)", TODAY), "url"),
        (Taken("https://example.org/" + "a" * 2000, TODAY), "url"),
        (Taken(None, None), "taken_on"),
        (Taken(None, TODAY + timedelta(days=1)), "taken_on"),
    ],
)
def test_where_and_when_it_was_taken_must_be_possible(storage: Storage, case_id: int, taken: Taken, field: str) -> None:
    assert list(taken.faults(TODAY)) == [field]
    with pytest.raises(Refused):
        keep(storage, case_id, taken=taken)


def test_a_source_of_which_copies_are_kept_is_not_removed(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        facts = SourceFacts({"en": "Another"}, {}, TODAY, None, None, None)
        other = case_parts.add(session, storage.vault, EVE, case_id, facts, NOON).id
    given = copies.store(storage.files, PAGE, NOON)
    with storage.writing() as session:
        number = copies.add(session, storage.vault, EVE, case_id, other, given, FROM, NOON)
    with pytest.raises(Refused, match="Copies of this source are kept"), storage.writing() as session:
        case_parts.remove(session, storage.vault, EVE, case_id, SourceFacts, other, "Not needed.", NOON)
    with storage.writing() as session:
        copies.remove(session, storage.vault, EVE, case_id, other, number, "Not needed.", NOON)
        case_parts.remove(session, storage.vault, EVE, case_id, SourceFacts, other, "Not needed.", NOON)
    with storage.reading() as session:
        left = session.scalars(select(SourceCopy)).one()
    assert (left.case_id, left.source_id, left.removed_why) == (case_id, None, "Not needed.")


def test_what_nothing_keeps_is_swept_away_after_two_days(storage: Storage, case_id: int) -> None:
    keep(storage, case_id)
    copies.store(storage.files, PAGE, NOON)  # and the row was never written
    assert copies.sweep(storage, NOON) == 0
    assert copies.sweep(storage, NOON + timedelta(days=3)) == 1
    assert copies.sweep(storage, NOON + timedelta(days=3)) == 0
    with storage.reading() as session:
        assert copies.faults(session, storage.files) == (1, [])


@pytest.mark.databases
def test_a_backup_brings_copies_back_as_they_were(
    storage: Storage, settings: Settings, case_id: int, tmp_path: Path
) -> None:
    keep(storage, case_id)
    backup(settings, storage, tmp_path / "all.zip")
    (tmp_path / "other").mkdir()
    other = settings_for(tmp_path / "other", data_keys=settings.data_keys)
    restore(other, tmp_path / "all.zip")
    again = Storage(other)
    try:
        with again.reading() as session:
            assert copies.faults(session, again.files) == (1, [])
            assert session.scalars(select(Case.slug)).one() == "renew-the-cards"
    finally:
        again.dispose()
