"""A load of HTTP requests from one cheap process: `python load.py < job.json > result.json`.

The machine's cores are shared by the servers and this client, so it does as little as it can: prepared bytes out over
connections that are kept open, one request at a time on each; of an answer it reads the status and the length.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Result:
    """What a round gave: how long it took, and each request's status and bytes of body, in the order of requests."""

    seconds: float
    statuses: list[int]
    lengths: list[int]
    longest_ms: float  # the slowest answer of the round

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.statuses) / self.seconds


def fire(port: int, requests: Sequence[bytes], connections: int) -> Result:
    """Send each request once to a server on loopback, from a process of its own. Raises if it cannot."""
    job = {"port": port, "requests": [request.decode() for request in requests], "connections": connections}
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=GIVE_UP_SECONDS * 2,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The load ended with: {done.stderr.strip().splitlines()[-1:]}")
    return Result(**json.loads(done.stdout))


class _Connection:
    """One open connection and the answer that it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=GIVE_UP_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.index = -1
        self.asked = 0.0
        self._head = b""
        self._status = self._length = self._missing = 0

    def ask(self, index: int, request: bytes) -> None:
        self.index, self.asked = index, time.perf_counter()
        self._head = b""
        self.socket.sendall(request)

    def read(self) -> tuple[int, int] | None:
        """(status, bytes of body) when the answer is whole."""
        received = self.socket.recv(262_144)
        if not received:
            raise ConnectionError("the server closed a connection")
        if self._missing:
            self._missing -= len(received)
        else:
            self._head += received
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return None
            self._status = int(self._head[9:12])
            at = self._head.lower().index(b"content-length:") + 15
            self._length = int(self._head[at : self._head.index(b"\r", at)])
            self._missing = end + 4 + self._length - len(self._head)
        return None if self._missing else (self._status, self._length)


def _run(port: int, requests: list[bytes], connections: int) -> Result:
    waiting = deque(enumerate(requests))
    statuses, lengths = [0] * len(requests), [0] * len(requests)
    longest = 0.0
    open_ones = [_Connection(port) for _ in range(min(connections, len(requests)))]
    with selectors.DefaultSelector() as selector:
        for connection in open_ones:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        begun = time.perf_counter()
        for connection in open_ones:
            connection.ask(*waiting.popleft())
        missing = len(requests)
        while missing:
            ready = selector.select(GIVE_UP_SECONDS)
            if not ready:
                raise TimeoutError("no answer came")
            for key, _ in ready:
                connection = key.data
                answer = connection.read()
                if answer is None:
                    continue
                statuses[connection.index], lengths[connection.index] = answer
                longest = max(longest, time.perf_counter() - connection.asked)
                missing -= 1
                if waiting:
                    connection.ask(*waiting.popleft())
        seconds = time.perf_counter() - begun
    for connection in open_ones:
        connection.socket.close()
    return Result(seconds, statuses, lengths, longest * 1000)


if __name__ == "__main__":
    given = json.load(sys.stdin)
    result = _run(given["port"], [request.encode() for request in given["requests"]], given["connections"])
    json.dump(vars(result), sys.stdout)
