"""An update on its way to many, while the worker is killed and the mail server refuses.

What SMTP allows: a message is handed over when the server answers the end of its data with 250. A worker that is killed
between that answer and its own record of it cannot know, and must send the message again: to lose it would be worse.
One worker has one message in hand at a time, so each kill costs at most one message that comes twice; both carry the
same Message-ID, by which the reader's server, or their mail program, can tell that they are one. Everything else
comes exactly once: nobody is left out, and a server that refuses for a while changes nothing of that.

400 supporters by default; `CAMPAIGN_TEST_SUPPORTERS=5000` for more.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from campaign import clock
from campaign.cases import updates
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature, Update
from campaign.vocabulary import Disclosure, MessageStatus, Role, SignatureStatus, UpdateStatus
from tests import made
from tests.faults.served import eventually
from tests.mail.post_office import PostOffice, post_office

pytestmark = [pytest.mark.faults, pytest.mark.databases]

SUPPORTERS = int(os.environ.get("CAMPAIGN_TEST_SUPPORTERS", "400"))
KILLS = 2


@contextmanager
def worker(settings: Settings, office: PostOffice) -> Iterator[subprocess.Popen[bytes]]:
    """`campaign worker` in live mode; killed with -9 at the end of the block, unless it was told to end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGN_", "PYTEST_"))}
    environment = {
        **kept,
        "CAMPAIGN_MODE": "live",
        "CAMPAIGN_HOME": str(settings.home),
        "CAMPAIGN_DATABASE_URL": settings.database_url,
        "CAMPAIGN_MAIL_URL": office.url(),
        "CAMPAIGN_FILES_URL": settings.files_url,
        "CAMPAIGN_BASE_URL": "https://campaign.test",
        "CAMPAIGN_SECRET_KEY": settings.secret_key,
        "CAMPAIGN_DATA_KEYS": ",".join(settings.data_keys),
    }
    with (settings.home / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "campaign.jobs"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def supporters(storage: Storage, many: int) -> list[str]:
    """Confirmed signatures of people who asked for news, put into the table at once; their addresses."""
    addresses = [f"supporter-{n}@example.org" for n in range(many)]
    now = clock.now()
    rows = [
        {
            "action_id": 1,
            "reference": (reference := secrets.token_bytes(16)),
            "status": SignatureStatus.CONFIRMED,
            "email": storage.vault.encrypt(email, "signatures.email", reference),
            "email_hash": storage.vault.keyed_hash("e-mail", email),
            "seat": 1,
            "name": storage.vault.encrypt("Ada Lovelace", "signatures.name", reference),
            "country": "GB",
            "disclosure": Disclosure.PUBLIC,
            "updates": True,
            "locale": "en",
            "consent_text_id": 1,
            "created_at": now,
            "expires_at": now,
            "confirmed_at": now,
            "confirmed_on": now.date(),
            "counts": True,
            "tallied": True,
        }
        for email in addresses
    ]
    with storage.writing() as session:
        made.action(session)
        session.execute(insert(Signature), rows)
    return addresses


def queued(storage: Storage) -> None:
    """An update is written and sent off."""
    now, vault = clock.now(), storage.vault
    with storage.writing() as session:
        who = Invitee("Ed Itor", "ed@office.example", Role.EDITOR)
        editor = organisers.actor(organisers.add(session, vault, COMMAND_LINE, who, now))
        draft = updates.begin(session, vault, editor, "renew-the-cards", now)
        updates.write(session, vault, editor, draft.id, {"en": updates.News("News", "The cards are renewed.")}, {}, now)
        updates.queue(session, vault, editor, draft.id, now)


def time_passes(storage: Storage) -> None:
    """The leases of dead workers run out, and the pauses after a refusal: minutes that no test should wait for."""
    past = clock.now() - timedelta(seconds=1)
    with storage.writing() as session:
        session.execute(update(Message).where(Message.status == MessageStatus.LEASED).values(leased_until=past))
        session.execute(update(Message).where(Message.status == MessageStatus.PENDING).values(due_at=past))


def counted(storage: Storage, *conditions: object) -> int:
    with storage.reading() as session:
        return int(session.scalar(select(func.count(Message.id)).where(*conditions)) or 0)  # type: ignore[arg-type]


def test_an_update_reaches_everyone_exactly_once_as_far_as_smtp_allows(settings: Settings, storage: Storage) -> None:
    everyone = supporters(storage, SUPPORTERS)
    queued(storage)
    with post_office() as office:
        with worker(settings, office):
            arrives(office, lambda: len(office.taken) >= SUPPORTERS // 5)
        time_passes(storage)

        # The server is there, and will have nothing for a while.
        office.refusals["*"] = 451
        with worker(settings, office):
            refused = Message.problem == "SMTP 451"
            eventually(lambda: counted(storage, refused) >= 20, "the server has refused")
            before = len(office.taken)
            office.refusals.clear()
            time_passes(storage)
            arrives(office, lambda: len(office.taken) >= before + SUPPORTERS // 5)
        time_passes(storage)

        with worker(settings, office) as last:
            arrives(office, lambda: _over(storage))
            last.send_signal(signal.SIGTERM)
            assert last.wait(60) == 0
        arrived = list(office.taken)

    copies: dict[str, list[str]] = defaultdict(list)
    for message in arrived:
        copies[str(message["To"])].append(str(message["Message-ID"]))
    assert sorted(copies) == sorted(everyone)  # nobody was left out
    twice = {to: ids for to, ids in copies.items() if len(ids) > 1}
    assert sum(len(ids) - 1 for ids in twice.values()) <= KILLS
    assert all(len(set(ids)) == 1 for ids in twice.values())  # and who got it twice can tell
    with storage.reading() as session:
        owed = Counter(session.scalars(select(Message.signature_id).where(Message.update_id.is_not(None))))
        settled = set(session.scalars(select(Message.status).where(Message.update_id.is_not(None))))
    assert len(owed) == SUPPORTERS
    assert set(owed.values()) == {1}
    assert settled == {MessageStatus.SENT}


def arrives(office: PostOffice, enough: Callable[[], bool]) -> None:
    """Wait as long as mail goes on arriving, however many there are."""
    while not enough():
        so_far = len(office.taken)
        eventually(lambda so_far=so_far: len(office.taken) > so_far or enough(), "mail arrives")


def _over(storage: Storage) -> bool:
    with storage.reading() as session:
        return session.scalars(select(Update.status)).one() is UpdateStatus.SENT
