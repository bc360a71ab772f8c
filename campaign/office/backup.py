"""The whole state of an installation in one file, and back again: on the same kind of database or the other.

The file is a zip of one JSON-lines part a table, the stored files, the keys that lie under home (those of a
demonstration; a live installation keeps its keys elsewhere, and they stay there), and `manifest.json`, which names
every part with its SHA-256. Rows are read in one snapshot and written in one transaction: all or nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Boolean, Connection, DateTime, MetaData, Table, func, insert, select, text, update

from campaign import migrations
from campaign.errors import Refused
from campaign.settings import Settings
from campaign.storage import Storage, search
from campaign.storage.encrypted_columns import TEXT_MARK, as_text, of_text

FORMAT = "campaign-backup/1"
MANIFEST = "manifest.json"
# Sealed into the manifest: whoever can open it holds the keys that the rows were sealed with.
PROBE = "these are the right keys"
AT_ONCE = 500


@dataclass(frozen=True)
class Counted:
    """What a backup holds."""

    rows: int
    files: int


def backup(settings: Settings, storage: Storage, target: Path) -> Counted:
    """Write everything to `target`, which appears only when it is whole. Raises `Refused` if it is there already."""
    if target.exists():
        raise Refused("%(path)s already exists. Choose another file name.", path=str(target))
    draft = target.with_name(f".{target.name}.part")
    parts: dict[str, str] = {}
    try:
        draft.touch(mode=0o600)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            rows, revision = _write_tables(storage, archive, parts)
            names = storage.files.names()
            for name in names:
                _write(archive, f"files/{name}", storage.files.stream(name).pieces, parts)
            for key in sorted((settings.home / "keys").glob("[!.]*")):
                _write(archive, f"keys/{key.name}", [key.read_bytes()], parts)
            manifest = {
                "format": FORMAT,
                "revision": revision,
                "parts": parts,
                "probe": as_text(storage.vault.encrypt(PROBE, "backup.probe", 0)),
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        draft.replace(target)
    except OSError as error:
        raise Refused("%(path)s cannot be written: %(why)s.", path=str(target), why=error.strerror or "") from error
    finally:
        draft.unlink(missing_ok=True)
    return Counted(rows, len(names))


def restore(settings: Settings, source: Path) -> Counted:
    """Bring an empty installation to the state in `source`. Every part is checked before anything is written.

    Raises `Refused` if the file is no backup or not whole, if this installation is in use, or if its keys are others.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked(archive)
            _take_keys(settings, archive, manifest)
            return _put_back(settings, archive, manifest)
    except (OSError, zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise Refused("%(path)s is not a complete Campaign backup.", path=str(source)) from error


def _write_tables(storage: Storage, archive: zipfile.ZipFile, parts: dict[str, str]) -> tuple[int, str]:
    rows = 0
    connection = storage.engine.connect()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    with connection, connection.begin():
        metadata = MetaData()
        metadata.reflect(connection, only=_kept)
        revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        for table in _tables(metadata):
            rows += int(connection.scalar(select(func.count()).select_from(table)) or 0)
            _write(archive, f"tables/{table.name}.jsonl", _lines(connection, table), parts)
    return rows, revision


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    keys = list(table.primary_key.columns)
    # What the database works out by itself is no part of a state.
    columns = [it for it in table.columns if it.computed is None]
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(*columns).order_by(*keys))
    for row in found.mappings():
        written = {name: _out(value) for name, value in row.items() if value is not None}
        yield json.dumps(written, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _write(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes], parts: dict[str, str]) -> None:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as part:
        for chunk in chunks:
            digest.update(chunk)
            part.write(chunk)
    parts[name] = digest.hexdigest()


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise Refused("This backup was made by a version of Campaign that this version cannot read.")
    for name, expected in manifest["parts"].items():
        digest = hashlib.sha256()
        with archive.open(name) as part:
            while chunk := part.read(1 << 20):
                digest.update(chunk)
        if digest.hexdigest() != expected:
            raise Refused("The backup is damaged: %(part)s has changed.", part=name)
    return manifest


