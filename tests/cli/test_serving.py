"""`campaign serve` and its processes: started again when they die, stopped when told, never two on one port."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from campaign.appeals.signing.signing import sign
from campaign.cli.serving import environment, held
from campaign.clock import now
from campaign.crew import LONGEST_PAUSE_SECONDS, PAUSE_SECONDS, Process, answers
from campaign.errors import Refused
from campaign.settings import Settings
from campaign.storage import Storage
from tests import made
from tests.conftest import settings_for
from tests.faults.served import CAMPAIGN, PATIENCE, Served, alive, eventually

ENDS_AT_ONCE = "raise SystemExit(3)"
STAYS = "import time; time.sleep(600)"
KEEPS_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STAYS!r}]); {STAYS}"
IGNORES_SIGNALS = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {KEEPS_A_CHILD}"


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """Processes under test; none is left behind."""
    made_here: list[Process] = []
    yield made_here
    for process in made_here:
        process.end(0)


def started(processes: list[Process], program: str) -> Process:
    """A process that runs a few words of Python."""
    process = Process("sample", [sys.executable, "-c", program], dict(os.environ))
    processes.append(process)
    process.tend()
    assert process.running is not None
    return process


def family(process: Process) -> list[psutil.Process]:
    """The process and what it started."""
    assert process.running is not None
    first = psutil.Process(process.running.pid)
    return [first, *eventually(lambda: first.children(recursive=True), "it started another")]


def ended(process: Process) -> None:
    assert process.running is not None
    os.waitid(os.P_PID, process.running.pid, os.WEXITED | os.WNOWAIT)


def test_a_process_that_runs_is_left_alone(processes: list[Process]) -> None:
    process = started(processes, STAYS)
    first = process.running
    process.tend()
    assert process.running is first


def test_a_process_that_died_is_started_again_after_a_pause(
    processes: list[Process], capsys: pytest.CaptureFixture[str]
) -> None:
    process = started(processes, ENDS_AT_ONCE)
    ended(process)
    process.tend()
    assert process.running is None
    assert process.start_at > time.monotonic()
    assert capsys.readouterr().err == "The sample stopped (3). Restarting it.\n"
    process.start_at = 0.0  # the pause is over
    process.tend()
    assert process.running is not None


def test_the_pauses_of_one_that_dies_again_and_again_grow_to_a_limit(processes: list[Process]) -> None:
    process = started(processes, ENDS_AT_ONCE)
    pauses = []
    for _ in range(7):
        ended(process)
        process.tend()
        pauses.append(process.pause)
        process.start_at = 0.0
        process.tend()
    assert pauses == sorted(pauses)
    assert pauses[0] > PAUSE_SECONDS
    assert pauses[-2:] == [LONGEST_PAUSE_SECONDS] * 2
    # One that then ran well for a while is trusted again.
    ended(process)
    process.started -= 61
    process.tend()
    assert process.pause == PAUSE_SECONDS


def test_what_a_dead_process_started_does_not_run_on_beside_its_successor(processes: list[Process]) -> None:
    process = started(processes, KEEPS_A_CHILD)
    first, child = family(process)
    first.kill()
    ended(process)
    assert alive(child)
    process.tend()
    eventually(lambda: not alive(child), "the child is gone")


def test_a_process_that_takes_no_notice_is_killed_with_what_it_started(processes: list[Process]) -> None:
    process = started(processes, IGNORES_SIGNALS)
    _, child = family(process)
    process.stop()
    process.end(0.2)
    assert process.running is not None
    assert process.running.returncode == -signal.SIGKILL
    eventually(lambda: not alive(child), "the child is gone")


def test_a_port_that_is_taken_is_refused_before_anything_starts(on_sqlite: Settings) -> None:
    with closing(socket.socket()) as other:
        # As the web server does: without the check both would listen, and each answer every other request.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = serve(on_sqlite, "--port", str(port))
    assert told.returncode == 2
    assert told.stderr.startswith(f"campaign: Port {port} on 127.0.0.1 is not available (Address already in use).")
    assert "--port" in told.stderr
    assert not Served(on_sqlite).processes()


def serve(settings: Settings, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `campaign serve` where it is to refuse at once; killed if it does not."""
    return subprocess.run(
        [CAMPAIGN, "serve", *options],
        env=Served(settings).environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_port_whose_last_connections_only_linger_can_be_used() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as before:
        port = before.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))) as visitor:
            taken, _ = before.accept()
            taken.close()  # the server hangs up first: its side of the line lingers
            visitor.recv(1)
    with held("127.0.0.1", port) as holding:
        assert holding.getsockname() == ("127.0.0.1", port)


