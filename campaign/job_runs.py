"""How a job runs: its line in the log, and when each last came to its end, for whoever watches."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.logs import fault
from campaign.storage import Storage, guarded, retrying
from campaign.storage.tables import JobRun
from campaign.storage.upsert import insert_or_leave

log = logging.getLogger("campaign.jobs")


@dataclass(frozen=True)
class Run:
    """A job: when it last came to its end on any machine, how long that took, how often it has failed."""

    name: str
    ended_at: datetime
    seconds: float
    failures: int


def last_runs(session: Session) -> Sequence[Run]:
    """Every job that ever ran."""
    found = session.execute(select(JobRun.name, JobRun.ended_at, JobRun.seconds, JobRun.failures).order_by(JobRun.name))
    return [Run(*row) for row in found]


class Runs:
    """What ran in this process since it was last written down: once a minute, however often a job runs."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self._lock = storage, threading.Lock()
        self._ended: dict[str, tuple[datetime, float]] = {}
        self._failures: Counter[str] = Counter()

    def ended(self, name: str, seconds: float) -> None:
        """A job came to its end."""
        with self._lock:
            self._ended[name] = (clock.now(), seconds)

    def failed(self, name: str) -> None:
        """A job ended with a fault."""
        with self._lock:
            self._failures[name] += 1

    def note(self) -> None:
        """Write down what ran. What cannot be written is forgotten: the next minute tells anew."""
        with self._lock:
            ended, failures = self._ended, self._failures
            self._ended, self._failures = {}, Counter()
        try:
            self._storage.write(lambda session: _note(session, ended, failures))
        except Exception as error:
            log.error("What ran could not be noted: %s", fault(error))


def _note(session: Session, ended: dict[str, tuple[datetime, float]], failures: Counter[str]) -> None:
    for name in sorted({*ended, *failures}):
        at, seconds = ended.get(name, (None, None))
        told = {} if at is None else {"ended_at": at, "seconds": seconds}
        begun = {"ended_at": clock.now(), "seconds": 0.0} | told
        if insert_or_leave(session, JobRun, name=name, failures=failures[name], **begun) is None:
            guarded.change(session, JobRun, JobRun.name == name, failures=JobRun.failures + failures[name], **told)


def logged(name: str, job: Callable[[], object], runs: Runs, idle: int = logging.INFO) -> Callable[[], None]:
    """A line for each run: what was done, how much of it, how long it took. `idle`: the level of one that did nothing,
    for what runs every few seconds.

    A job that the database undid for the sake of another is done again at once: it asks anew what is owed. Any other
    fault ends in the log, without what it says: the next sweep finds the same work again.
    """

    @wraps(job)
    def run() -> None:
        began = time.monotonic()
        try:
            done = retrying.again(job)
        except Exception as error:
            took = time.monotonic() - began
            runs.failed(name)
            log.error("%s failed after %.2f s: %s", name, took, fault(error), extra={"job": name, "seconds": took})
            return
        took = time.monotonic() - began
        runs.ended(name, took)
        level = logging.INFO if done else idle
        extra = {"job": name, "done": str(done), "seconds": round(took, 3)}
        log.log(level, "%s: %s in %.2f s", name, done, took, extra=extra)

    return run


def one_at_a_time(job: Callable[[], object]) -> Callable[[], None]:
    """Skip a sweep while the one before is still at work: the work it would do is being done."""
    working = threading.Lock()

    @wraps(job)
    def once() -> None:
        if working.acquire(blocking=False):
            try:
                job()
            finally:
                working.release()

    return once
