"""Where a command works: the settings of the environment and the state they name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaign import migrations
from campaign.errors import Incomplete, Refused
from campaign.settings import Settings
from campaign.storage import Storage


@dataclass(frozen=True)
class Place:
    """One installation, opened for one command."""

    settings: Settings
    storage: Storage


@contextmanager
def opened() -> Iterator[Place]:
    """The installation, whose schema must be the one this code expects. Raises `Incomplete` if it is not."""
    settings = Settings.from_environment()
    storage = Storage(settings)
    try:
        if not migrations.serves(storage.engine):
            raise Incomplete("The database is not set up for this version. Run: campaign init")
        yield Place(settings, storage)
    finally:
        storage.dispose()


def write_file(path: str, content: bytes) -> None:
    """Write an output file whole or not at all; `-` is standard output. Raises `Refused` if it cannot be written."""
    if path == "-":
        sys.stdout.buffer.write(content)
        return
    target = Path(path)
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Refused("%(path)s cannot be written: %(why)s.", path=path, why=error.strerror or "") from error
