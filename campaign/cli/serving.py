"""Serving: web, worker and schedule in one command, each a process that is started again when it dies."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from campaign.cli.place import opened
from campaign.crew import Member, keep_running
from campaign.errors import Refused
from campaign.settings import Settings

WORKER = [sys.executable, "-m", "campaign.jobs"]
# Connections that one process holds open: one that is slow costs a few kilobytes and no thread.
CONNECTIONS = 4_096
# How Granian serves, whatever the application and the address: `bench/` gives the same to what it compares with.
GRANIAN = (
    *("--backlog", "1024", "--respawn-failed-workers"),
    *("--workers-kill-timeout", "10", "--log-level", "warning", "--no-ws", "--http", "1"),
)
# The head of a request comes in within this time, or the line is closed: milliseconds.
HEAD = ("--http1-header-read-timeout", "10000", "--backpressure", str(CONNECTIONS))
HOST = click.option("--host", default="127.0.0.1", show_default=True, help="The network address to listen on.")
PORT = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 takes a free one and prints it.",
)


@click.command()
@HOST
@PORT
def serve(host: str, port: int) -> None:
    """Run the web server, the worker and the scheduler."""
    _serve(host, port, with_worker=True)


@click.command()
@HOST
@PORT
def web(host: str, port: int) -> None:
    """Serve pages alone: where workers run on other machines."""
    _serve(host, port, with_worker=False)


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), help="How many workers; CAMPAIGN_WORKERS (1) if not said.")
def worker(processes: int | None) -> None:
    """Run workers and their schedule alone, until Ctrl-C: where the web stands on other machines."""
    with opened() as place:
        number = processes or place.settings.workers
        told_to = {**os.environ, "CAMPAIGN_HOME": str(place.settings.home)}
    keep_running(workers(number, niceness=0), told_to)


def workers(number: int, niceness: int = 10) -> list[Member]:
    """So many workers, behind those who read and sign in the machine's queue."""
    names = ["worker"] if number == 1 else [f"worker {n}" for n in range(1, number + 1)]
    return [Member(name, WORKER, niceness) for name in names]


def _serve(host: str, port: int, *, with_worker: bool) -> None:
    with opened() as place:
        settings = place.settings
    # Held until the very end: what serves shares it (SO_REUSEPORT), and nobody else can take it meanwhile.
    with held(host, port) as socket_held:
        port = socket_held.getsockname()[1]
        told_to = environment(settings, host, port) | counting(settings)
        command = [sys.executable, "-m", "campaign.granian", "rsgi:app", "--interface", "rsgi"]
        command += ["--host", host, "--port", str(port), "--workers", str(settings.web_processes), *GRANIAN, *HEAD]
        crew = [Member("web", command)]
        if with_worker:
            crew += workers(settings.workers)
        told = f"Campaign is at {told_to['CAMPAIGN_BASE_URL']}/"
        if settings.demo:
            told += f" (demonstration; its mailbox: {told_to['CAMPAIGN_BASE_URL']}/demo/mailbox). Ctrl-C stops it."
        elif urlsplit(told_to["CAMPAIGN_BASE_URL"]).port != port:
            told += f", listening on {address(host, port)}"
        keep_running(crew, told_to, told, (host, port, socket_held.fileno()))


@contextlib.contextmanager
def held(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken and never let go of; 0 is whichever is free. Raises `Refused` if something has it already.

    It is taken as if for ourselves alone: so a second installation is refused, which would otherwise share the port
    without a word and answer every other request. Then it is opened to sharing, for our own web server.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what only lingers is not in the way
        try:
            holding.bind((host, port))
        except OSError as error:
            raise Refused(
                "Port %(port)s on %(host)s is not available (%(why)s). Stop the program that uses it, or choose "
                "another port with --port.",
                port=port,
                host=host,
                why=error.strerror or "unknown",
            ) from error
        # Else a second one could take it too, for as long as nobody listens on it yet.
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield holding


def environment(settings: Settings, host: str, port: int) -> dict[str, str]:
    """What the processes are told: this environment, with the home and the public address as they were found."""
    base_url = settings.base_url
    if "CAMPAIGN_BASE_URL" not in os.environ and "CAMPAIGN_BASE_URL_FILE" not in os.environ:
        base_url = address(host, port)
    return {**os.environ, "CAMPAIGN_HOME": str(settings.home), "CAMPAIGN_BASE_URL": base_url}


def counting(settings: Settings) -> dict[str, str]:
    """Where the processes of this machine count together, emptied: what counted there before has ended."""
    if not settings.metrics_token:
        return {}
    folder = settings.home / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def address(host: str, port: int) -> str:
    """Where a browser finds it."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://{f'[{here}]' if ':' in here else here}:{port}"


COMMANDS = (serve, web, worker)
