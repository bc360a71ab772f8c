"""People and machines that ask for too much at once, or too slowly: real connections to an installation that serves."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

DRIP_SECONDS = 2.0


@dataclass
class Slow:
    """Connections that send a byte every two seconds, or nothing, or take nothing of what they asked for."""

    port: int
    path: str
    lines: list[socket.socket] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)  # those that the server has closed
    _stop: threading.Event = field(default_factory=threading.Event)

    def open(self, number: int) -> None:
        """Open so many, a fifth of each kind."""
        openings = (
            # The body of a form, byte by byte; twice, since nothing silences a server more easily.
            f"POST {self.path}/sign HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 5000\r\n\r\nname=",
            "POST /organise/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n",
            f"GET {self.path} HTTP/1.1\r\nHost: x\r\nX-Slow: ",  # the head
            "",  # nothing
            f"GET {self.path} HTTP/1.1\r\nHost: x\r\n\r\n" * 20,  # an answer that nobody takes
        )
        for n in range(number):
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            line.connect(("127.0.0.1", self.port))
            line.sendall(openings[n % 5].encode())
            self.lines.append(line)

    def drip(self) -> None:
        """A byte over each line that is in the middle of something, until told to stop."""
        while not self._stop.wait(DRIP_SECONDS):
            for n, line in enumerate(self.lines):
                try:
                    if n % 5 in (0, 2):
                        line.send(b"a")
                    elif n % 5 == 1:
                        line.send(b"1\r\na\r\n")
                except OSError:
                    self.ended.add(n)

    @contextmanager
    def standing(self, number: int) -> Iterator[Slow]:
        """They stand there until the block ends."""
        self.open(number)
        dripping = threading.Thread(target=self.drip, daemon=True)
        dripping.start()
        try:
            yield self
        finally:
            self._stop.set()
            dripping.join()
            for line in self.lines:
                line.close()


def post_large(port: int, megabytes: int = 12) -> int:
    """A form of so many MB for the organisers' side, from a stranger; the status, or 0 for a line that was closed."""
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    with closing(line):
        length = megabytes * 1024 * 1024
        head = f"POST /organise/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
        line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
        piece = b"a=1&" * 16_384
        with suppress(OSError):
            for _ in range(length // len(piece)):
                line.sendall(piece)
        try:
            answer = line.recv(64)
        except OSError:
            return 0
        return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def get(port: int, path: str) -> tuple[int, float]:
    """(status, seconds) of one request over a line of its own."""
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(line):
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
    return answer.status, time.monotonic() - began


def repeatedly(times: int, ask: Callable[[], tuple[int, float]], pause: float = 0.1) -> list[tuple[int, float]]:
    """What asking gave, one time after the other."""
    answers = []
    for _ in range(times):
        answers.append(ask())
        time.sleep(pause)
    return answers


def at_95(answers: list[tuple[int, float]]) -> float:
    """The 95th percentile of the seconds."""
    return sorted(seconds for _status, seconds in answers)[int(len(answers) * 0.95)]