def test_port_0_is_a_free_one_that_nobody_else_can_take_while_it_is_held() -> None:
    with held("127.0.0.1", 0) as holding:
        port = holding.getsockname()[1]
        assert port > 0
        with pytest.raises(Refused, match="Address already in use"), held("127.0.0.1", port):
            pass
        # What we start ourselves shares it, says so, and is the one that answers.
        with closing(socket.socket()) as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            server.bind(("127.0.0.1", port))
            server.listen()
            with closing(socket.create_connection(("127.0.0.1", port))) as visitor:
                assert server.accept()[1] == visitor.getsockname()


def test_a_host_that_is_not_of_this_machine_is_refused() -> None:
    with pytest.raises(Refused, match="is not available"), held("192.0.2.1", 0):
        pass


def test_serving_a_database_that_was_never_set_up_says_what_to_do(settings_without_database: Settings) -> None:
    told = serve(settings_without_database)
    assert told.returncode == 2
    assert told.stderr == "campaign: The database is not set up for this version. Run: campaign init\n"


@pytest.fixture
def settings_without_database(tmp_path) -> Settings:  # type: ignore[no-untyped-def]
    return settings_for(tmp_path)


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("act.example.org", 9000, "http://act.example.org:9000"),
        ("::1", 8000, "http://[::1]:8000"),
    ],
)
def test_links_lead_to_where_it_serves(
    on_sqlite: Settings, monkeypatch: pytest.MonkeyPatch, host: str, port: int, address: str
) -> None:
    monkeypatch.delenv("CAMPAIGN_BASE_URL", raising=False)
    assert environment(on_sqlite, host, port)["CAMPAIGN_BASE_URL"] == address


def test_an_address_that_was_set_is_kept(on_sqlite: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_BASE_URL", "https://act.example.org")
    assert environment(on_sqlite, "127.0.0.1", 8000)["CAMPAIGN_BASE_URL"] == on_sqlite.base_url


class Healthy(http.server.BaseHTTPRequestHandler):
    """Answers /healthz, and nothing else."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_it_says_that_it_serves_when_the_web_answers_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy of the machine's owner has no business between us and ourselves.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Healthy) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        port = web.server_address[1]
        assert answers("127.0.0.1", port)
        assert answers("0.0.0.0", port)
        web.shutdown()
    assert not answers("127.0.0.1", port)


def test_something_else_on_the_port_is_not_taken_for_the_web() -> None:
    def babble(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with closing(line):
            line.recv(1024)
            line.sendall(b"220 mail.example.org ESMTP\r\n")

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=babble, args=(listening,), daemon=True).start()
        assert not answers("127.0.0.1", listening.getsockname()[1])


@pytest.mark.faults
def test_a_worker_alone_posts_what_is_owed_and_stops_when_told(on_sqlite: Settings) -> None:
    storage = Storage(on_sqlite)
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(), now())
    storage.dispose()
    alone = Served(on_sqlite)
    with alone.log.open("wb") as log:
        worker = subprocess.Popen(
            [CAMPAIGN, "worker"], env=alone.environment(), stdout=log, stderr=log, start_new_session=True
        )
    try:
        eventually(lambda: list(on_sqlite.mailbox.glob("*.eml")), "the message is captured")
        worker.terminate()
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
    assert alone.log.read_text() == ""
