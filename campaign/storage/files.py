"""Files on disk or in an object store, through fsspec: written whole or not at all.

A folder is written beside and renamed. An object store shows an object only once all of it is there, and knows no
renaming; nothing of what it lists is remembered, since other machines write to it too.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from fsspec.core import url_to_fs

from campaign.errors import Busy, Incomplete, Unknown

# What our names are made of. A code from an address becomes part of one only if it is of this form: no step upwards, no
# name that is longer than a file system takes.
_OURS = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,120}(/[0-9A-Za-z][0-9A-Za-z._-]{0,120}){0,5}")
# What is held of a streamed file at one time.
PIECE = 1 << 20
# An object store that is away is noticed while whoever asked still waits.
_S3 = {"config_kwargs": {"connect_timeout": 3, "read_timeout": 30, "retries": {"max_attempts": 2}}}


@dataclass(frozen=True)
class Stored:
    """A stored file to be handed on piece by piece: one version of it, whatever is written meanwhile."""

    size: int
    pieces: Iterator[bytes]


class Files:
    """A folder of named files under one URL. Names are ours ("dossiers/7Q4K-2M9X.pdf"), never a person's.

    Raises `Incomplete` for a URL of which nothing here knows the kind, and everywhere `Busy` while an object store does
    not answer.
    """

    def __init__(self, url: str) -> None:
        kind = urlsplit(url).scheme
        self._local = kind in {"", "file", "local"}
        options: dict[str, Any] = (
            {"auto_mkdir": True} if self._local else {"use_listings_cache": False, "skip_instance_cache": True}
        )
        try:
            self._system, self._root = url_to_fs(url, **options, **(_S3 if kind in {"s3", "s3a"} else {}))
        except ImportError as error:
            raise Incomplete("CAMPAIGN_FILES_URL needs a library that is missing: see the extra s3.") from error
        except ValueError as error:
            raise Incomplete("CAMPAIGN_FILES_URL is not a folder, and not the address of an object store.") from error

    def write(self, name: str, content: bytes) -> None:
        """Store `content` under `name`; a reader sees the old file or the new one, never half of one."""
        with self.writing(name) as opened:
            opened.write(content)

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """The same for what is made piece by piece: stored when the block ends, and not at all if it raises."""
        path = self._path(name)
        if self._local:
            beside = f"{path}.{secrets.token_hex(6)}.part"
            with self._system.open(beside, "wb") as opened:
                yield opened
            self._system.mv(beside, path)
            return
        # An upload that is broken off in the middle could end as half an object: so it begins when all is there.
        with tempfile.NamedTemporaryFile() as draft:
            yield draft
            draft.flush()
            with self._asked():
                self._system.put_file(draft.name, path)

    def read(self, name: str) -> bytes:
        """The stored bytes. Raises `Unknown` if there is no such file."""
        with self._asked():
            return bytes(self._system.cat_file(self._path(_ours(name))))

    def stream(self, name: str) -> Stored:
        """The stored bytes, as they are taken. Raises `Unknown` if there is no such file."""
        with self._asked():
            opened = self._system.open(self._path(_ours(name)), "rb")
            size = int(opened.seek(0, 2))
            opened.seek(0)
        return Stored(size, self._pieces(opened))

    def _pieces(self, opened: IO[bytes]) -> Iterator[bytes]:
        with opened, self._asked():
            while piece := opened.read(PIECE):
                yield bytes(piece)

    def remove(self, name: str) -> None:
        """Let go of a file; one that is not there is gone already."""
        with contextlib.suppress(Unknown), self._asked():
            self._system.rm_file(self._path(name))

    def names(self) -> list[str]:
        """The names of all stored files, in order."""
        return sorted(it for it in self._found(str(self._root).rstrip("/")) if not it.endswith(".part"))

    def names_under(self, folder: str) -> list[str]:
        """The names of what is stored in a folder, half-written files included."""
        return self._found(self._path(folder))

    def _found(self, there: str) -> list[str]:
        root = str(self._root).rstrip("/")
        with self._asked():
            return [str(it)[len(root) + 1 :] for it in self._system.find(there)] if self._system.exists(there) else []

    def writable(self) -> bool:
        """Whether a file can be stored now: what `campaign check` asks."""
        probe = f".probe-{secrets.token_hex(6)}"
        try:
            self.write(probe, b"")
            self.remove(probe)
        except (OSError, Busy):
            return False
        return True

    def _path(self, name: str) -> str:
        return f"{str(self._root).rstrip('/')}/{name}"

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """Whatever an object store's client raises: a file that is not there, or a store that cannot be had now."""
        try:
            yield
        except FileNotFoundError as error:
            raise Unknown("This file was not found.") from error
        except Exception as error:
            if self._local:
                raise
            raise Busy(
                "We cannot save or look anything up at this moment. Nothing is lost that we had confirmed to you."
            ) from error


def _ours(name: str) -> str:
    if _OURS.fullmatch(name) is None:
        raise Unknown("This file was not found.")
    return name
