"""A port that stays ours while what listens on it is away: killed, upgraded, or not yet started."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[int]:
    """A free port of this machine, taken until the block ends.

    Who connects while nobody listens is refused, as by a machine that is down; the system gives the port to no other
    program meanwhile. A server that sets SO_REUSEADDR or SO_REUSEPORT may listen on it, one after the other.
    """
    with socket.socket() as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holding.bind(("127.0.0.1", 0))
        yield int(holding.getsockname()[1])
