"""Processes that one command keeps running: started again when they die, stopped when it is told to stop.

It stands on nothing of the product: what watches the others for months holds none of what they need.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from campaign import orphans

ROOT = Path(__file__).resolve().parent.parent
# A process that dies at once each time it is started is not hammered.
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
# How long a stopping process may finish what it does.
GRACE_SECONDS = 15.0


@dataclass(frozen=True)
class Member:
    """A process that should run: its name, its command, and how far behind others it stands in the machine's queue."""

    name: str
    command: list[str]
    niceness: int = 0


def keep_running(
    crew: list[Member], environment: dict[str, str], told: str = "", at: tuple[str, int, int] | None = None
) -> NoReturn:
    """Become the process that keeps these running: all that this one had loaded is let go.

    `told` is said once the web answers `at` its host and port, whose socket (its number) is held until the end.
    """
    if at is not None:
        os.set_inheritable(at[2], True)
    plan = json.dumps({"crew": [asdict(it) for it in crew], "told": told, "at": at})
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-m", "campaign.crew", plan], environment)  # noqa: S606 - our own


def answers(host: str, port: int) -> bool:
    """Whether the web answers there."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not bound
    try:
        with socket.create_connection((here, port), timeout=1) as asked:
            asked.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            answer = b""
            while len(answer) < len("HTTP/1.1 200") and (piece := asked.recv(1024)):
                answer += piece
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.") and answer[8:12] == b" 200"


@dataclass
class Process:
    """One of the processes, and when it may be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    niceness: int = 0
    running: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    pause: float = field(default=PAUSE_SECONDS)
    started: float = 0.0

    def tend(self) -> None:
        """Start it if it should run and does not."""
        now = time.monotonic()
        if self.running is not None and self.running.poll() is not None:
            _say(f"The {self.name} stopped ({self.running.returncode}). Restarting it.", sys.stderr)
            # Its own processes must not serve on beside the next one: their port is shared (SO_REUSEPORT).
            self.kill()
            # One that ran well for a while gets a short pause again.
            self.pause = PAUSE_SECONDS if now - self.started > 60 else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
            self.running, self.start_at = None, now + self.pause
        if self.running is None and now >= self.start_at:
            self.started = now
            self.running = subprocess.Popen(  # noqa: S603 - the command is ours
                self.command,
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
                preexec_fn=self._begin,  # noqa: PLW1509 - the supervisor has one thread
            )

    def _begin(self) -> None:
        os.nice(self.niceness)
        orphans.end_with_parent()

    def stop(self) -> None:
        """Ask it to end; it ends what it started itself."""
        if self.running is not None:
            self.running.terminate()

    def end(self, seconds: float) -> None:
        """Wait until it has ended; then, or when the time is over, kill what is left."""
        if self.running is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(seconds)
            self.kill()
            self.running.wait()

    def kill(self) -> None:
        """Kill it, and all it started, outright."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)


class Supervisor:
    """Keeps the crew running until it is told to stop; then stops all of it."""

    def __init__(self, crew: list[Process], told: str, answers: Callable[[], bool]) -> None:
        self._crew, self._told, self._answers = crew, told, answers
        self._stopping = False

    def run(self) -> None:
        """Run until SIGINT or SIGTERM; returns when every process has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        said = False
        while not self._stopping:
            for process in self._crew:
                process.tend()
            if self._told and not said and self._answers():
                _say(self._told, sys.stdout)
                said = True
            time.sleep(0.2)
        for process in self._crew:
            process.stop()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._crew:
            process.end(max(0.1, deadline - time.monotonic()))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _say(sentence: str, where: IO[str]) -> None:
    where.write(f"{sentence}\n")
    where.flush()


def main() -> None:
    """What `keep_running` becomes."""
    plan = json.loads(sys.argv[1])
    crew = [Process(it["name"], it["command"], dict(os.environ), it["niceness"]) for it in plan["crew"]]
    host, port, held = plan["at"] or ("", 0, None)
    # Held by this process alone: what it starts binds the port for itself.
    holding = socket.socket(fileno=held) if held is not None else contextlib.nullcontext()
    with holding:
        if held is not None:
            os.set_inheritable(held, False)
        Supervisor(crew, plan["told"], lambda: answers(host, port)).run()


if __name__ == "__main__":
    main()
