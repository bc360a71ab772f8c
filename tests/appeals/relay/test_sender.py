"""Letters as mails: from our address in the supporter's name, answers to the supporter, nothing of machines."""

from __future__ import annotations

import io
import re
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pikepdf
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.relay import bounce_mailbox, bounces, incoming, queue, requests
from campaign.appeals.relay.bounces import Recorded
from campaign.appeals.relay.sender import Carrier
from campaign.appeals.supporter import my_signature
from campaign.jobs.sweeps import Jobs
from campaign.mail.reports import message_id
from campaign.office.audit import Actor
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Official, Organisation, Signature
from campaign.vocabulary import IncomingKind, LetterStatus
from tests import made
from tests.appeals.entrusted import all_of, one, queued, signed
from tests.conftest import settings_for
from tests.mail.post_office import PostOffice, post_office
from tests.mail.reports import report
from tests.printing.reading import by_pdfium

MONDAY = datetime(2025, 8, 4, 6, 0, tzinfo=UTC)
URDU = "وزیر صاحب، براہ کرم کارڈز کی تجدید کریں۔"


@pytest.fixture(autouse=True)
def at_eleven(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """It is Monday, eleven o'clock where the minister is; the list's one value is the time."""
    at = [MONDAY]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    return at


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def live(storage: Storage, settings: Settings, office: PostOffice) -> Settings:
    """An installation that sends over SMTP, with one open action whose official is cleared."""
    with storage.writing() as session:
        made.action(session, deadline=MONDAY.date() + timedelta(days=20))
        session.execute(update(Official).values(cleared_at=made.NOON))
    return settings_for(
        settings.home,
        database_url=settings.database_url,
        mode="live",
        mail_url=office.url(),
        base_url="https://campaign.test",
    )


def plain(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())


def pdf_of(message: EmailMessage) -> bytes:
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "letter.pdf")
    return bytes(attached.get_content())


def test_a_letter_arrives_as_its_writer_saw_it(live: Settings, storage: Storage, office: PostOffice) -> None:
    ada = signed(storage)
    letter_id = queued(storage, ada, "I ask you to renew the cards.")
    with storage.reading() as session:
        (mine,) = requests.letters_of(session, storage.vault, ada)
    assert Carrier(live, storage).carry() == 1
    assert Carrier(live, storage).carry() == 0
    (arrived,) = office.taken
    assert office.envelopes == [("appeals@example.org", ["minister@example.invalid"])]
    assert str(arrived["From"]) == "Ada Lovelace via Example Rights Office <appeals@example.org>"
    assert str(arrived["Reply-To"]) == "Ada Lovelace <ada@example.org>"
    assert str(arrived["To"]) == "Sample Minister <minister@example.invalid>"
    assert str(arrived["Subject"]) == "Renew the cards"
    assert str(arrived["Message-ID"]) == message_id(storage.vault, letter_id, "campaign.test")
    assert plain(arrived).replace("\r\n", "\n").strip() == mine.text
    pages = pikepdf.open(io.BytesIO(pdf_of(arrived))).pages
    assert len(pages) == 1
    assert "I ask you to renew the cards." in by_pdfium(pdf_of(arrived))
    assert one(storage, letter_id).status is LetterStatus.SENT


@pytest.mark.parametrize(("country", "day"), [("GB", "4 August 2025"), ("AS", "3 August 2025")])
def test_a_letter_carries_its_writer_s_day(
    live: Settings, storage: Storage, office: PostOffice, country: str, day: str
) -> None:
    queued(storage, signed(storage, country=country))
    Carrier(live, storage).carry()
    (arrived,) = office.taken
    assert day in by_pdfium(pdf_of(arrived))


