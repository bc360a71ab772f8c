"""The mailbox that reports come to, on a real IMAP server: read once, whatever lies in it."""

from __future__ import annotations

import imaplib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import update

from campaign.appeals.relay import bounce_mailbox, incoming
from campaign.appeals.relay.bounces import Recorded
from campaign.errors import Incomplete, Temporary
from campaign.mail import mailboxes, reports, trial
from campaign.mail.reports import Report, Verdict, message_id
from campaign.mail.trial import Arrived
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Letter
from campaign.vocabulary import IncomingKind, LetterStatus
from tests import made
from tests.appeals.entrusted import one, queued, signed
from tests.conftest import settings_for
from tests.mail.post_office import post_office
from tests.mail.reports import report

USER, PASSWORD = "reports", "a/pass:word"


@pytest.fixture
def port() -> Iterator[int]:
    """Where a real IMAP server listens, with an empty mailbox of `USER`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = int(free.getsockname()[1])
    command = [
        sys.executable,
        "-c",
        "from pymap.main import main; main()",
        "--host",
        "127.0.0.1",
        "--port",
        str(number),
    ]
    command += ["--no-tls", "--no-service", "admin", "--no-service", "managesieve", "dict"]
    command += ["--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    server = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, "the IMAP server ended"
                time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait(10)


def url(port: int, password: str = "a%2Fpass%3Aword", folder: str = "INBOX") -> str:
    return f"imap://{USER}:{password}@127.0.0.1:{port}/{folder}?tls=none"


def put(port: int, *mails: bytes) -> None:
    """Empty the mailbox, and put these into it."""
    server = imaplib.IMAP4("127.0.0.1", port)
    server.login(USER, PASSWORD)
    server.select("INBOX")
    server.store("1:*", "+FLAGS", r"(\Deleted)")
    server.expunge()
    for mail in mails:
        server.append("INBOX", "", "", mail)
    server.logout()


@pytest.fixture
def sent(on_sqlite: Settings) -> tuple[Storage, int]:
    """An installation with one letter that went."""
    storage = Storage(on_sqlite)
    with storage.writing() as session:
        made.action(session)
    letter_id = queued(storage, signed(storage))
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=made.NOON))
    return storage, letter_id


def live(settings: Settings, bounces_url: str) -> Settings:
    return settings_for(settings.home, mode="live", database_url=settings.database_url, bounces_url=bounces_url)


def test_what_is_unseen_is_read_once_and_stays_for_people_to_see(
    port: int, sent: tuple[Storage, int], on_sqlite: Settings
) -> None:
    storage, letter_id = sent
    mail = EmailMessage()
    mail["Message-ID"] = message_id(storage.vault, letter_id, "campaign.test")
    put(port, b"From: someone@example.org\r\n\r\nHello.\r\n", report(mail), report(mail))
    done = bounce_mailbox.collect(live(on_sqlite, url(port)), storage)
    assert done == {Recorded.WAITS: 1, Recorded.BOUNCED: 1, Recorded.KNOWN: 1}
    assert one(storage, letter_id).status is LetterStatus.BOUNCED
    assert not bounce_mailbox.collect(live(on_sqlite, url(port)), storage)
    with mailboxes.opened(url(port)) as mailbox:
        assert mailbox.unseen() == []
        assert mailbox.read("999999") is None


def test_what_is_too_large_to_read_or_no_mail_waits_for_a_person_on_the_board(
    port: int, sent: tuple[Storage, int], on_sqlite: Settings
) -> None:
    """A minister's answer with a scan of 6 MB lay unread in the mailbox, and nobody was told."""
    storage, letter_id = sent
    answer = EmailMessage()
    answer["From"], answer["Subject"] = "minister@example.invalid", "Re: Renew the cards"
    answer["In-Reply-To"] = message_id(storage.vault, letter_id, "campaign.test")
    answer.set_content("We renewed the cards. The decree is attached.")
    answer.add_attachment(b"x" * (reports.LARGEST + 1), maintype="image", subtype="tiff", filename="decree.tif")
    put(port, answer.as_bytes(), b"no header of any mail\r\n\r\nat all\r\n")
    done = bounce_mailbox.collect(live(on_sqlite, url(port)), storage)
    assert done == {Recorded.WAITS: 2}
    with storage.reading() as session:
        waiting = {it.sender: it for it in incoming.listed(session, storage.vault)}
        assert incoming.waiting(session).total() == 2
    kept = waiting["minister@example.invalid"]
    assert (kept.kind, kept.subject, kept.of_letter) == (IncomingKind.REPLY, "Re: Renew the cards", True)
    assert "too large to read here (6.8 MB)" in kept.words and "We renewed the cards." in kept.words
    assert "no e-mail that a program could read" in waiting[""].words
    assert not bounce_mailbox.collect(live(on_sqlite, url(port)), storage)


