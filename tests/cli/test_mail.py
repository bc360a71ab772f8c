"""`campaign bounce`: a mail server hands a report over, and hears in one sentence what was done."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from campaign.appeals.relay import incoming
from campaign.cli import main
from campaign.mail.reports import message_id
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Letter, Official
from campaign.vocabulary import IncomingKind, LetterStatus
from tests import made
from tests.appeals.entrusted import one, queued, signed
from tests.mail.reports import report


@pytest.fixture
def sent(on_sqlite: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[Storage, int]:
    """An installation in the environment, with one letter that went."""
    for name, value in {
        "CAMPAIGN_HOME": str(on_sqlite.home),
        "CAMPAIGN_DATABASE_URL": on_sqlite.database_url,
        "CAMPAIGN_DATA_KEYS": ",".join(on_sqlite.data_keys),
        "CAMPAIGN_SECRET_KEY": on_sqlite.secret_key,
    }.items():
        monkeypatch.setenv(name, value)
    storage = Storage(on_sqlite)
    with storage.writing() as session:
        made.action(session)
    letter_id = queued(storage, signed(storage))
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=made.NOON))
    return storage, letter_id


def bounce(raw: bytes) -> Result:
    return CliRunner().invoke(main, ["bounce"], input=raw)


def test_a_report_is_recorded_once_and_nobody_s_address_is_said(sent: tuple[Storage, int]) -> None:
    storage, letter_id = sent
    mail = EmailMessage()
    mail["Message-ID"] = message_id(storage.vault, letter_id, "campaign.test")
    first, second = bounce(report(mail)), bounce(report(mail))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "bounced" in first.output
    assert "already recorded" in second.output
    assert "@" not in first.output + second.output
    assert one(storage, letter_id).status is LetterStatus.BOUNCED
    with storage.reading() as session:
        assert session.scalars(select(Official.email_bounced_at)).one() is None  # it was not sent to this address


@pytest.mark.parametrize("raw", [b"", b"hello\n", b"\x00\x01"])
def test_what_is_no_mail_is_refused_in_one_sentence(sent: tuple[Storage, int], raw: bytes) -> None:
    said = bounce(raw)
    assert said.exit_code == 2
    assert said.output.startswith("campaign: This is not an e-mail")


def test_a_mail_that_is_no_report_changes_nothing_and_is_kept_for_somebody(
    sent: tuple[Storage, int], tmp_path: Path
) -> None:
    storage, letter_id = sent
    said = bounce(b"From: someone@example.org\r\nSubject: Hello\r\n\r\nHello.\r\n")
    assert said.exit_code == 0
    assert "kept under Incoming mail" in said.output
    with storage.reading() as session:
        assert incoming.waiting(session) == {IncomingKind.REPLY: 1}
    assert one(storage, letter_id).status is LetterStatus.SENT


def test_a_mail_that_is_too_large_to_read_is_kept_for_somebody(sent: tuple[Storage, int]) -> None:
    storage, _ = sent
    said = bounce(b"From: someone@example.org\r\nSubject: A scan\r\n\r\n" + b"x" * 6 * 1024**2)
    assert said.exit_code == 0 and "kept under Incoming mail" in said.output
    with storage.reading() as session:
        (kept,) = incoming.listed(session, storage.vault)
    assert (kept.subject, "too large to read here (6.0 MB)" in kept.words) == ("A scan", True)


def test_a_demonstration_sends_no_trial(sent: tuple[Storage, int]) -> None:
    refused = CliRunner().invoke(main, ["check", "--mail", "you@example.org"])
    assert refused.exit_code == 2
    assert "nothing leaves this machine" in refused.output
