"""The drill: a backup brought back beside the installation, to be looked at and thrown away."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from campaign.errors import Refused
from campaign.office.backup import Counted, restore
from campaign.settings import Settings
from campaign.storage import Storage


@contextmanager
def restored(settings: Settings, source: Path) -> Iterator[tuple[Counted, Storage]]:
    """What a backup holds, restored into a folder of its own on SQLite, which is deleted when the block ends.

    The installation itself is not touched, and its data keys must open the backup. Raises `Refused` as `restore` does.
    """
    with tempfile.TemporaryDirectory(prefix="campaign-drill-") as folder:
        home = Path(folder)
        aside = replace(
            settings,
            home=home,
            database_url=f"sqlite:///{home / 'campaign.db'}",
            files_url=str(home / "files"),
            data_keys=_keys_within(source) or settings.data_keys,
            data_keys_file=None,
        )
        counted = restore(aside, source)
        storage = Storage(aside)
        try:
            yield counted, storage
        finally:
            storage.dispose()


def _keys_within(source: Path) -> tuple[str, ...]:
    """The keys of a demonstration, which lie in its backup."""
    try:
        with zipfile.ZipFile(source) as archive:
            if "keys/data_keys" not in archive.namelist():
                return ()
            return tuple(filter(None, archive.read("keys/data_keys").decode("ascii").replace(",", "\n").split()))
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise Refused("%(path)s is not a complete Campaign backup.", path=str(source)) from error
