"""Prints are made outside of the processes that answer pages, and kept for as long as their inputs stand.

A layout takes most of a second of a core, in which a page thread would answer thousands of readers. So a child process
makes it, one at a time in each web process, behind readers in the machine's queue. What a print shows is all in its
inputs, and those are read anew for each request: another text, another day or a stop is another print or none, and
what was kept for it is never handed out again.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

from campaign.errors import CampaignError
from campaign.sandbox import MB, Children, Ended, Limits

MOST_BYTES = 24 * MB
# The longest print that a stranger can ask for is a letter to each of a dozen officials.
LIMITS = Limits(seconds=60, memory=700 * MB)


class Overrun(CampaignError):
    """A print took more time or memory than any should. Nothing was printed."""

    status = 503


@dataclass
class _Coming:
    """A print that is being made at this moment, and how many wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


class PrintRoom:
    """The prints of one web process."""

    def __init__(self, children: Children | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._children, self._most_bytes = children, most_bytes
        self._kept: OrderedDict[bytes, tuple[str, bytes]] = OrderedDict()
        self._bytes = 0
        self._emptied = 0
        self._coming: dict[bytes, _Coming] = {}
        self._lock = threading.Lock()

    def make(self, function: Callable[..., bytes], *inputs: Any) -> bytes:
        """A print that is for one person: made, handed over and kept nowhere."""
        return bytes(self.call(function, *inputs))

    def call(self, function: Callable[..., Any], *inputs: Any) -> Any:
        """What `function(*inputs)` returns, computed in a child process."""
        try:
            return (self._children or _at_hand()).call(function, *inputs)
        except Ended as ended:
            raise Overrun("This print could not be made in time. Please try again in a moment.") from ended

    def kept(
        self, of: str, function: Callable[..., bytes], *inputs: Any, before: Callable[[], None] = lambda: None
    ) -> bytes:
        """A print that is the same for everyone: laid out once. `of` is the slug of its action; `before` is called
        before it is laid out, and may refuse that."""
        key = key_of(function, inputs)
        found = self._found(key)
        if found is not None:
            return found
        before()
        with self._lock:
            coming = self._coming.setdefault(key, _Coming())
            coming.waiting += 1
            emptied = self._emptied
        try:
            with coming.lock:
                found = self._found(key)
                if found is None:
                    found = self.make(function, *inputs)
                    self._keep(key, of, found, emptied)
                return found
        finally:
            with self._lock:
                coming.waiting -= 1
                if not coming.waiting:
                    self._coming.pop(key, None)

    def forget(self, of: str | None = None) -> None:
        """Forget what is kept, of one action or of all: it was stopped, or its texts were changed."""
        with self._lock:
            self._emptied += 1
            gone = [key for key, (slug, _body) in self._kept.items() if of in (None, slug)]
            for key in gone:
                self._bytes -= len(self._kept.pop(key)[1])

    def _found(self, key: bytes) -> bytes | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def _keep(self, key: bytes, of: str, body: bytes, emptied: int) -> None:
        with self._lock:
            if emptied != self._emptied or len(body) > self._most_bytes // 4 or key in self._kept:
                return
            self._kept[key] = of, body
            self._bytes += len(body)
            while self._bytes > self._most_bytes:
                _key, (_slug, oldest) = self._kept.popitem(last=False)
                self._bytes -= len(oldest)


@cache
def _at_hand() -> Children:
    # One for the process, whatever applications live in it: a child with all fonts is a hundred megabytes.
    return Children(1, LIMITS, idle_seconds=60)


def key_of(function: Callable[..., Any], inputs: Any) -> bytes:
    """What is the same for the same function and equal inputs, and for no others."""
    written = f"{function.__module__}:{function.__qualname__}{_written(inputs)}"
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest()


def _written(value: Any) -> str:
    if is_dataclass(value):
        parts = (f"{part.name}={_written(getattr(value, part.name))}" for part in fields(value))
        return f"{type(value).__qualname__}({','.join(parts)})"
    if isinstance(value, tuple | list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_written(name)}:{_written(part)}' for name, part in value.items())}}}"
    return f"{type(value).__qualname__}:{value!r}"
