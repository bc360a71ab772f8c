"""Finished answers that lie before Flask: a public page that is fresh costs a look-up and no more.

What lies here was made by a view that said so, for the seconds that the view's own cache gives it, so a reader never
sees an older page than without this layer. A stop empties it in its own process; elsewhere its seconds run out.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

Headers = tuple[tuple[str, str], ...]

# Where a view says until when, on the monotonic clock, its answer may lie here.
FRESH_UNTIL = "campaign.fresh_until"
MOST_PAGES, MOST_BYTES = 1_024, 48 * 1024 * 1024
# What a client has told us of the version it holds is answered without a body; these headers still belong to it.
_WITHOUT_A_BODY = frozenset({"content-length", "content-type", "content-encoding"})


class Key(NamedTuple):
    """What chooses among finished answers: nothing else of a request does."""

    path: str
    query: str
    coding: str | None


@dataclass(frozen=True)
class Finished:
    """An answer, whole, for everyone who asks with the same key."""

    status: int
    headers: Headers
    body: bytes
    fresh_until: float
    etag: str | None = None
    unchanged: Headers = ()  # the headers of the answer "you have it already"

    @classmethod
    def made(cls, status: int, headers: Iterable[tuple[str, str]], body: bytes, fresh_until: float) -> Finished:
        """An answer as a server would send it, with what is needed to say that nothing has changed."""
        given = tuple(headers)
        etag = next((value for name, value in given if name.lower() == "etag"), None)
        unchanged = tuple(header for header in given if header[0].lower() not in _WITHOUT_A_BODY)
        return cls(status, given, body, fresh_until, etag, unchanged)

    def is_known_to(self, if_none_match: str) -> bool:
        """Whether a client that sent this `If-None-Match` has these bytes already."""
        if self.etag is None or self.status != 200:
            return False
        versions = (version.strip().removeprefix("W/") for version in if_none_match.split(","))
        return any(version in ("*", self.etag) for version in versions)


class PageLayer:
    """The finished answers of one process, the least recently made thrown out first."""

    def __init__(
        self, most: int = MOST_PAGES, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._most_bytes, self._clock = most, most_bytes, clock
        self._pages: OrderedDict[Key, Finished] = OrderedDict()
        self._bytes = 0
        self._emptied = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Finished | None:
        """The answer under a key, if it is there and fresh."""
        page = self._pages.get(key)
        return page if page is not None and self._clock() < page.fresh_until else None

    def knows(self, key: Key) -> bool:
        """Whether an answer lay under this key lately, fresh or not: then one who makes it makes it for all."""
        return key in self._pages

    @property
    def generation(self) -> int:
        """How often the layer was emptied. What was begun before must not be kept after."""
        return self._emptied

    def keep(self, key: Key, page: Finished, generation: int) -> None:
        """Keep an answer whose making began in `generation`; not if the layer was emptied since."""
        with self._lock:
            if generation != self._emptied or len(page.body) > self._most_bytes // 8:
                return
            before = self._pages.pop(key, None)
            self._pages[key] = page
            self._bytes += len(page.body) - (len(before.body) if before is not None else 0)
            while len(self._pages) > self._most or self._bytes > self._most_bytes:
                _key, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)

    def empty(self) -> None:
        """Forget everything: an action was stopped, a text was changed."""
        with self._lock:
            self._emptied += 1
            self._pages.clear()
            self._bytes = 0