def _take_keys(settings: Settings, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Keys that lie under home come from the backup, if this installation has nothing yet that they would lock."""
    _refuse_if_in_use(settings)
    folder = settings.home / "keys"
    for name in manifest["parts"]:
        if name.startswith("keys/") and (folder / Path(name).name).exists():
            (folder / Path(name).name).write_bytes(archive.read(name))


def _refuse_if_in_use(settings: Settings) -> None:
    storage = Storage(settings)
    try:
        if migrations.current(storage.engine) is None:
            return
        with storage.reading() as session:
            for table in ("cases", "signatures", "organisers"):
                if session.scalar(text(f"SELECT count(*) FROM {table}")):
                    raise Refused(
                        "This installation is not empty. Restore into an empty one, with another CAMPAIGN_HOME."
                    )
    finally:
        storage.dispose()


def _put_back(settings: Settings, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Counted:
    storage = Storage(Settings.from_environment() if (settings.home / "keys").exists() else settings)
    try:
        storage.vault.decrypt(_probe(manifest["probe"]), "backup.probe", 0)
    except InvalidToken as error:
        raise Refused(
            "The keys of this installation cannot open this backup. Set CAMPAIGN_DATA_KEYS to the keys it was made "
            "with."
        ) from error
    try:
        if migrations.current(storage.engine) is not None:
            migrations.downgrade(storage.engine, "base")
        migrations.upgrade(storage.engine, manifest["revision"])
        files = [name for name in manifest["parts"] if name.startswith("files/")]
        for name in files:
            with archive.open(name) as part, storage.files.writing(name.removeprefix("files/")) as target:
                shutil.copyfileobj(part, target)
        with storage.engine.connect() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                rows = _fill(connection, archive)
        migrations.upgrade(storage.engine)
    finally:
        storage.dispose()
    return Counted(rows, len(files))


def _probe(written: str) -> bytes:
    """The probe of a manifest; those of before are bare Fernet tokens."""
    return of_text(written) if written.startswith(TEXT_MARK) else written.encode()


def _fill(connection: Connection, archive: zipfile.ZipFile) -> int:
    metadata, rows = MetaData(), 0
    metadata.reflect(connection, only=_kept)
    for table in reversed(_tables(metadata)):
        connection.execute(table.delete())  # what a migration puts into a new table
    for table in _tables(metadata):
        later: list[dict[str, Any]] = []
        pointing = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        with archive.open(f"tables/{table.name}.jsonl") as part:
            for batch in _batches(part, table):
                for row in batch:
                    # A row may point at one of its own table that is still to come.
                    held = {name: row[name] for name in pointing if row.get(name) is not None}
                    if held:
                        later.append({**held, **{f"key_{it.name}": row[it.name] for it in table.primary_key}})
                        row.update(dict.fromkeys(held))
                connection.execute(insert(table), batch)
                rows += len(batch)
        for row in later:
            whose = [it == row.pop(f"key_{it.name}") for it in table.primary_key]
            connection.execute(update(table).where(*whose).values(**row))
        if connection.dialect.name == "postgresql":
            _go_on_counting(connection, table)
    return rows


def _batches(part: IO[bytes], table: Table) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in part:
        written = json.loads(line)
        batch.append({it.name: _in(written.get(it.name), it.type) for it in table.columns if it.computed is None})
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _go_on_counting(connection: Connection, table: Table) -> None:
    keys = [it for it in table.primary_key.columns if it.autoincrement is not False]
    if len(keys) == 1 and keys[0].type.python_type is int:
        name = keys[0].name
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{name}'), max({name})) FROM {table.name}"
                f" WHERE pg_get_serial_sequence('{table.name}', '{name}') IS NOT NULL HAVING count(*) > 0"
            )
        )


def _kept(name: str, _metadata: object) -> bool:
    """What is searched by is worked out anew from what is restored."""
    return not search.derived(name)


def _tables(metadata: MetaData) -> list[Table]:
    return [it for it in metadata.sorted_tables if it.name != "alembic_version"]


def _out(value: Any) -> Any:
    """A value as JSON; what JSON has no word for is named by one letter."""
    match value:
        case bytes() | memoryview():
            return {"b": base64.b64encode(bytes(value)).decode()}
        case datetime():
            # SQLite keeps no zone: what is stored there is UTC.
            aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
            return {"t": aware.astimezone(UTC).isoformat()}
        case date():
            return {"d": value.isoformat()}
        case Decimal():
            return int(value)
    return value


def _in(written: Any, kind: Any) -> Any:
    if isinstance(written, dict):
        ((letter, text_of_it),) = written.items()
        if letter == "b":
            return base64.b64decode(text_of_it)
        if letter == "d":
            return date.fromisoformat(text_of_it)
        moment = datetime.fromisoformat(text_of_it)
        return moment if isinstance(kind, DateTime) and kind.timezone else moment.replace(tzinfo=None)
    return bool(written) if isinstance(kind, Boolean) and written is not None else written
