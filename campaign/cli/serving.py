"""Serving: web, worker and schedule in one command, each a process that is started again when it dies."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

import click

from campaign import orphans
from campaign.cli.place import opened
from campaign.errors import Refused
from campaign.settings import ROOT, Settings

# A process that dies at once each time it is started is not hammered.
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
# How long a stopping process may finish what it does.
GRACE_SECONDS = 15.0
# More threads than this wait for each other: for Python's own lock, then for the one writer of SQLite.
WEB_PROCESSES, WEB_THREADS = 2, 4
# How Granian serves, whatever the application and the address: `bench/` gives the same to what it compares with.
GRANIAN = (
    *("--interface", "wsgi", "--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS)),
    *("--backlog", "1024", "--respawn-failed-workers", "--workers-kill-timeout", "10"),
    *("--log-level", "warning", "--no-ws"),
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Run the web server, the worker and the scheduler."""
    with opened() as place:
        settings = place.settings
    refuse_taken(host, port)
    told_to = environment(settings, host, port)
    web = [sys.executable, "-m", "granian", "wsgi:app", "--host", host, "--port", str(port), *GRANIAN]
    worker = [sys.executable, "-m", "campaign.jobs"]
    # Whoever asks for a page or signs goes first: their mail can wait for a second.
    crew = [Process("web", web, told_to), Process("worker", worker, told_to, niceness=10)]
    told = f"Campaign is at {told_to['CAMPAIGN_BASE_URL']}/"
    if settings.demo:
        told += f"  (demo; inbox: {told_to['CAMPAIGN_BASE_URL']}/demo/mailbox). Press Ctrl-C to stop."
    Supervisor(crew, told, lambda: answers(host, port)).run()


@click.command()
def worker() -> None:
    """Run only a worker (if the web server runs on another machine)."""
    with opened():
        pass
    os.execv(sys.executable, [sys.executable, "-m", "campaign.jobs"])  # noqa: S606 - our own interpreter


def refuse_taken(host: str, port: int) -> None:
    """Raise `Refused` if something listens there already.

    The web server shares its port with any other of this user (SO_REUSEPORT): without this, a second installation
    would start without a word and answer every other request.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what only lingers is not in the way
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                "Port %(port)s on %(host)s is not available (%(why)s). Stop the program that uses it, or choose "
                "another port with --port.",
                port=port,
                host=host,
                why=error.strerror or "unknown",
            ) from error


def answers(host: str, port: int) -> bool:
    """Whether the web answers there."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not bound
    asked = http.client.HTTPConnection(here, port, timeout=1)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def environment(settings: Settings, host: str, port: int) -> dict[str, str]:
    """What the processes are told: this environment, with the home and the public address as they were found."""
    base_url = settings.base_url
    if "CAMPAIGN_BASE_URL" not in os.environ and "CAMPAIGN_BASE_URL_FILE" not in os.environ:
        base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return {**os.environ, "CAMPAIGN_HOME": str(settings.home), "CAMPAIGN_BASE_URL": base_url}


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
            click.echo(f"The {self.name} stopped ({self.running.returncode}). Restarting it.", err=True)
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
            if not said and self._answers():
                click.echo(self._told)
                said = True
            time.sleep(0.2)
        for process in self._crew:
            process.stop()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._crew:
            process.end(max(0.1, deadline - time.monotonic()))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


COMMANDS = (serve, worker)