def test_a_letter_says_nothing_of_machines_and_follows_nobody(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    queued(storage, signed(storage))
    Carrier(live, storage).carry()
    (arrived,) = office.taken
    for name in ("Auto-Submitted", "List-Unsubscribe", "Precedence", "X-Auto-Response-Suppress", "X-Mailer"):
        assert arrived[name] is None
    assert [it.get_content_type() for it in arrived.walk()] == ["multipart/mixed", "text/plain", "application/pdf"]
    assert "http" not in plain(arrived)


def test_a_letter_in_urdu_arrives_in_urdu(live: Settings, storage: Storage, office: PostOffice) -> None:
    ada = signed(storage, name="عائشہ خان")
    with storage.writing() as session:
        shown = requests.save_draft(session, storage.vault, ada, "renew-the-cards", 1, "ur", URDU, MONDAY)
        requests.submit(session, storage.vault, ada, shown.id, "en", MONDAY)
    Carrier(live, storage).carry()
    (arrived,) = office.taken
    assert str(arrived["Subject"]) == "کارڈز کی تجدید کریں"
    assert "عائشہ خان" in str(arrived["From"])
    assert URDU in plain(arrived)
    assert arrived["Content-Language"] == "ur"


@pytest.mark.parametrize(
    "name", ["Ada\r\nBcc: everyone@example.invalid", "=?utf-8?q?Ada=0ABcc=3A_x=40example=2Einvalid?="]
)
def test_no_name_or_title_becomes_a_header(live: Settings, storage: Storage, office: PostOffice, name: str) -> None:
    ada = signed(storage)
    with storage.writing() as session:
        for signature in session.scalars(select(Signature)):
            signature.name = storage.vault.encrypt(name, "signatures.name", signature.reference)
        session.execute(update(Official).values(name=name))
    queued(storage, ada)
    Carrier(live, storage).carry()
    (arrived,) = office.taken
    assert arrived["Bcc"] is None
    assert office.envelopes[0][1] == ["minister@example.invalid"]


def test_a_letter_waits_until_its_official_is_cleared(live: Settings, storage: Storage, office: PostOffice) -> None:
    queued(storage, signed(storage))
    with storage.writing() as session:
        session.execute(update(Official).values(cleared_at=None))
    assert Carrier(live, storage).carry() == 0
    assert not office.taken
    assert not list(live.mailbox.glob("*.eml"))
    assert [it.status for it in all_of(storage)] == [LetterStatus.QUEUED]


def test_in_the_demonstration_a_letter_is_captured_and_no_socket_is_made(
    live: Settings, storage: Storage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    queued(storage, signed(storage))
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(smtplib.SMTP, "__init__", refuse)
    assert Jobs(settings, storage).forward() == 1
    (file,) = settings.mailbox.glob("*-letter.eml")
    captured = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert captured["To"] == "Sample Minister <minister@example.invalid>"


def test_an_address_that_is_refused_for_good_parks_what_waits_until_it_is_put_right(
    live: Settings, storage: Storage, office: PostOffice, at_eleven: list[datetime]
) -> None:
    for name in ("ada", "bea"):
        queued(storage, signed(storage, f"{name}@example.org"))
    office.refusals["*"] = 550
    carrier, jobs = Carrier(live, storage), Jobs(live, storage)
    assert carrier.carry() == 1
    at_eleven[0] += timedelta(hours=1)
    assert carrier.carry() == 0
    assert sorted(it.status for it in all_of(storage)) == [LetterStatus.BOUNCED, LetterStatus.QUEUED]
    assert jobs.bounces() == 0
    office.refusals = {"minister@example.invalid": 550}
    with storage.writing() as session:  # as correcting an address does, and clearing it anew
        session.execute(update(Official).values(emails=["right@example.invalid"], email_bounced_at=None))
    assert jobs.bounces() == 1
    for _ in range(2):
        at_eleven[0] += timedelta(hours=1)
        carrier.carry()
    assert [to for _, (to,) in office.envelopes] == ["right@example.invalid"] * 2
    assert {it.status for it in all_of(storage)} == {LetterStatus.SENT}


def test_nothing_goes_to_an_address_that_was_marked_as_bounced_after_the_letter_was_taken_up(
    live: Settings, storage: Storage, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter_id = queued(storage, signed(storage))
    claim = queue.claim

    def claim_then_mark(session: Session, now: datetime, *, live: bool) -> tuple[queue.Leased, ...]:
        taken = claim(session, now, live=live)
        session.execute(update(Official).values(email_bounced_at=now))
        return taken

    monkeypatch.setattr(queue, "claim", claim_then_mark)
    assert Carrier(live, storage).carry() == 0
    assert office.envelopes == []
    waiting = one(storage, letter_id)
    assert (waiting.status, waiting.sent_at, waiting.attempts, waiting.lease) == (LetterStatus.QUEUED, None, 0, None)


def test_a_letter_refused_for_its_content_leaves_the_address_alone_and_is_left_to_print(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    letter_id = queued(storage, signed(storage))
    office.refuse_content = 554
    Carrier(live, storage).carry()
    assert (one(storage, letter_id).status, one(storage, letter_id).problem) == (
        LetterStatus.BOUNCED,
        "content: SMTP 554",
    )
    with storage.reading() as session:
        assert session.scalars(select(Official.email_bounced_at)).one() is None
    assert Jobs(live, storage).bounces() == 0


@pytest.mark.parametrize("code", [421, 451])
def test_a_server_that_is_busy_is_asked_again_after_a_while(
    live: Settings, storage: Storage, office: PostOffice, at_eleven: list[datetime], code: int
) -> None:
    letter_id = queued(storage, signed(storage))
    office.refusals["*"] = code
    assert Carrier(live, storage).carry() == 1
    assert one(storage, letter_id).problem == f"SMTP {code}"
    office.refusals.clear()
    at_eleven[0] += timedelta(minutes=11)
    assert Carrier(live, storage).carry() == 1
    assert len(office.taken) == 1


def test_an_official_without_a_true_address_is_marked_like_one_who_is_refused(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    letter_id = queued(storage, signed(storage))
    with storage.writing() as session:
        session.execute(update(Official).values(emails=["minister at example dot invalid"]))
    Carrier(live, storage).carry()
    assert (one(storage, letter_id).status, one(storage, letter_id).problem) == (LetterStatus.BOUNCED, "no address")
    with storage.reading() as session:
        assert session.scalars(select(Official.email_bounced_at)).one() == MONDAY


def test_a_letter_whose_pdf_cannot_be_set_goes_in_plain_words(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    ada = signed(storage)
    queued(storage, ada)
    with storage.writing() as session:
        session.execute(update(Official).values(address=["\U00016ab0 Street"]))
    Carrier(live, storage).carry()
    (arrived,) = office.taken
    assert arrived.get_content_type() == "text/plain"


@pytest.mark.databases
def test_what_was_erased_while_it_was_on_its_way_leaves_no_row(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    ada = signed(storage)
    queued(storage, ada)

    def erased_meanwhile(*_: object) -> bytes:
        with storage.writing() as session:
            my_signature.erase(session, ada)
        return b"%PDF-"

    Carrier(live, storage, erased_meanwhile).carry()
    assert not all_of(storage)


def sent(live: Settings, storage: Storage, office: PostOffice) -> tuple[int, EmailMessage]:
    letter_id = queued(storage, signed(storage))
    Carrier(live, storage).carry()
    return letter_id, office.taken[0]


@pytest.mark.databases
def test_a_report_that_it_came_back_marks_the_address_once(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    letter_id, mail = sent(live, storage, office)
    raw = report(mail, action="failed", status="5.1.1")
    assert bounce_mailbox.record(storage, raw) is Recorded.BOUNCED
    assert bounce_mailbox.record(storage, raw) is Recorded.KNOWN
    assert (one(storage, letter_id).status, one(storage, letter_id).problem) == (LetterStatus.BOUNCED, "report 5.1.1")
    with storage.reading() as session:
        assert session.scalars(select(Official.email_bounced_at)).one() == MONDAY


def test_a_late_report_about_an_old_address_does_not_mark_the_new_one(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    letter_id, mail = sent(live, storage, office)
    with storage.writing() as session:
        session.execute(update(Official).values(emails=["right@example.invalid"]))
    assert bounce_mailbox.record(storage, report(mail, action="failed", status="5.1.1")) is Recorded.BOUNCED
    with storage.reading() as session:
        assert session.scalars(select(Official.email_bounced_at)).one() is None
    with storage.writing() as session:
        assert bounces.release(session, MONDAY) == 1
    assert one(storage, letter_id).status is LetterStatus.QUEUED


def test_a_server_that_gave_up_after_days_is_tried_again_and_the_address_left_alone(
    live: Settings, storage: Storage, office: PostOffice
) -> None:
    letter_id, mail = sent(live, storage, office)
    assert bounce_mailbox.record(storage, report(mail, action="failed", status="4.4.1")) is Recorded.AGAIN
    again = one(storage, letter_id)
    assert (again.status, again.due_at) == (LetterStatus.QUEUED, MONDAY + timedelta(hours=6))
    assert bounce_mailbox.record(storage, report(mail, action="failed", status="5.1.1")) is Recorded.KNOWN
    with storage.reading() as session:
        assert session.scalars(select(Official.email_bounced_at)).one() is None


def test_a_delay_decides_nothing_and_a_delivery_ends_it(live: Settings, storage: Storage, office: PostOffice) -> None:
    letter_id, mail = sent(live, storage, office)
    assert bounce_mailbox.record(storage, report(mail, action="delayed", status="4.4.7")) is Recorded.NOTED
    assert bounce_mailbox.record(storage, report(mail, action="delivered", status="2.0.0")) is Recorded.DELIVERED
    ended = one(storage, letter_id)
    assert (ended.status, ended.content, ended.ended_at) == (LetterStatus.DELIVERED, None, MONDAY)


def test_a_report_with_a_forged_seal_changes_nothing(live: Settings, storage: Storage, office: PostOffice) -> None:
    letter_id, mail = sent(live, storage, office)
    del mail["Message-ID"]
    mail["Message-ID"] = f"<letter.{letter_id}.{'0' * 24}@campaign.test>"
    assert bounce_mailbox.record(storage, report(mail, action="failed", status="5.1.1")) is Recorded.WAITS
    assert one(storage, letter_id).status is LetterStatus.SENT


@pytest.mark.databases
def test_what_nothing_is_heard_of_stays_sent_and_its_words_are_forgotten(
    live: Settings, storage: Storage, office: PostOffice, at_eleven: list[datetime]
) -> None:
    letter_id, _ = sent(live, storage, office)
    jobs = Jobs(live, storage)
    at_eleven[0] += timedelta(days=14, seconds=-1)
    assert jobs.settle() == 0
    at_eleven[0] += timedelta(seconds=1)
    assert jobs.settle() == 1
    assert jobs.settle() == 0
    ended = one(storage, letter_id)
    assert (ended.status, ended.content) == (LetterStatus.SENT, None)


def test_each_letter_has_a_return_address_of_its_own(live: Settings, storage: Storage, office: PostOffice) -> None:
    live = replace(live, bounces_address="bounces@act.example.org")
    letter_id, _ = sent(live, storage, office)
    back = office.envelopes[-1][0]
    assert re.fullmatch(rf"bounces\+letter\.{letter_id}\.[0-9a-f]{{24}}@act\.example\.org", back)
    assert len(back.partition("@")[0]) <= 64


def test_captured_mail_shows_where_reports_about_it_go(settings: Settings, storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    letter_id = queued(storage, signed(storage))
    Carrier(replace(settings, bounces_address="*@bounces.example.org"), storage).carry()
    (captured,) = settings.mailbox.glob("*-letter.eml")
    first = captured.read_text("utf-8").splitlines()[0]
    assert re.fullmatch(rf"Return-Path: <letter\.{letter_id}\.[0-9a-f]{{24}}@bounces\.example\.org>", first)


def test_a_server_that_refuses_us_stops_all_letters_and_their_addresses_are_left_alone(
    live: Settings, storage: Storage, office: PostOffice, at_eleven: list[datetime]
) -> None:
    letter_id = queued(storage, signed(storage))
    office.refuse_with = "554 5.7.1 Blocked: 192.0.2.1 is on a list, see https://list.example.invalid"
    carrier = Carrier(live, storage)
    carrier.carry()
    with storage.reading() as session:
        assert session.scalars(select(Organisation.letters_held_at)).one() == MONDAY
        assert session.scalars(select(Official.email_bounced_at)).one() is None
        (kept,) = incoming.listed(session, storage.vault)
        assert kept.kind is IncomingKind.REFUSAL
        assert "on a list" in kept.words
    assert one(storage, letter_id).status is LetterStatus.QUEUED
    office.refuse_with = None
    at_eleven[0] += timedelta(days=1)
    assert carrier.carry() == 0
    with storage.writing() as session:
        incoming.send_again(session, storage.vault, Actor(None, "The admin"), at_eleven[0])
    assert carrier.carry() == 1
    assert one(storage, letter_id).status is LetterStatus.SENT
