"""Public pages, kept for the few seconds between two counts, so that a shared link costs one rendering."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from campaign.web.compression import Common

# Equal to the interval of counting: a page is never older than the count it shows could be.
SECONDS = 3
MOST = 256


Value = TypeVar("Value")


@dataclass(frozen=True)
class CachedPage(Common):
    """A rendered page and when it stops being fresh, on the monotonic clock."""

    fresh_until: float


@dataclass(frozen=True)
class CachedValue(Generic[Value]):
    """What a page is made of, and when it stops being fresh."""

    value: Value
    fresh_until: float


Kept = TypeVar("Kept", CachedPage, CachedValue[Any])


class PageCache:
    """Keeps the most recently asked-for pages of one process, and what pages that are each reader's own share. Threads
    that miss the same one make it once."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._pages: OrderedDict[Hashable, CachedPage | CachedValue[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}
        self._emptied = 0

    def page(self, key: Hashable, render: Callable[[], tuple[bytes, str]]) -> CachedPage:
        """The page under `key`, rendered by `render` -> (body, etag) if it is not there or not fresh."""
        return self._kept(key, lambda: CachedPage(*render(), self._clock() + self._seconds))

    def value(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value under `key`, read by `read` if it is not there or not fresh."""
        kept: CachedValue[Value] = self._kept(key, lambda: CachedValue(read(), self._clock() + self._seconds))
        return kept.value

    def _kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        found: Kept | None = self._fresh(key)
        if found is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            found = self._fresh(key)
            if found is not None:
                return found
            emptied = self._emptied
            try:
                made = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                if emptied != self._emptied:
                    return made  # it may show what was stopped meanwhile: for this one reader, and no other
                self._pages[key] = made
                self._pages.move_to_end(key)
                while len(self._pages) > self._most:
                    self._pages.popitem(last=False)
            return made

    def empty(self) -> None:
        """Forget every page, those that are being rendered at this moment included."""
        with self._lock:
            self._emptied += 1
            self._pages.clear()

    def _fresh(self, key: Hashable) -> Any:
        found = self._pages.get(key)
        return found if found is not None and self._clock() < found.fresh_until else None
