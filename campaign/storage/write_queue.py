"""Whose turn it is to write where there is one writer at a time."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign.errors import Busy

# Between two looks at whether another process is done: at first a fraction of what one signature takes to write.
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0002, 0.005


class Turn:
    """A queue in front of SQLite's write lock, for the threads of this process and for all processes.

    SQLite lets a writer that comes second sleep and try again, longer each time, up to a tenth of a second: under load
    some are overtaken for seconds while the lock lies idle between two tries. Here the threads of a process are woken
    as soon as it is free, and processes look often. The queue is a courtesy and keeps nothing safe, which is SQLite's
    work: a writer that does not stand in it does no harm.
    """

    def __init__(self, file: Path, patience: float) -> None:
        self._file, self._patience = file, patience
        self._threads = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and hold it. Raises `Busy` after `patience` seconds in vain."""
        give_up = time.monotonic() + self._patience
        if not self._threads.acquire(timeout=self._patience):
            raise busy()
        try:
            # Opened each time: a lock belongs to what was opened, and a process that dies lets go of it.
            opened = os.open(self._file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                _lock(opened, give_up)
                yield
            finally:
                os.close(opened)
        finally:
            self._threads.release()


def _lock(opened: int, give_up: float) -> None:
    """Lock an open file. A process that was stopped, and not killed, keeps its lock: so this never waits for ever."""
    pause = PAUSE_SECONDS
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise busy() from None
            time.sleep(pause)
            pause = min(pause * 1.25, LONGEST_PAUSE_SECONDS)
        else:
            return


def busy() -> Busy:
    """What a writer says who has waited in vain."""
    return Busy("Nothing you did is lost that we had confirmed to you. Please try again in a moment.")
