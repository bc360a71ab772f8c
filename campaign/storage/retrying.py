"""Two transactions that got in each other's way: the database undoes one of them, and that one is done again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")

# How often it is tried in all. Whoever waits for a page waits for the pauses: less than a second together.
TRIES = 5
PAUSE_SECONDS = 0.02
# What PostgreSQL calls a serialization failure and a deadlock. SQLite has one writer at a time, and neither.
_UNDONE = frozenset({"40001", "40P01"})


def is_undone(error: BaseException) -> bool:
    """Whether a transaction was undone for the sake of another: done again it may well succeed."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _UNDONE


def pause(tried: int) -> float:
    """The longest pause, in seconds, after so many tries in vain: twice as long each time."""
    return float(PAUSE_SECONDS * 2**tried)


def again(work: Callable[[], Result], may: Callable[[], bool] = lambda: True) -> Result:
    """Do `work`, and do it again as long as the database has undone it, a few times at most.

    `may` says whether nothing of it has been kept so far. What goes wrong otherwise, or the last time, is raised.
    """
    for tried in range(1, TRIES):
        try:
            return work()
        except DBAPIError as error:
            if not is_undone(error) or not may():
                raise
        # Not at the same moment as the other, who may be doing it again too.
        time.sleep(random.uniform(0, pause(tried)))  # noqa: S311
    return work()
