"""What the product costs over the bare minimum: pages read, signatures kept.

Each figure is a ratio to a floor (`rig/bare.py`) behind the same server with the same options, measured in turns with
it within the same minute: a slow or busy machine slows both. The client is wrk (`apt-get install wrk`); one written in
Python would be the slower part. Run from the root of the repository; takes about two minutes, listens on loopback only
and leaves nothing behind.
"""

from __future__ import annotations

import os
import re
import signal
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
from itertools import count
from pathlib import Path
from types import FrameType
from typing import TypeVar

from rig import bare
from rig.wrk import CONNECTIONS, Round, fire, signing_script
from sqlalchemy import func, select

from campaign.cli.serving import GRANIAN, held
from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, Message, Signature
from campaign.vocabulary import ActionStatus, MessageKind, MessageStatus

T = TypeVar("T")
SECONDS = 4
PAGE_ROUNDS, SIGN_ROUNDS = 5, 5
PAGE_TARGET, SIGN_TARGET = 2.0, 0.6
# The floors are Flask and nothing else: two processes of two threads.
FLOOR = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "2")
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

        here = f"http://127.0.0.1:{port}"
        with granian("bare:page", home) as floor:
            page = in_turns(
                "action page",
                PAGE_TARGET,
                PAGE_ROUNDS,
                lambda: fire(f"{here}{path}", SECONDS),
                lambda: fire(f"http://127.0.0.1:{floor}/", SECONDS),
            )

        database = home / "bare.db"
        bare.prepare(str(database))
        token, rounds = token_of(html), count()
        answered = {"ours": 0, "floor": 0}
        with granian("bare:insert", home) as floor:

            def sign(whose: str, base: str, form: str) -> Round:
                result = fire(base, SECONDS, signing_script(home, f"{whose}-{next(rounds)}", form, token))
                answered[whose] += result.answered
                if whose == "ours":
                    wait_until_posted(storage)  # the mails of our turn must not be sent in the floor's
                return result

            kept = in_turns(
                "signature, durable",
                SIGN_TARGET,
                SIGN_ROUNDS,
                lambda: sign("ours", here, f"{path}/sign"),
                lambda: sign("floor", f"http://127.0.0.1:{floor}", "/"),
            )
            told = check_kept(storage, answered["ours"])
        with sqlite3.connect(database) as connection:
            rows = connection.execute("SELECT count(*) FROM signatures").fetchone()[0]
        if not answered["floor"] <= rows <= answered["floor"] + (SIGN_ROUNDS + 1) * CONNECTIONS:
            raise SystemExit(f"The floor answered {answered['floor']} forms and kept {rows}.")

    print(f"{'':<22}{'ratio to its floor':>20}   {'target':<15}{'':<9}{'ours, a second':>22}{'floor, a second':>22}")
    print(page)
    print(kept)
    print(told)


# What is measured


def in_turns(name: str, target: float, rounds: int, ours: Callable[[], Round], floor: Callable[[], Round]) -> Figure:
    """Both, one after the other, `rounds` times after one that only warms up."""
    pairs = [(ours().per_second, floor().per_second) for _ in range(rounds + 1)][1:]
    return Figure(name, target, [pair[0] for pair in pairs], [pair[1] for pair in pairs])


def token_of(html: bytes) -> str:
    """The token of the signing form: everyone who was served the same page may use it."""
    found = re.search(r'name="token" value="([^"]+)"', html.decode())
    if found is None:
        raise SystemExit("The page has no signing form.")
    return found[1]


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


def check_kept(storage: Storage, answered: int) -> str:
    """Count what the crowd signed; the run ends if less is stored than was answered, or anything twice."""
    with storage.reading() as session:
        crowd = (
            select(Signature.id, func.count(Message.id))
            .join(Message, (Message.signature_id == Signature.id) & (Message.kind == MessageKind.CONFIRM))
            .where(Signature.country == "NO", Signature.message.is_not(None))
            .group_by(Signature.id)
        )
        owed = [messages for _id, messages in session.execute(crowd)]
    # What was on its way when the time of a round was over is stored, and was not counted by the client.
    under_way = (SIGN_ROUNDS + 1) * CONNECTIONS
    if not answered <= len(owed) <= answered + under_way or set(owed) != {1}:
        raise SystemExit(f"{answered} signatures were answered, {len(owed)} are stored; messages each: {set(owed)}.")
    return f"All {answered} answered signatures are stored, each with its one confirmation message."


# What runs meanwhile


@contextmanager
def installation(home: Path) -> Iterator[int]:
    """The whole product, web and worker, as `campaign serve` runs it, with the demonstration loaded; its port."""
    environment = {**_environment(home), "CAMPAIGN_SCREENING": "off", "CAMPAIGN_WEB_PROCESSES": "2"}
    campaign = (str(Path(sys.executable).with_name("campaign")),)
    for step in ("init", "demo"):
        subprocess.run([*campaign, step, "--quiet"], env=environment, cwd=ROOT, check=True)
    with _running([*campaign, "serve", "--port", "0"], environment) as said:
        yield port_told(said)


@contextmanager
def granian(floor: str, home: Path) -> Iterator[int]:
    """One of the floors behind the product's server; its port."""
    environment = {**_environment(home), "BARE_PAGE": str(home / "page.html"), "BARE_DATABASE": str(home / "bare.db")}
    environment["PYTHONPATH"] = str(Path(bare.__file__).parent)
    with held("127.0.0.1", 0) as holding:  # shared with the floor's server, and with nobody else
        port: int = holding.getsockname()[1]
        command = [sys.executable, "-m", "granian", floor, "--factory", "--port", str(port), *FLOOR, *GRANIAN]
        with _running(command, environment) as said:
            wait_for(lambda: _answers(f"http://127.0.0.1:{port}/"), said)
            yield port


@contextmanager
def state(home: Path) -> Iterator[Storage]:
    """The installation's database, to look into."""
    storage = Storage(Settings.from_environment({"CAMPAIGN_HOME": str(home)}))
    try:
        yield storage
    finally:
        storage.dispose()


@dataclass(frozen=True)
class Said:
    """A process that runs, and what it has written."""

    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Said]:
    # In a session of its own, so that Ctrl-C comes to us alone and we stop it, whatever else goes wrong.
    with tempfile.NamedTemporaryFile(prefix="campaign-bench-", suffix=".log") as log:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=ROOT, start_new_session=True, stdout=log, stderr=log
        )
        try:
            yield Said(process, Path(log.name))
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def port_told(said: Said) -> int:
    """The port that `campaign serve` printed when it answered."""
    found = wait_for(lambda: re.search(r"Campaign is at http://127\.0\.0\.1:(\d+)/", said.log.read_text()), said)
    return int(found[1])


def wait_for(condition: Callable[[], T], said: Said) -> T:
    """What `condition` returns once it is truthy; ends the run if the process ends, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not (result := condition()):
        if said.process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"It did not start: {said.log.read_text()}")
        time.sleep(0.1)
    return result


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


def _spread(values: Sequence[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    main()
