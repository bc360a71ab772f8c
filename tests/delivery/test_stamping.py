"""Time stamps by a real authority (openssl's): away, wrong, a stranger, back; and the page that tells of them."""

from __future__ import annotations

import re
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaign.delivery import proofs, stamping, volumes
from campaign.delivery.stamping import Authorities
from campaign.office import audit, due_dates
from campaign.office.audit import COMMAND_LINE, About
from campaign.office.due_dates import Duty
from campaign.storage import Storage
from campaign.storage.tables import DossierStamp
from tests import made
from tests.delivery.signed import freeze, printed, sign_all
from tests.delivery.test_proofs import references
from tests.printing.reading import by_poppler

CONFIGURATION = """
[req]
distinguished_name = name
[name]
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ordering = yes
tsa_name = yes
"""


@dataclass
class Authority:
    """An authority with a root of its own, that can be told to fail."""

    folder: Path
    mood: str = "well"
    days: int = 2  # for which it may stamp
    asked: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    address: str = field(default="", init=False)

    def __post_init__(self) -> None:
        (self.folder / "openssl.cnf").write_text(CONFIGURATION)
        (self.folder / "serial").write_text("01\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "openssl.cnf"]
        self._run(
            "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", "-extensions", "root"
        )
        self._run("req", *key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=Example Time")
        signing = [
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-extfile",
            "openssl.cnf",
            "-extensions",
            "ext",
        ]
        self._run("x509", "-req", "-in", "signer.csr", *signing, "-out", "signer.pem", "-days", str(self.days))

    @property
    def root(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "openssl.cnf", "-section", "here", "-queryfile", "query", "-out", "answer")
        return (self.folder / "answer").read_bytes()

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with asked_at(tmp_path / "authority") as here:
        yield here


@contextmanager
def asked_at(folder: Path, days: int = 2) -> Iterator[Authority]:
    """An authority that answers at its address, with a certificate for so many days."""
    folder.mkdir()
    here = Authority(folder, days=days)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            here.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if here.mood == "silent":
                here.released.wait()
            if here.mood == "byte by byte":
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    while not here.released.wait(0.02):
                        self.wfile.write(b"0")
                return
            answer = b"no time stamp at all" if here.mood == "wrong" else here.answer(query)
            self.send_response(503 if here.mood == "away" else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    here.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield here
    here.released.set()
    server.shutdown()


@pytest.fixture
def code(storage: Storage, tmp_path: Path) -> str:
    with storage.writing() as session:
        action = made.action(session)
        audit.record(session, storage.vault, COMMAND_LINE, "action opened", About("action", action.id), made.NOON)
    sign_all(storage)
    code = freeze(storage)
    printed(storage, tmp_path, code)
    return code


def unpacked(storage: Storage, code: str, folder: Path) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(BytesIO(storage.files.read(volumes.archive_name(code)))) as archive:
        archive.extractall(folder)
    return folder


def commands(folder: Path) -> list[str]:
    """The very commands of the printed page, as another reader reads them."""
    text = by_poppler((folder / "check-this-without-us.pdf").read_bytes())
    known = [
        "sha256sum -c SHA256SUMS",
        "python3 verify_entry.py proof.json $(cat root.txt)",
        *re.findall(r"python3 verify_audit\.py audit\.jsonl [0-9a-f]{64}", text),
        "openssl ts -verify -data SHA256SUMS -in time-stamp-1.tsr -CAfile time-stamp-roots.pem",
    ]
    return [command for command in known if command in text]


def run(command: str, folder: Path) -> int:
    return subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=False).returncode


def test_a_stamp_comes_when_the_authority_is_back_and_the_page_says_which(
    storage: Storage, code: str, authority: Authority, tmp_path: Path
) -> None:
    believed = Authorities((authority.address,), authority.root)
    now = made.NOON + timedelta(days=2)
    authority.mood = "away"

    assert stamping.sweep(storage, believed, now) == 0
    authority.mood = "wrong"
    assert stamping.sweep(storage, believed, now) == 0
    assert authority.asked == 1  # not again at once
    assert stamping.sweep(storage, believed, now + timedelta(minutes=6)) == 0
    assert authority.asked == 2
    authority.mood = "well"
    assert stamping.sweep(storage, believed, now + timedelta(hours=1)) == 1
    assert stamping.sweep(storage, believed, now + timedelta(days=1)) == 0

    with zipfile.ZipFile(BytesIO(storage.files.read(volumes.archive_name(code)))) as archive:
        assert {"time-stamp-1.tsr", "time-stamp-roots.pem"} <= set(archive.namelist())
        assert "127.0.0.1 vouches" in by_poppler(archive.read("check-this-without-us.pdf"))


@pytest.mark.parametrize("mood", ["silent", "byte by byte"])
def test_a_slow_authority_holds_nobody_up_and_the_page_says_who_came_and_who_is_owed(
    storage: Storage, code: str, authority: Authority, tmp_path: Path, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "SECONDS", 0.2)
    now = made.NOON + timedelta(days=2)
    authority.mood = mood
    with asked_at(tmp_path / "quick") as quick:
        # Both at one machine here: told apart by what it is called.
        slow = authority.address.replace("127.0.0.1", "localhost")
        both = Authorities((slow, quick.address), authority.root + quick.root)
        before = storage.files.read(volumes.archive_name(code))
        assert stamping.sweep(storage, both, now) == 1
        told = check_page(storage, code)
        assert "127.0.0.1 vouches" in told
        assert "The time stamp of localhost has not come yet." in told
        assert before != storage.files.read(volumes.archive_name(code))
        authority.mood = "well"
        assert stamping.sweep(storage, both, now + timedelta(hours=1)) == 1

    told = check_page(storage, code)
    assert "localhost vouches" in told
    assert "has not come yet" not in told


def check_page(storage: Storage, code: str) -> str:
    """What the printed page says now."""
    with zipfile.ZipFile(BytesIO(storage.files.read(volumes.archive_name(code)))) as archive:
        return by_poppler(archive.read("check-this-without-us.pdf"))


def ends(authority: Authority) -> date:
    """When its certificate ends, as openssl reads it."""
    said = subprocess.run(
        ["openssl", "x509", "-in", "signer.pem", "-noout", "-enddate", "-dateopt", "iso_8601"],
        cwd=authority.folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return date.fromisoformat(said.strip().removeprefix("notAfter=")[:10])


def test_who_keeps_a_signature_book_is_told_when_to_have_it_stamped_anew(
    storage: Storage, code: str, authority: Authority, tmp_path: Path
) -> None:
    now = made.NOON + timedelta(days=2)
    with storage.reading() as session:
        assert due_dates.stamps(session, now) == []
    assert stamping.sweep(storage, Authorities((authority.address,), authority.root), now) == 1
    with storage.reading() as session:
        (told,) = due_dates.stamps(session, now)

    assert (told.duty, told.on) == (Duty.STAMP, ends(authority) - timedelta(days=30))
    assert told.days == (told.on - now.date()).days
    with asked_at(tmp_path / "later", days=400) as later:
        # As long as one stamp can be checked, the book need not be stamped anew.
        assert stamping.sweep(storage, Authorities((later.address,), authority.root + later.root), now) == 1
        with storage.reading() as session:
            (told,) = due_dates.stamps(session, now)
        assert told.on == ends(later) - timedelta(days=30)
        assert ends(later) > ends(authority)


def test_stamps_that_came_before_their_end_was_kept_are_read(
    storage: Storage, code: str, authority: Authority, tmp_path: Path
) -> None:
    now, believed = made.NOON + timedelta(days=2), Authorities((authority.address,), authority.root)
    stamping.sweep(storage, believed, now)
    with storage.writing() as session:
        session.execute(update(DossierStamp).values(holds_until=None))

    stamping.sweep(storage, believed, now + timedelta(minutes=1))

    with storage.reading() as session:
        assert session.scalars(select(DossierStamp.holds_until)).all() == [ends(authority)]


def test_a_stranger_who_stamps_is_not_believed(
    storage: Storage, code: str, authority: Authority, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    assert stamping.sweep(storage, Authorities((authority.address,), Authority(elsewhere).root), made.NOON) == 0


def test_the_printed_commands_succeed_and_with_one_byte_changed_each_fails(
    storage: Storage, code: str, authority: Authority, tmp_path: Path
) -> None:
    stamping.sweep(storage, Authorities((authority.address,), authority.root), made.NOON + timedelta(days=2))
    folder = unpacked(storage, code, tmp_path / "unpacked")
    with storage.reading() as session:
        proof = proofs.proof_in(session, storage.vault, storage.files, references(storage)["Ada Lovelace"], code)
    (folder / "proof.json").write_bytes(proof.written())
    with storage.reading() as session:
        (folder / "audit.jsonl").write_bytes(b"".join(audit.export(session)))
    told = commands(folder)
    spoilt = {0: f"dossier-{code}.pdf", 1: "root.txt", 2: "audit.jsonl", 3: "SHA256SUMS"}

    assert len(told) == 4
    assert [run(command, folder) for command in told] == [0, 0, 0, 0]
    for number, file in spoilt.items():
        whole = (folder / file).read_bytes()
        middle = len(whole) // 2
        (folder / file).write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert run(told[number], folder) != 0
        (folder / file).write_bytes(whole)
