"""What the product costs over the bare minimum: pages read, signatures kept.

Each figure is a ratio to a floor (`rig/bare.py`) behind the same server with the same options, measured in turns with
it within the same minute: a slow or busy machine slows both. Run from the root of the repository; takes about a minute,
listens on loopback only and leaves nothing behind.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlencode

from rig import bare
from rig.load import Result, fire
from sqlalchemy import func, select

from campaign.appeals.signing.addresses import normal_form
from campaign.cli.serving import GRANIAN
from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, Message, Signature
from campaign.vocabulary import ActionStatus, MessageKind, MessageStatus

CONNECTIONS = 16
PAGE_ROUNDS, PAGES = 7, 3000
SIGN_ROUNDS, SIGNATURES = 7, 500
PAGE_TARGET, SIGN_TARGET = 0.6, 0.35
START_SECONDS, POSTED_SECONDS = 60.0, 60.0


@dataclass(frozen=True)
class Figure:
    """What was measured of one thing: rates a second of the product and of its floor, round by round."""

    name: str
    target: float
    ours: list[float]
    floor: list[float]

    def __str__(self) -> str:
        ratios = [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]
        verdict = "reached" if statistics.median(ratios) >= self.target else "MISSED"
        return (
            f"{self.name:<22}{_spread(ratios, '.2f'):>20}   at least {self.target:<6}{verdict:<9}"
            f"{_spread(self.ours, '.0f'):>22}{_spread(self.floor, '.0f'):>22}"
        )


def main() -> None:
    """Measure both and print the table."""
    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="campaign-bench-")))
        port = stack.enter_context(installation(home))
        storage = stack.enter_context(state(home))
        path = f"/en/actions/{open_action(storage)}"
        html = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read()
        (home / "page.html").write_bytes(html)

        with granian("bare:page", home) as floor:
            ours, theirs = [get(path)] * PAGES, [get("/")] * PAGES
            page = in_turns(
                "action page",
                PAGE_TARGET,
                PAGE_ROUNDS,
                lambda: answered(fire(port, ours, CONNECTIONS), len(html)),
                lambda: answered(fire(floor, theirs, CONNECTIONS), len(html)),
            )

        database = home / "bare.db"
        bare.prepare(str(database))
        crowd = Crowd(html)
        with granian("bare:insert", home) as floor:

            def sign() -> Result:
                result = answered(fire(port, crowd.forms(f"{path}/sign", SIGNATURES), CONNECTIONS))
                wait_until_posted(storage)  # the mails of our turn must not be sent in the floor's
                return result

            kept = in_turns(
                "signature, durable",
                SIGN_TARGET,
                SIGN_ROUNDS,
                sign,
                lambda: answered(fire(floor, crowd.forms("/", SIGNATURES), CONNECTIONS)),
            )
            told = check_kept(storage, crowd.sent_to(f"{path}/sign"))
        with sqlite3.connect(database) as connection:
            rows = connection.execute("SELECT count(*) FROM signatures").fetchone()[0]
        if rows != len(crowd.sent_to("/")):
            raise SystemExit(f"The floor answered {len(crowd.sent_to('/'))} forms and kept {rows}.")

    print(f"{'':<22}{'ratio to its floor':>20}   {'target':<15}{'':<9}{'ours, a second':>22}{'floor, a second':>22}")
    print(page)
    print(kept)
    print(told)


# What is measured


def in_turns(name: str, target: float, rounds: int, ours: Callable[[], Result], floor: Callable[[], Result]) -> Figure:
    """Both, one after the other, `rounds` times after one that only warms up."""
    pairs = [(ours().per_second, floor().per_second) for _ in range(rounds + 1)][1:]
    return Figure(name, target, [pair[0] for pair in pairs], [pair[1] for pair in pairs])


def answered(result: Result, length: int | None = None) -> Result:
    """The round, if every request of it got its answer; the run ends if one did not: then nothing was measured."""
    # A page made anew after a few seconds may differ by a digit in its count.
    odd = length is not None and any(abs(it - length) > length // 100 for it in result.lengths)
    if odd or set(result.statuses) != {200}:
        raise SystemExit(f"Answers were not what they should be: {set(result.statuses)}, {set(result.lengths)} bytes.")
    return result


def get(path: str) -> bytes:
    """A request as a browser that has the page open already would send it, cut to what matters."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n".encode()