def test_a_report_that_returns_a_large_letter_is_read_by_its_beginning(
    port: int, sent: tuple[Storage, int], on_sqlite: Settings
) -> None:
    storage, letter_id = sent
    mail = EmailMessage()
    mail["Message-ID"] = message_id(storage.vault, letter_id, "campaign.test")
    put(port, report(mail) + b"\r\n" + b"x" * reports.LARGEST)
    assert bounce_mailbox.collect(live(on_sqlite, url(port)), storage) == {Recorded.BOUNCED: 1}
    assert one(storage, letter_id).status is LetterStatus.BOUNCED


def test_a_wrong_password_or_folder_is_said_without_quoting_anything(port: int) -> None:
    for wrong in (url(port, password="wrong"), url(port, folder="Elsewhere")):
        with pytest.raises(Temporary) as said, mailboxes.opened(wrong):
            pass
        assert USER not in str(said.value)


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Temporary, match="ConnectionRefusedError"), mailboxes.opened(url(port)):
        pass


def test_the_demonstration_asks_no_server(
    sent: tuple[Storage, int], on_sqlite: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)
    demo = settings_for(on_sqlite.home, database_url=on_sqlite.database_url, bounces_url=url(1))
    assert not bounce_mailbox.collect(demo, sent[0])


@pytest.mark.parametrize(
    "wrong", ["", "mail.example.org", "imaps://", "imaps://host/INBOX", "imap://u@h?tls=perhaps", "imap://u@h:port"]
)
def test_an_address_of_no_mailbox_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(Incomplete, match="CAMPAIGN_BOUNCES_URL must look like imaps://"):
        mailboxes.address_of(wrong)


def test_an_address_is_read_with_what_goes_without_saying() -> None:
    at = mailboxes.address_of("imaps://a%40b:c%2Fd@mail.example.org")
    assert (at.host, at.port, at.user, at.password, at.folder, at.tls) == (
        "mail.example.org",
        993,
        "a@b",
        "c/d",
        "INBOX",
        "implicit",
    )


def test_the_return_address_is_proved_by_a_message_that_comes_back_to_it(port: int, on_sqlite: Settings) -> None:
    storage = Storage(on_sqlite)
    put(port)
    with post_office() as office:
        settings = replace(live(on_sqlite, url(port)), mail_url=office.url(), bounces_address="bounces@act.example.org")
        # What the mail server took lies in the mailbox a moment later, as a real one puts it there.
        arrives = bounce_mailbox.prove(
            settings, storage, "appeals@act.example.org", lambda _: put(port, office.taken[-1].as_bytes())
        )
        lost = bounce_mailbox.prove(settings, storage, "appeals@act.example.org", lambda _: None)
    assert arrives is None
    assert lost is not None and "did not arrive" in lost
    assert [to for _, (to,) in office.envelopes] == [envelope for envelope, _ in office.envelopes]


def test_of_a_trial_it_is_told_how_it_arrived_or_that_it_came_back(port: int, on_sqlite: Settings) -> None:
    storage = Storage(on_sqlite)
    put(port)

    def tried(as_it_comes: Callable[[EmailMessage], bytes]) -> Arrived | Report | None:
        with post_office() as office:
            settings = replace(live(on_sqlite, url(port)), mail_url=office.url())
            number = trial.new_number()
            trial.send(settings, storage.vault, "appeals@act.example.org", "you@example.net", made.NOON, number)
            return trial.outcome(url(port), storage.vault, number, lambda _: put(port, as_it_comes(office.taken[-1])))

    told = b"Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=x; dkim=fail header.d=y; dmarc=pass\r\n"
    came = tried(lambda mail: told + mail.as_bytes())
    assert isinstance(came, Arrived)
    assert came.verdicts == {"spf": "pass", "dkim": "fail", "dmarc": "pass"}
    back = tried(report)
    assert isinstance(back, Report)
    assert back.verdict is Verdict.DEAD
    assert tried(lambda _: b"From: someone@example.org\r\n\r\nHello.\r\n") is None
