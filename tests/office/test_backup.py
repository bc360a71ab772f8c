"""A backup holds everything, and brings it back: also from one kind of database to the other."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import MetaData, select

from campaign.appeals.signing.signing import sign
from campaign.cli import checking
from campaign.cli.checking import Findings
from campaign.delivery import volumes
from campaign.errors import Refused
from campaign.office import audit, organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.backup import _out, backup, restore
from campaign.office.organisers import Invitee
from campaign.settings import Settings
from campaign.storage import Storage, keys, search
from campaign.storage.tables import Dossier, DossierVolume, Official, Signature
from campaign.vocabulary import DossierStatus, Role
from tests import made

pytestmark = pytest.mark.databases


@pytest.fixture
def full(storage: Storage) -> Storage:
    """An installation with something in most tables, one row of which points at a later one of its own table."""
    with storage.writing() as session:
        first = made.action(session)
        second = made.action(session, slug="second", serial=57)
        first.previous_id = second.id
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
        who = Invitee("Ann", "ann@office.example", Role.ADMIN)
        organisers.invite(session, storage.vault, COMMAND_LINE, who, made.NOON)
    storage.files.write("dossiers/AAAA-BBBB.pdf", b"%PDF-1.7 a volume")
    return storage


def everything(storage: Storage) -> dict[str, list[Any]]:
    """All rows of all tables, in words that both kinds of database share."""
    metadata = MetaData()
    metadata.reflect(storage.engine)
    with storage.engine.connect() as connection:
        return {
            table.name: sorted(
                str([(name, _out(value)) for name, value in sorted(row.items())])
                for row in connection.execute(select(table)).mappings()
            )
            for table in metadata.sorted_tables
            if not search.derived(table.name)
        }


def test_what_was_backed_up_is_restored_to_the_last_row_and_byte(
    full: Storage, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = backup(settings, full, tmp_path / "state.zip")
    fresh = elsewhere(settings, tmp_path, monkeypatch)
    assert restore(fresh, tmp_path / "state.zip") == counted
    there = Storage(fresh)
    assert everything(there) == everything(full)
    with there.reading() as session:
        assert search.faults(session.connection()) == []
        assert search.find(session.connection(), "renew", tuple(search.Kind), 1)
    assert there.files.read("dossiers/AAAA-BBBB.pdf") == b"%PDF-1.7 a volume"
    with there.reading() as session:
        assert audit.faults(session, there.vault) == []
    # Numbers go on where they stood: the next rows take no one's place.
    with there.writing() as session:
        made.action(session, slug="third", serial=58)
    there.dispose()


def test_a_backup_is_read_by_its_owner_alone(full: Storage, settings: Settings, tmp_path: Path) -> None:
    backup(settings, full, tmp_path / "state.zip")
    assert (tmp_path / "state.zip").stat().st_mode & 0o777 == 0o600


def test_a_backup_overwrites_nothing(full: Storage, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "state.zip").write_text("mine")
    with pytest.raises(Refused, match="already exists"):
        backup(settings, full, tmp_path / "state.zip")
    assert (tmp_path / "state.zip").read_text() == "mine"


def test_an_installation_in_use_is_not_overwritten(full: Storage, settings: Settings, tmp_path: Path) -> None:
    backup(settings, full, tmp_path / "state.zip")
    before = everything(full)
    with pytest.raises(Refused, match="not empty"):
        restore(settings, tmp_path / "state.zip")
    assert everything(full) == before


def test_a_damaged_backup_is_refused_before_anything_is_written(
    full: Storage, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(settings, full, tmp_path / "state.zip")
    with zipfile.ZipFile(tmp_path / "state.zip") as whole, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in whole.namelist():
            content = whole.read(name)
            bad.writestr(name, content.replace(b"Renew", b"Renes") if name == "tables/action_texts.jsonl" else content)
    fresh = elsewhere(settings, tmp_path, monkeypatch)
    with pytest.raises(Refused, match="action_texts"):
        restore(fresh, tmp_path / "bad.zip")
    assert not (fresh.home / "campaign.db").exists()
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    with pytest.raises(Refused, match="not a complete Campaign backup"):
        restore(fresh, tmp_path / "no.zip")


def test_a_backup_is_not_restored_under_other_keys(
    full: Storage, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(settings, full, tmp_path / "state.zip")
    monkeypatch.delenv("CAMPAIGN_DATA_KEYS", raising=False)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "other"))
    with pytest.raises(Refused, match="CAMPAIGN_DATA_KEYS"):
        restore(Settings.from_environment(), tmp_path / "state.zip")


def elsewhere(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty installation on SQLite, with the keys of the other."""
    home = tmp_path / "elsewhere"
    monkeypatch.setenv("CAMPAIGN_HOME", str(home))
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("CAMPAIGN_DATA_KEYS", ",".join(settings.data_keys))
    return replace(Settings.from_environment(), base_url=settings.base_url)


def drilled(settings: Settings, file: Path) -> Findings:
    """What `campaign restore --verify` says."""
    return checking.of_backup(settings, file)


def test_a_drill_looks_at_everything_and_leaves_nothing(
    full: Storage, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    backup(settings, full, tmp_path / "state.zip")
    before = everything(full)
    found = drilled(settings, tmp_path / "state.zip")
    assert found.wrong == []
    with full.reading() as session:
        tried, closed = keys.unreadable(session, full.vault)
    assert tried == 2  # the name and the address of the one who signed
    assert not closed
    assert f"The keys of this installation open all {tried} encrypted values in it." in found.well
    assert "The audit trail is complete." in found.well
    assert list(aside.iterdir()) == []
    assert everything(full) == before


def test_a_drill_says_what_cannot_be_read_and_which_book_is_not_what_was_printed(
    full: Storage, settings: Settings, tmp_path: Path
) -> None:
    with full.writing() as session:
        signature = session.scalars(select(Signature)).one()
        signature.name = (signature.name or b"")[:-1] + bytes([(signature.name or b"\0")[-1] ^ 1])
        official = session.scalars(select(Official.id).limit(1)).one()
        for code in ("AAAA-BBBB", "CCCC-DDDD"):
            printed = DossierVolume(number=1, pages=1, sha256=code[0].lower() * 64, bytes=1)
            session.add(
                Dossier(
                    code=code, action_id=signature.action_id, official_id=official, locale="en", frozen_at=made.NOON,
                    status=DossierStatus.FROZEN, appeal="{}", named=0, withheld=0, volumes=[printed],
                )
            )  # fmt: skip
    full.files.write(volumes.file_name("AAAA-BBBB", "a" * 64), b"something else")
    backup(settings, full, tmp_path / "state.zip")
    found = drilled(settings, tmp_path / "state.zip")
    assert "Volume 1 of signature book AAAA-BBBB is not the file that was printed." in found.wrong
    assert "Volume 1 of signature book CCCC-DDDD is missing." in found.wrong
    assert any("1 of signatures.name" in it for it in found.wrong)


def test_a_drill_with_other_keys_or_half_a_file_is_refused(full: Storage, settings: Settings, tmp_path: Path) -> None:
    backup(settings, full, tmp_path / "state.zip")
    other = replace(settings, data_keys=(Fernet.generate_key().decode(),))
    with pytest.raises(Refused, match="keys"):
        drilled(other, tmp_path / "state.zip")
    half = tmp_path / "half.zip"
    half.write_bytes((tmp_path / "state.zip").read_bytes()[:-200])
    with pytest.raises(Refused, match="not a complete"):
        drilled(settings, half)
