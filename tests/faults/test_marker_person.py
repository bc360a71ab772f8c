"""A marker person: looked for in every file under the home and every value of the database, after all that we promise.

What is looked for is the name, the address and the words in clear, wherever a mail, a PDF or an archive holds them, and
the very bytes that were theirs while they were encrypted or hashed: in a log of the database those can still be opened.
On both kinds of database; of PostgreSQL, whose files are the server's own, every value of every table is looked at.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.counting import tallies
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.jobs.sweeps import Jobs
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, Dossier, Organisation, Signature
from campaign.vocabulary import ActionStatus
from tests import made
from tests.appeals.test_erasing import values
from tests.conftest import Site
from tests.delivery.signed import freeze, printed
from tests.delivery.test_on_paper import returned
from tests.faults import test_leaks as leaks

NAME, EMAIL, WORDS = "Marquerite Fingerpost", "marquerite.fingerpost@example.org", "Zanzibarquux is a word of hers."
CLEAR = ("Marquerite", "Fingerpost", "marquerite.fingerpost", "Zanzibarquux")
BOOKS = "files/dossiers/"


def ways_to_write(word: str) -> set[bytes]:
    """A word as a file may hold it: in each encoding, also in the middle of base64, hex, JSON or an address."""
    return {it for _way, it in (*leaks.spellings(word), *leaks.base64_spellings(word))}


WRITTEN = {way for word in CLEAR for way in ways_to_write(word)}


def is_theirs(content: bytes, theirs: set[bytes]) -> bool:
    """Whether it holds something of the marker person, in clear, encoded, or as it was kept."""
    low = content.lower()
    return any(it in content or it in low for it in WRITTEN) or any(
        it in content or it.hex().encode() in low for it in theirs
    )


def texts(name: str, content: bytes) -> Iterator[str]:
    """All that a file says to whoever opens it with what its kind is opened with."""
    yield content.decode("latin-1")
    yield content.decode("utf-8", "ignore")
    if name.endswith(".eml"):
        mail = message_from_bytes(content, policy=policy.default)
        yield from (str(value) for value in mail.values())
        for part in mail.walk():
            if not part.is_multipart():
                body = part.get_content()
                yield from texts(
                    "part.pdf" if isinstance(body, bytes) else "", body if isinstance(body, bytes) else body.encode()
                )
    if name.endswith(".pdf"):
        yield from (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from texts(member, archive.read(member))


def found(settings: Settings, storage: Storage, theirs: set[bytes]) -> set[str]:
    """Where the marker person is: files under the home, and columns of the database."""
    places = set()
    for path in sorted(settings.home.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            said = "\n".join(texts(path.name, content))
            if any(word in said for word in CLEAR) or is_theirs(content, theirs):
                places.add(str(path.relative_to(settings.home)))
    for column, value in values(storage):
        written = value if isinstance(value, bytes) else str(value).encode()
        if is_theirs(written, theirs):
            places.add(column)
    return places


@pytest.fixture
def theirs(settings: Settings, storage: Storage, tmp_path_factory: pytest.TempPathFactory) -> set[bytes]:
    """She signed with words, confirmed, got mails, stands in a printed book; what of her was stored."""
    now = clock.now() - timedelta(hours=1)
    jobs = Jobs(settings, storage)
    with storage.writing() as session:
        made.action(session)
        for email, name, words in ((EMAIL, NAME, WORDS), ("bea@example.org", "Bea Byron", None)):
            sign(session, storage.vault, "renew-the-cards", made.wish(email, name=name, message=words), now)
    jobs.post()
    with storage.writing() as session:
        rows = session.scalars(select(Signature).order_by(Signature.id)).all()
        for signature in rows:
            confirming.confirm(session, storage.vault, signature.reference, now)
        tallies.roll_up(session)
        hers = rows[0]
        stored = {hers.name, hers.email, hers.message, hers.email_hash, hers.name_hash}
    jobs.post()
    printed(storage, tmp_path_factory.mktemp("work"), freeze(storage))
    kept = {bytes(it) for it in stored if it is not None}
    everywhere = found(settings, storage, kept)
    assert any(it.startswith("mail/") for it in everywhere)
    assert any(it.startswith(BOOKS) for it in everywhere)
    assert {"signatures.name", "dossier_entries.name"} <= everywhere
    return kept


@pytest.mark.databases
def test_after_erasing_nothing_of_a_person_is_left_but_in_books_that_were_printed(
    settings: Settings, storage: Storage, theirs: set[bytes]
) -> None:
    site = Site(settings)
    with storage.reading() as session:
        reference = session.scalars(select(Signature.reference).order_by(Signature.id)).first()
    token = site.door.links.mine(reference or b"")
    answer = site.client.post(f"/en/mine/{token}/erase", data={"sure": "1"})
    site.storage.dispose()
    assert answer.status_code == 200
    left = found(settings, storage, theirs)
    assert {it for it in left if not it.startswith(BOOKS)} == set()


@pytest.mark.databases
def test_after_retention_nothing_of_a_person_is_left_anywhere(
    settings: Settings, storage: Storage, theirs: set[bytes]
) -> None:
    returned(storage, "7Q4-2M9K", (NAME, "Mary Shelley"))  # on paper too: another list, that goes with retention
    with storage.writing() as session:
        over = clock.now() - timedelta(days=91)
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=over))
    Jobs(settings, storage).purge()
    assert found(settings, storage, theirs) == set()


@pytest.mark.databases
def test_books_live_as_long_as_is_stated_and_can_be_verified_afterwards(
    settings: Settings, storage: Storage, theirs: set[bytes]
) -> None:
    with storage.writing() as session:
        session.execute(update(Organisation).values(volume_days=200))
        over = clock.now() - timedelta(days=91)
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=over))
    Jobs(settings, storage).purge()
    left = found(settings, storage, theirs)
    assert left and all(it.startswith(BOOKS) for it in left)
    with storage.writing() as session:
        session.execute(update(Action).values(ended_at=clock.now() - timedelta(days=201)))
    Jobs(settings, storage).purge()
    assert found(settings, storage, theirs) == set()
    site = Site(settings)
    with storage.reading() as session:
        dossier = session.scalars(select(Dossier)).one()
        code, sums = dossier.code, [volume.sha256 for volume in dossier.volumes]
    answer = site.client.get(f"/verify/{code}")
    site.storage.dispose()
    assert answer.status_code == 200 and sums and all(it in answer.text for it in sums)


def test_everything_under_the_home_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "campaign.db").touch(mode=0o644)
    (home / "mail").mkdir(mode=0o755)
    Settings.from_environment({"CAMPAIGN_HOME": str(home)})
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home, *home.iterdir())}
    assert modes == {"home": 0o700, "campaign.db": 0o600, "mail": 0o700, "keys": 0o700}
