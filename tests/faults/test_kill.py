"""What survives: processes are killed as a failing machine would, and nothing that was answered is lost."""

from __future__ import annotations

import http.client
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import count

import pytest
from sqlalchemy import func, select, text, update

from campaign import clock
from campaign.appeals.signing.addresses import normal_form
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature
from campaign.vocabulary import MessageKind, MessageStatus
from tests import made
from tests.faults.served import Served, alive, eventually

pytestmark = [pytest.mark.faults, pytest.mark.databases]

THREADS = 8
ENOUGH = 60  # answered signings after which the machine may fail
MOST = 400  # and after which nobody else comes, however long the machine then goes on


class Crowd:
    """People who sign at the same time, each once, and go home when nobody answers any more."""

    def __init__(self, served: Served) -> None:
        self.answered: list[str] = []
        self.turned_away: list[str] = []
        self._served, self._token, self._numbers = served, served.token(), count()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._sign, daemon=True) for _ in range(THREADS)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _sign(self) -> None:
        while not self._over.is_set() and len(self.answered) < MOST:
            email = f"supporter-{next(self._numbers)}@example.org"
            form = {
                "name": "Ada Lovelace",
                "email": email,
                "country": "GB",
                "disclosure": "public",
                "token": self._token,
            }
            try:
                answer = self._served.ask("POST", "/en/actions/renew-the-cards/sign", form)
            except (OSError, http.client.HTTPException) as silence:
                self.turned_away.append(repr(silence))
                return  # no answer, so nothing was promised
            if answer.status == 200:
                self.answered.append(email)
            else:
                self.turned_away.append(str(answer.status))


def captured(settings: Settings) -> list[str]:
    """To whom mail was captured."""
    read = [message_from_bytes(it.read_bytes(), policy=policy.default) for it in settings.mailbox.glob("*.eml")]
    return [str(it["To"]) for it in read]


def mails(settings: Settings) -> int:
    """How many messages were captured."""
    return len(list(settings.mailbox.glob("*.eml")))


def leases_run_out(storage: Storage) -> int:
    """Let the time pass for which dead workers hold messages; returns how many they held.

    A lease lasts five minutes, which no test should wait for: the clock of the rows is put back instead.
    """
    with storage.writing() as session:
        held = session.execute(
            update(Message)
            .where(Message.status == MessageStatus.LEASED)
            .values(leased_until=clock.now() - timedelta(seconds=1))
            .returning(Message.id)
        ).all()
    return len(held)


def sound(storage: Storage) -> bool:
    """Whether the database itself finds nothing broken."""
    with storage.reading() as session:
        if storage.engine.dialect.name == "sqlite":
            broken = session.execute(text("PRAGMA foreign_key_check")).all()
            return not broken and session.scalar(text("PRAGMA integrity_check")) == "ok"
        # PostgreSQL checks keys as it writes; a read of every row shows that each can be read.
        return session.scalar(select(func.count(Message.id)).join(Signature)) == session.scalar(
            select(func.count(Message.id))
        )


def test_when_every_process_is_killed_under_load_no_answered_signature_and_no_message_is_lost(
    settings: Settings, storage: Storage, serving: Callable[..., Served]
) -> None:
    with storage.writing() as session:
        made.action(session)
    storage.dispose()
    served = serving(settings)
    served.start()
    with Crowd(served) as crowd:
        # In the middle of it all: people sign, and the worker is at its mail.
        eventually(lambda: len(crowd.answered) >= ENOUGH and mails(settings), "a crowd has signed")
        assert crowd.turned_away == [], served.log.read_text()
        served.kill()
    answered = list(crowd.answered)

    leases_run_out(storage)
    assert sound(storage)
    with storage.reading() as session:
        stored = Counter(session.scalars(select(Signature.email_hash)))
        owed = Counter(session.scalars(select(Message.signature_id).where(Message.kind == MessageKind.CONFIRM)))
        rows = session.execute(select(Signature.id, Signature.email, Signature.reference)).all()
    storage.dispose()

    hashes = [storage.vault.keyed_hash("e-mail", normal_form(it)) for it in answered]
    assert [it for it in hashes if stored[it] != 1] == []
    assert owed == Counter(row.id for row in rows)  # each signature has its message, and none has two
    assert set(stored.values()) == {1}

    served.start()
    everyone = Counter(storage.vault.decrypt(row.email, "signatures.email", row.reference) for row in rows)
    eventually(lambda: mails(settings) >= len(rows), "every message is sent")
    assert Counter(captured(settings)) == everyone
    assert served.stop() == 0
    with storage.reading() as session:
        states = set(session.scalars(select(Message.status)))
    assert states == {MessageStatus.SENT}
    assert Counter(captured(settings)) == everyone  # and it stayed so


def test_what_is_killed_alone_is_started_again_and_all_of_it_stops_when_told(served: Served) -> None:
    worker = served.worker()
    assert worker is not None
    worker.kill()
    # A process that was killed is seen for a moment longer.
    eventually(lambda: served.worker() not in {None, worker}, "the worker is started again")

    _, before = served.web()
    before[0].kill()
    eventually(lambda: not alive(before[0]) and served.complete(), "the process is replaced")

    # The web server's first process dies: those it kept must not serve on beside the ones of the next.
    first, kept = served.web()
    assert first is not None
    first.kill()
    eventually(lambda: served.web()[0] not in {None, first} and served.complete(), "it is started again")
    assert [it for it in kept if alive(it)] == []
    assert served.ready()

    assert served.stop(signal.SIGTERM) == 0
    assert served.processes() == []
    assert "Traceback" not in served.log.read_text()


def test_ctrl_c_stops_everything(served: Served) -> None:
    assert served.stop(signal.SIGINT) == 0
    assert served.processes() == []
    assert "Traceback" not in served.log.read_text()


def test_a_supervisor_that_is_killed_leaves_nobody_serving(served: Served) -> None:
    assert served.supervisor is not None
    os.kill(served.supervisor.pid, signal.SIGKILL)
    served.supervisor.wait()
    eventually(lambda: not served.processes(), "the rest ends by itself")
    with pytest.raises(ConnectionRefusedError):
        served.ask("GET", "/healthz")


def test_nobody_serves_on_when_the_supervisor_and_the_web_servers_first_process_are_killed(served: Served) -> None:
    first, kept = served.web()
    assert served.supervisor is not None and first is not None and kept
    # Stopped, so that neither can tell the others anything in its last moment.
    os.kill(served.supervisor.pid, signal.SIGSTOP)
    first.suspend()
    first.kill()
    os.kill(served.supervisor.pid, signal.SIGKILL)
    served.supervisor.wait()
    eventually(lambda: not served.processes(), "those it kept end by themselves")
    with pytest.raises(ConnectionRefusedError):
        served.ask("GET", "/healthz")
