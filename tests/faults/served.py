"""A real installation that serves: every process of it, its log, and supporters who sign over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import psutil

from campaign.settings import Settings

T = TypeVar("T")
CAMPAIGN = Path(sys.executable).with_name("campaign")
# Whatever machine this is.
WEB_PROCESSES = 2
# Far longer than anything here takes: it bounds a wait that would otherwise never end, and measures nothing.
PATIENCE = 120.0


def eventually(condition: Callable[[], T], what: str, patience: float = PATIENCE, every: float = 0.2) -> T:
    """What `condition` returns once it is truthy, looked at `every` so many seconds; fails if it is not within
    `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(every)
    raise AssertionError(f"never happened: {what}")


@dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    body: str
    location: str = ""  # where it leads on to


@dataclass
class Served:
    """`campaign serve`, with its processes. Everything it writes to its terminal stands in `log`."""

    settings: Settings
    port: int = 0  # as it is told when it serves: nobody else ever has it meanwhile
    screening: bool = False
    supervisor: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.settings.home.parent / f"{self.settings.home.name}.log"

    def environment(self) -> dict[str, str]:
        """What the command line is told: these settings, and nothing of the shell that runs the tests."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGN_", "PYTEST_"))}
        return {
            **kept,
            "CAMPAIGN_HOME": str(self.settings.home),
            "CAMPAIGN_DATABASE_URL": self.settings.database_url,
            "CAMPAIGN_SECRET_KEY": self.settings.secret_key,
            "CAMPAIGN_DATA_KEYS": ",".join(self.settings.data_keys),
            "CAMPAIGN_WEB_PROCESSES": str(WEB_PROCESSES),
            "CAMPAIGN_SCREENING": "on" if self.screening else "off",
            # Where setproctitle is installed Granian gives its processes a title; without this it takes the room of
            # the environment too, by which they are found here.
            "SPT_NOENV": "1",
        }

    def start(self) -> None:
        """Serve, and wait until it answers."""
        with self.log.open("ab") as log:
            begins = log.tell()
            self.supervisor = subprocess.Popen(
                [CAMPAIGN, "serve", "--port", "0"],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.port = eventually(lambda: self.port_told(begins), "it says where it is")
        eventually(self.ready, "it answers")
        # A process that is still loading takes no notice of a signal: all are up before a test goes on.
        eventually(self.complete, "every process is up")

    def port_told(self, begins: int) -> int | None:
        """The port that it printed, behind what its log held before."""
        assert self.supervisor is not None
        assert self.supervisor.poll() is None, self.log.read_text()
        told = re.search(rb"Campaign is at http://127\.0\.0\.1:(\d+)/", self.log.read_bytes()[begins:])
        return int(told[1]) if told else None

    def ready(self) -> bool:
        """Whether it answers and could work."""
        assert self.supervisor is not None
        assert self.supervisor.poll() is None, self.log.read_text()
        try:
            return self.ask("GET", "/readyz").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def complete(self) -> bool:
        """Whether the worker runs and every process of the web listens."""
        first, kept = self.web()
        listening = first is not None and len(kept) == WEB_PROCESSES and all(map(listens, kept))
        return listening and self.worker() is not None

    def ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        visitor: str = "127.0.0.1",
    ) -> Answer:
        """One request, from a network address of this machine."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=(visitor, 0))
        with closing(line):
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
            line.request(method, path, urlencode(form) if form is not None else None, {**kind, **(headers or {})})
            answer = line.getresponse()
            return Answer(answer.status, answer.read().decode("utf-8", "replace"), answer.getheader("Location", ""))

    def token(self, path: str = "/en/actions/renew-the-cards", visitor: str = "127.0.0.1") -> str:
        """The token of the form on an action's page."""
        page = self.ask("GET", path, visitor=visitor).body
        found = re.search(r'name="token"[^>]*value="([^"]+)"', page)
        assert found, page
        return found[1]

    def processes(self) -> list[psutil.Process]:
        """Every living process of this installation, whoever its parent is by now; the supervisor first."""
        found = [it for it in psutil.process_iter() if self._ours(it)]
        return sorted(found, key=lambda it: (self.supervisor is None or it.pid != self.supervisor.pid, it.pid))

    def worker(self) -> psutil.Process | None:
        """The process that posts and counts."""
        return next(iter(running("campaign.jobs", self.processes())), None)

    def web(self) -> tuple[psutil.Process | None, list[psutil.Process]]:
        """The web server's first process, and those it keeps, which answer requests."""
        assert self.supervisor is not None
        found = running("campaign.granian", self.processes())
        first = next((it for it in found if parent(it) == self.supervisor.pid), None)
        return first, [it for it in found if it != first]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, as a process manager (SIGTERM) or Ctrl-C (SIGINT) does; its exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(number)
        return self.supervisor.wait(PATIENCE)

    def kill(self) -> None:
        """Kill -9 every process, the supervisor first, so that it starts none of them again."""
        for process in self.processes():
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        if self.supervisor is not None:
            self.supervisor.wait(PATIENCE)
        eventually(lambda: not self.processes(), "all are dead")

    def _ours(self, process: psutil.Process) -> bool:
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                return False
            return process.environ().get("CAMPAIGN_HOME") == str(self.settings.home)
        except psutil.Error:
            return False


def running(program: str, among: list[psutil.Process]) -> list[psutil.Process]:
    """The processes that run a Python module, whether that stands among their arguments or in a title."""
    found = []
    for process in among:
        with suppress(psutil.Error):  # one that ended in this moment
            found += [process] if program in " ".join(process.cmdline()).split() else []
    return found


def parent(process: psutil.Process) -> int | None:
    """The id of the parent, as long as the process lives."""
    try:
        return process.ppid()
    except psutil.Error:
        return None


def listens(process: psutil.Process) -> bool:
    """Whether a process takes connections."""
    try:
        return any(it.status == psutil.CONN_LISTEN for it in process.net_connections("tcp"))
    except psutil.Error:
        return False


def alive(process: psutil.Process) -> bool:
    """Whether this very process still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
