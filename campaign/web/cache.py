"""Public pages, kept for the few seconds between two counts, so that a shared link costs one rendering."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from campaign.web.compression import Common

# Equal to the interval of counting: a page is never older than the count it shows could be.
SECONDS = 3
MOST = 256


@dataclass(frozen=True)
class CachedPage(Common):
    """A rendered page and when it stops being fresh, on the monotonic clock."""

    fresh_until: float


class PageCache:
    """Keeps the most recently asked-for pages of one process. Threads that miss the same page render it once."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}
        self._emptied = 0

    def page(self, key: Hashable, render: Callable[[], tuple[bytes, str]]) -> CachedPage:
        """The page under `key`, rendered by `render` -> (body, etag) if it is not there or not fresh."""
        found = self._fresh(key)
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
                body, etag = render()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            made = CachedPage(body, etag, self._clock() + self._seconds)
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

    def _fresh(self, key: Hashable) -> CachedPage | None:
        found = self._pages.get(key)
        return found if found is not None and self._clock() < found.fresh_until else None
