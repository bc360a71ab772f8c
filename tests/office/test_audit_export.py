"""The audit trail for strangers: a script without our software follows it up to the link that a book prints."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign import migrations
from campaign.office import audit
from campaign.office.audit import COMMAND_LINE, About, Head
from campaign.settings import ROOT
from campaign.storage import Storage
from tests import made

SCRIPT = ROOT / "docs" / "verify_audit.py"


def record(storage: Storage, *numbers: int) -> None:
    with storage.writing() as session:
        for n in numbers:
            audit.record(
                session,
                storage.vault,
                COMMAND_LINE,
                "figure corrected",
                About("figure", n),
                made.NOON + timedelta(minutes=n, microseconds=n),
                before={"value": f"Zahl „{n}“"},
                after={"value": None},
                reason="گننا\nand a second line",
            )


@pytest.fixture
def printed(storage: Storage) -> Head:
    """The end of the trail when a book was made, after ten events; five more followed."""
    record(storage, *range(10))
    with storage.reading() as session:
        head = audit.head(session)
    record(storage, *range(10, 15))
    return head


def exported(storage: Storage) -> bytes:
    with storage.reading() as session:
        return b"".join(audit.export(session))


def run(file: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-I", str(SCRIPT), str(file), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.databases
def test_the_script_follows_the_record_to_the_printed_link(storage: Storage, printed: Head, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_bytes(exported(storage))

    assert printed.event == 10
    assert run(file, printed.link) == (
        0,
        "The same: events 1 to 10 are what they were. Later events, not in the book: 5.\n",
    )
    # As it is printed, in groups.
    assert run(file, *(printed.link[at : at + 8] for at in range(0, 64, 8)))[0] == 0


def test_the_link_is_a_chain_of_plain_hashes_over_the_lines(storage: Storage, printed: Head) -> None:
    link = bytes(32)
    for line in exported(storage).split(b"\n")[:10]:
        link = hashlib.sha256(link + line).digest()
    first = json.loads(exported(storage).partition(b"\n")[0])

    assert link.hex() == printed.link
    assert first | {"seal": ""} == {
        "event": 1,
        "at": "2025-08-01T12:00:00+00:00",
        "organiser": None,
        "who": "command line",
        "what": "figure corrected",
        "object": "figure",
        "object_id": 0,
        "action": None,
        "case": None,
        "before": '{"value": "Zahl „0“"}',
        "after": '{"value": null}',
        "reason": "گننا\nand a second line",
        "seal": "",
    }


def test_with_one_byte_changed_or_a_line_gone_the_script_says_no(
    storage: Storage, printed: Head, tmp_path: Path
) -> None:
    whole, file = exported(storage), tmp_path / "audit.jsonl"
    lines = whole.split(b"\n")
    covered = len(b"\n".join(lines[:10]))
    chance = random.Random(3)
    for place in chance.sample(range(covered), 12):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert run(file, printed.link)[0] == 1, place
    for spoilt in (lines[1:], lines[:9], [*lines[:4], *lines[5:]], [lines[1], lines[0], *lines[2:]]):
        file.write_bytes(b"\n".join(spoilt))
        assert run(file, printed.link)[0] == 1
    file.write_bytes(whole)
    assert run(file, "0" * 64)[0] == 1


def test_without_a_file_or_a_link_the_script_says_how_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"")
    assert run(tmp_path / "none", "0" * 64)[0] == 2
    assert run(tmp_path / "there")[0] == 2
    assert run(tmp_path / "there", "abc")[0] == 2


@pytest.mark.databases
def test_what_was_recorded_before_there_were_links_is_linked_too(storage: Storage, printed: Head) -> None:
    with storage.reading() as session:
        before = audit.head(session)
    migrations.downgrade(storage.engine, "0024")
    migrations.upgrade(storage.engine)
    with storage.reading() as session:
        assert audit.head(session) == before
        assert audit.faults(session, storage.vault) == []


def test_a_link_that_was_changed_by_hand_is_found(storage: Storage, printed: Head) -> None:
    with storage.writing() as session:
        session.execute(text("UPDATE audit_head SET link = :link"), {"link": bytes(32)})
    with storage.reading() as session:
        (fault,) = audit.faults(session, storage.vault)
    assert "signature books print" in fault
