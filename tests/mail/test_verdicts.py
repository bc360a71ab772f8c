"""What a refusal comes to, by code and by words: a table written by hand, and what peers learned the hard way."""

from __future__ import annotations

from collections import Counter

import pytest
from cryptography.fernet import Fernet

from campaign.mail import reports
from campaign.mail.verdicts import Trouble, trouble_of
from campaign.storage.vault import Vault
from campaign.vocabulary import IncomingKind
from tests.mail.bounced import FIXTURES, Fixture

VAULT = Vault((Fernet.generate_key().decode(),))
LETTER = 1_839_254_313_370_438_819
D, P, R, C = Trouble.DEAD, Trouble.PASSING, Trouble.REPUTATION, Trouble.CONTENT


@pytest.mark.parametrize(
    ("status", "words", "trouble"),
    [
        ("5.1.1", "", D),
        ("5.1.2", "", D),
        ("5.1.10", "", D),
        ("5.1.8", "sender address rejected", R),
        ("5.2.1", "", D),
        ("5.2.2", "", P),
        ("4.2.2", "550 user unknown", P),
        ("5.3.4", "", C),
        ("5.6.7", "", C),
        ("5.7.1", "user unknown", R),
        ("5.7.26", "", R),
        ("5.7.515", "", R),
        # wintermeyer/vutuv#992: a bare 552 or 550 is 5.0.0, and only its words say what it is.
        ("5.0.0", "552 Quota exceeded", P),
        ("5.0.0", "550 No such user here", D),
        ("5.0.0", "550 blocked for spam", R),
        ("5.0.0", "mx10.mailspamprotection.com said: no such user", D),
        ("5.5.0", "Requested action not taken: mailbox unavailable", D),
        ("", "554 5.7.1 is written elsewhere: listed at Spamhaus", R),
        ("", "550-Our system has found your host on a blocklist", R),
        ("", "host not found", D),
        ("", "retry timeout exceeded", P),
        ("", "552 message size exceeds fixed maximum message size", C),
        ("", "450 nothing more was said", P),
        ("", "", D),
    ],
)
def test_a_refusal_is_one_of_four_kinds(status: str, words: str, trouble: Trouble) -> None:
    assert trouble_of(status, words) is trouble


def test_the_fixtures_are_three_states_of_each_family() -> None:
    families = Counter(it.family for it in FIXTURES)
    assert set(families) == {
        "postfix", "exim old", "exim", "exchange", "gmail", "sendmail", "qmail", "yahoo", "ses", "proofpoint",
        "mimecast",
    }  # fmt: skip
    assert set(families.values()) == {3}


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda it: f"{it.family} {it.verdict}")
@pytest.mark.parametrize("pattern", ["bounces@act.example.org", "*@bounces.example.org"])
def test_a_report_of_each_family_is_read_and_led_to_its_letter_by_its_return_address(
    fixture: Fixture, pattern: str
) -> None:
    back = reports.return_address(VAULT, LETTER, pattern)
    read = reports.read(fixture.raw(back, "<rewritten@relay.example.invalid>"))
    assert read is not None
    assert (read.verdict, read.status) == (fixture.verdict, fixture.status)
    assert reports.letter_of(VAULT, read) == LETTER


@pytest.mark.parametrize(
    "fixture", [it for it in FIXTURES if it.family != "ses"], ids=lambda it: f"{it.family} {it.verdict}"
)
def test_without_a_return_address_the_sealed_id_leads_there_too(fixture: Fixture) -> None:
    read = reports.read(fixture.raw("appeals@example.org", reports.message_id(VAULT, LETTER, "campaign.test")))
    assert read is not None
    assert reports.letter_of(VAULT, read) == LETTER


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda it: f"{it.family} {it.verdict}")
def test_a_seal_that_is_not_ours_is_believed_nowhere(fixture: Fixture) -> None:
    forged = f"letter.{LETTER}.{'0' * 24}@act.example.org"
    read = reports.read(fixture.raw(forged, f"<{forged}>"))
    assert read is not None
    assert reports.letter_of(VAULT, read) is None


def _mail(*head: str, body: str = "Dear friends, we renewed the cards.") -> bytes:
    return "\r\n".join(("Date: Mon, 4 Aug 2025 06:00:00 +0000", *head, "", body)).encode()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (("From: Minister <minister@example.invalid>", "Subject: Re: Renew the cards"), IncomingKind.REPLY),
        (("From: Minister <minister@example.invalid>", "Auto-Submitted: no"), IncomingKind.REPLY),
        (("From: Minister <minister@example.invalid>", "Auto-Submitted: auto-replied"), IncomingKind.AUTO_REPLY),
        (("From: Minister <minister@example.invalid>", "X-Autoreply: yes"), IncomingKind.AUTO_REPLY),
        (("From: Minister <minister@example.invalid>", "Precedence: auto_reply"), IncomingKind.AUTO_REPLY),
        (
            ("From: fbl@example.invalid", 'Content-Type: multipart/report; report-type=feedback-report; boundary="x"'),
            IncomingKind.COMPLAINT,
        ),
        (("From: MAILER-DAEMON@example.invalid", "Subject: Unzustellbar"), IncomingKind.REPORT),
        (("From: someone@example.invalid", "Return-Path: <>"), IncomingKind.REPORT),
    ],
)
def test_an_answer_an_absence_a_complaint_and_a_report_are_told_apart(
    head: tuple[str, ...], kind: IncomingKind
) -> None:
    read = reports.mail_of(_mail(*head))
    assert read is not None
    assert read.kind is kind


def test_a_server_that_took_a_mail_has_not_refused_it() -> None:
    # Mailtrain-org/mailtrain#508: "250 2.0.0 Ok: queued" was counted as a bounce.
    fixture = next(it for it in FIXTURES if it.family == "postfix" and it.status == "5.1.1")
    raw = fixture.raw("a@b.example", "<x@y>").replace(b"Status: 5.1.1", b"Status: 2.0.0")
    assert reports.read(raw.replace(b"550 5.1.1", b"250 2.0.0 Ok: queued")) is None
