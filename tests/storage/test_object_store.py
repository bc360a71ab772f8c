"""Files in an object store, by a real client over HTTP: the same promises as in a folder, and several machines."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from campaign.errors import Busy, Incomplete, Unknown
from campaign.storage.files import PIECE, Files
from tests.storage.object_store import ObjectStore, object_store

LARGE = bytes(range(256)) * (12 * PIECE // 256) + b"the end"  # above what one request of the client stores


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as opened:
        yield opened


@pytest.fixture
def files(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Files:
    for name, value in store.environment().items():
        monkeypatch.setenv(name, value)
    opened = Files(store.url)
    for name in opened.names():
        opened.remove(name)
    return opened


def elsewhere(store: ObjectStore, script: str) -> str:
    """What another machine's process prints, with `files` of its own."""
    environment = {**store.environment(), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    begun = f"from campaign.storage.files import Files\nfiles = Files({store.url!r})\n"
    return subprocess.run([sys.executable, "-c", begun + script], env=environment, check=True, capture_output=True,
                          text=True).stdout  # fmt: skip


def test_what_one_machine_stores_another_lists_reads_and_removes_at_once(files: Files, store: ObjectStore) -> None:
    assert files.names() == []
    assert files.names_under("dossiers/7Q4K") == []
    with pytest.raises(Unknown):
        files.read("dossiers/7Q4K/a.pdf")

    elsewhere(store, "files.write('dossiers/7Q4K/a.pdf', b'a volume')")
    # Asked for before, and not there then: nothing of that is remembered.
    assert files.read("dossiers/7Q4K/a.pdf") == b"a volume"
    assert files.names() == files.names_under("dossiers/7Q4K") == ["dossiers/7Q4K/a.pdf"]

    files.write("dossiers/7Q4K/a.pdf", b"another")
    files.write("logo/b.png", b"")
    found = json.loads(elsewhere(store, "import json\nprint(json.dumps([files.names(), files.read('dossiers/7Q4K/a.pdf').decode()]))"))  # noqa: E501  # fmt: skip
    assert found == [["dossiers/7Q4K/a.pdf", "logo/b.png"], "another"]

    elsewhere(store, "files.remove('dossiers/7Q4K/a.pdf')\nfiles.remove('dossiers/7Q4K/a.pdf')")
    assert files.names() == ["logo/b.png"]
    with pytest.raises(Unknown):
        files.stream("dossiers/7Q4K/a.pdf")


def test_a_large_file_comes_and_goes_piece_by_piece(files: Files) -> None:
    with files.writing("dossiers/large.zip") as target:
        for start in range(0, len(LARGE), PIECE):
            target.write(LARGE[start : start + PIECE])
    handed = files.stream("dossiers/large.zip")
    assert handed.size == len(LARGE)
    pieces = list(handed.pieces)
    assert max(map(len, pieces)) <= PIECE
    assert b"".join(pieces) == LARGE


def test_who_takes_a_file_while_it_is_replaced_gets_no_mixture(files: Files) -> None:
    files.write("dossiers/large.zip", LARGE)
    handed = files.stream("dossiers/large.zip").pieces
    begun = list(itertools.islice(handed, 1))
    files.write("dossiers/large.zip", LARGE[::-1])
    try:
        taken = b"".join([*begun, *handed])
    except Busy:
        return  # the store refuses to hand out the rest of what is there no more
    assert taken == LARGE


def test_what_breaks_off_while_it_is_made_is_not_stored(files: Files) -> None:
    files.write("dossiers/a.zip", b"before")
    with pytest.raises(RuntimeError), files.writing("dossiers/a.zip") as target:
        target.write(LARGE)
        raise RuntimeError("the printer is gone")
    assert files.read("dossiers/a.zip") == b"before"
    assert files.names() == ["dossiers/a.zip"]


def test_a_store_that_is_away_is_told_from_a_file_that_is_not_there_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with object_store() as own:
        for name, value in own.environment().items():
            monkeypatch.setenv(name, value)
        files = Files(own.url)
        assert files.writable()
        own.kill()
        with pytest.raises(Busy):
            files.read("logo/b.png")
        with pytest.raises(Busy):
            files.write("logo/b.png", b"b")
        with pytest.raises(Busy):
            files.names()
        assert not files.writable()
        own.start()
        files.write("logo/b.png", b"b")
        assert files.read("logo/b.png") == b"b"


def test_an_address_of_a_kind_that_nothing_here_knows_is_said() -> None:
    with pytest.raises(Incomplete, match="CAMPAIGN_FILES_URL"):
        Files("nowhere://campaign/files")