class Crowd:
    """People who sign, each once, with the token of one cached page."""

    def __init__(self, html: bytes) -> None:
        found = re.search(r'name="token" value="([^"]+)"', html.decode())
        if found is None:
            raise SystemExit("The page has no signing form.")
        self._token = found[1]
        self._sent: dict[str, list[str]] = {}

    def forms(self, path: str, how_many: int) -> list[bytes]:
        """Posts of the signing form to `path`, no two with the same address."""
        return [self._form(path) for _ in range(how_many)]

    def sent_to(self, path: str) -> Sequence[str]:
        """The addresses in all forms for `path`."""
        return self._sent.get(path, [])

    def _form(self, path: str) -> bytes:
        person = secrets.token_hex(6)
        email = f"{person}@crowd.example.net"
        self._sent.setdefault(path, []).append(email)
        body = urlencode(
            {
                "name": f"Signer {person}",
                "email": email,
                "country": "NO",
                "disclosure": "public",
                "message": "Please let them stay.",
                "updates": "yes",
                "token": self._token,
            }
        )
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def open_action(storage: Storage) -> str:
    """The slug of the demonstration's open action."""
    with storage.reading() as session:
        return session.execute(select(Action.slug).where(Action.status == ActionStatus.OPEN)).scalars().one()


def wait_until_posted(storage: Storage) -> None:
    """Wait until the worker has sent what it owes to those who signed; staff have mail of their own."""
    deadline = time.monotonic() + POSTED_SECONDS
    owed = select(func.count()).where(Message.kind == MessageKind.CONFIRM, Message.status != MessageStatus.SENT)
    while time.monotonic() < deadline:
        with storage.reading() as session:
            if not session.scalar(owed):
                return
        time.sleep(0.2)
    raise SystemExit(f"The worker did not send its mails within {POSTED_SECONDS:.0f} seconds.")


def check_kept(storage: Storage, emails: Sequence[str]) -> str:
    """Look for every answered signature in the database; the run ends if one is not there exactly once."""
    with storage.reading() as session:
        seen = session.execute(
            select(Signature.email_hash, func.count(Message.id))
            .join(Message, (Message.signature_id == Signature.id) & (Message.kind == MessageKind.CONFIRM), isouter=True)
            .group_by(Signature.id)
        ).all()
    messages: dict[bytes | None, list[int]] = {}
    for email_hash, owed in seen:
        messages.setdefault(email_hash, []).append(owed)
    wrong = sum(messages.get(storage.vault.keyed_hash("e-mail", normal_form(email))) != [1] for email in emails)
    if wrong:
        raise SystemExit(f"{wrong} of {len(emails)} answered signatures are not stored exactly once with one message.")
    return f"All {len(emails)} answered signatures are stored exactly once, each with its one confirmation message."


# What runs meanwhile


@contextmanager
def installation(home: Path) -> Iterator[int]:
    """The whole product, web and worker, as `campaign serve` runs it, with the demonstration loaded; its port."""
    environment = {**_environment(home), "CAMPAIGN_SCREENING": "off"}
    campaign = (str(Path(sys.executable).with_name("campaign")),)
    for step in ("init", "demo"):
        subprocess.run([*campaign, step, "--quiet"], env=environment, cwd=ROOT, check=True)
    port = _free_port()
    with _running([*campaign, "serve", "--port", str(port)], environment, f"http://127.0.0.1:{port}/healthz"):
        yield port


@contextmanager
def granian(floor: str, home: Path) -> Iterator[int]:
    """One of the floors behind the product's server; its port."""
    port = _free_port()
    environment = {**_environment(home), "BARE_PAGE": str(home / "page.html"), "BARE_DATABASE": str(home / "bare.db")}
    environment["PYTHONPATH"] = str(Path(bare.__file__).parent)
    command = [sys.executable, "-m", "granian", floor, "--factory", "--port", str(port), *GRANIAN]
    with _running(command, environment, f"http://127.0.0.1:{port}/"):
        yield port


@contextmanager
def state(home: Path) -> Iterator[Storage]:
    """The installation's database, to look into."""
    storage = Storage(Settings.from_environment({"CAMPAIGN_HOME": str(home)}))
    try:
        yield storage
    finally:
        storage.dispose()


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], url: str) -> Iterator[None]:
    # In a session of its own, so that Ctrl-C comes to us alone and we stop it, whatever else goes wrong.
    process = subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"It did not start: {' '.join(command)}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _environment(home: Path) -> dict[str, str]:
    """This environment without its own `CAMPAIGN_*`: a live installation's settings have no business here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}
    return {**kept, "CAMPAIGN_HOME": str(home)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _spread(values: Sequence[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    main()
