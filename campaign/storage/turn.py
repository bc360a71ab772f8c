"""Whose turn it is to write where there is one writer at a time."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turn:
    """A queue in front of SQLite's write lock, for the threads of this process and for all processes.

    SQLite lets a writer that comes second sleep and try again, longer each time: under load some are overtaken for
    seconds while the lock lies idle between two tries. Here they are woken as soon as it is free. The queue is a
    courtesy and keeps nothing safe, which is SQLite's work: a writer that does not stand in it does no harm.
    """

    def __init__(self, file: Path, patience: float) -> None:
        self._file, self._patience = file, patience
        self._threads = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and hold it. After `patience` seconds in vain, leave the decision to SQLite's lock."""
        if not self._threads.acquire(timeout=self._patience):
            yield
            return
        try:
            # Opened each time: a lock belongs to what was opened, and a process that dies lets go of it.
            opened = os.open(self._file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(opened, fcntl.LOCK_EX)
                yield
            finally:
                os.close(opened)
        finally:
            self._threads.release()
