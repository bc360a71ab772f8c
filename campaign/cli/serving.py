"""Serving: web, worker and schedule in one command, each a process that is started again when it dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from types import FrameType

import click

from campaign.cli.place import opened
from campaign.settings import ROOT, Settings

# A process that dies at once each time it is started is not hammered.
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
# How long a stopping process may finish what it does.
GRACE_SECONDS = 15.0
WEB_PROCESSES, WEB_THREADS = 2, 8
_PR_SET_PDEATHSIG = 1


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve pages, and run the worker and its schedule, until Ctrl-C."""
    with opened() as place:
        settings = place.settings
    environment = _environment(settings, host, port)
    web = [
        *(sys.executable, "-m", "granian", "wsgi:app", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS), "--backlog", "1024"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning", "--no-ws"),
    ]
    worker = [sys.executable, "-m", "campaign.jobs"]
    crew = [Process("web", web, environment), Process("worker", worker, environment)]
    told = f"Campaign is at {environment['CAMPAIGN_BASE_URL']}/"
    if settings.demo:
        told += f" (demonstration; its mailbox: {environment['CAMPAIGN_BASE_URL']}/demo/mailbox). Ctrl-C stops it."
    Supervisor(crew, f"http://{host}:{port}/healthz", told).run()


@click.command()
def worker() -> None:
    """Run a worker alone: where web and worker stand on different machines."""
    with opened():
        pass
    os.execv(sys.executable, [sys.executable, "-m", "campaign.jobs"])  # noqa: S606 - our own interpreter


def _environment(settings: Settings, host: str, port: int) -> dict[str, str]:
    base_url = settings.base_url
    if "CAMPAIGN_BASE_URL" not in os.environ and "CAMPAIGN_BASE_URL_FILE" not in os.environ:
        base_url = f"http://{host}:{port}"
    return {**os.environ, "CAMPAIGN_HOME": str(settings.home), "CAMPAIGN_BASE_URL": base_url}


@dataclass
class Process:
    """One of the processes, and when it may be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    running: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    pause: float = field(default=PAUSE_SECONDS)
    started: float = 0.0

    def tend(self) -> None:
        """Start it if it should run and does not."""
        now = time.monotonic()
        if self.running is not None and self.running.poll() is not None:
            click.echo(f"The {self.name} ended by itself ({self.running.returncode}); it is started again.", err=True)
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
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )

    def signal(self, number: signal.Signals) -> None:
        """Tell it, and all it started, something."""
        if self.running is not None and self.running.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, number)


class Supervisor:
    """Keeps the crew running until it is told to stop; then stops all of it."""

    def __init__(self, crew: list[Process], health_url: str, told: str) -> None:
        self._crew, self._health_url, self._told = crew, health_url, told
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
            process.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._crew:
            if process.running is None:
                continue
            try:
                process.running.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.signal(signal.SIGKILL)
                process.running.wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self._health_url, timeout=1) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except OSError:
            return False


def _die_with_parent() -> None:
    """If the supervisor is killed outright, its processes must not serve on, unseen and unrestarted (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


COMMANDS = (serve, worker)
