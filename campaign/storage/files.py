"""Files on disk or in an object store, through fsspec: written whole or not at all."""

from __future__ import annotations

import contextlib
import re
import secrets

from fsspec.core import url_to_fs

from campaign.errors import Unknown

# What our names are made of. A code from an address becomes part of one only if it is of this form: no step upwards, no
# name that is longer than a file system takes.
_OURS = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,120}(/[0-9A-Za-z][0-9A-Za-z._-]{0,120}){0,5}")


class Files:
    """A folder of named files under one URL. Names are ours ("dossiers/7Q4K-2M9X.pdf"), never a person's."""

    def __init__(self, url: str) -> None:
        self._system, self._root = url_to_fs(url, auto_mkdir=True)

    def write(self, name: str, content: bytes) -> None:
        """Store `content` under `name`; a reader sees the old file or the new one, never half of one."""
        path = f"{self._root}/{name}"
        draft = f"{path}.{secrets.token_hex(6)}.part"
        with self._system.open(draft, "wb") as opened:
            opened.write(content)
        self._system.mv(draft, path)

    def read(self, name: str) -> bytes:
        """The stored bytes. Raises `Unknown` if there is no such file."""
        if _OURS.fullmatch(name) is None:
            raise Unknown("This file was not found.")
        try:
            with self._system.open(f"{self._root}/{name}", "rb") as opened:
                return bytes(opened.read())
        except FileNotFoundError as error:
            raise Unknown("This file was not found.") from error

    def remove(self, name: str) -> None:
        """Let go of a file; one that is not there is gone already."""
        with contextlib.suppress(FileNotFoundError):
            self._system.rm(f"{self._root}/{name}")

    def names(self) -> list[str]:
        """The names of all stored files, in order."""
        root = str(self._root).rstrip("/")
        found = self._system.find(root) if self._system.exists(root) else []
        return sorted(it[len(root) + 1 :] for it in found if not it.endswith(".part"))

    def names_under(self, folder: str) -> list[str]:
        """The names of what is stored in a folder, half-written files included."""
        root = str(self._root).rstrip("/")
        there = f"{root}/{folder}"
        return [str(it)[len(root) + 1 :] for it in self._system.find(there)] if self._system.exists(there) else []

    def writable(self) -> bool:
        """Whether a file can be stored now: what `campaign check` asks."""
        probe = f"{self._root}/.probe-{secrets.token_hex(6)}"
        try:
            with self._system.open(probe, "wb") as opened:
                opened.write(b"")
            self._system.rm(probe)
        except OSError:
            return False
        return True
