"""Delivery reports: read as standards and servers write them, and believed only with our own seal."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from campaign.mail import reports
from campaign.mail.reports import Verdict
from campaign.storage.vault import Vault
from tests.mail.reports import report

VAULT = Vault((Fernet.generate_key().decode(),))
LETTER = 1_839_254_313_370_438_819


def mail(letter_id: int = LETTER, vault: Vault = VAULT) -> EmailMessage:
    """The mail of a letter, as its headers come back."""
    about = EmailMessage()
    about["Message-ID"] = reports.message_id(vault, letter_id, "campaign.test")
    about["Subject"] = "Renew the cards"
    about.set_content("Dear Minister,")
    return about


@pytest.mark.parametrize(
    ("action", "status", "verdict"),
    [
        ("failed", "5.1.1", Verdict.DEAD),
        ("FAILED", "5.7.26", Verdict.REPUTATION),
        ("failed", "4.4.1", Verdict.PASSING),
        ("delayed", "4.4.7", Verdict.DELAYED),
        ("delivered", "2.0.0", Verdict.DELIVERED),
        ("relayed (to a gateway)", "2.0.0", Verdict.DELIVERED),
    ],
)
@pytest.mark.parametrize("headers_only", [True, False])
def test_a_report_says_what_became_of_which_letter(
    action: str, status: str, verdict: Verdict, headers_only: bool
) -> None:
    read = reports.read(report(mail(), action, status, headers_only))
    assert read is not None
    assert (read.verdict, read.status) == (verdict, status)
    assert reports.letter_of(VAULT, read) == LETTER


def test_a_report_whose_seal_is_another_installation_s_is_about_no_letter_of_ours() -> None:
    other = Vault((Fernet.generate_key().decode(),))
    read = reports.read(report(mail(vault=other)))
    assert read is not None
    assert reports.letter_of(VAULT, read) is None


def test_a_seal_fits_one_letter_only() -> None:
    about = mail()
    moved = str(about["Message-ID"]).replace(str(LETTER), str(LETTER + 1))
    about.replace_header("Message-ID", moved)
    read = reports.read(report(about))
    assert read is not None
    assert reports.letter_of(VAULT, read) is None


def test_an_answer_an_absence_and_an_advertisement_are_no_reports() -> None:
    answer = mail()
    answer["In-Reply-To"] = answer["Message-ID"]
    answer["From"] = "minister@example.invalid"
    assert reports.read(answer.as_bytes()) is None
    answer["Auto-Submitted"] = "auto-replied"
    assert reports.read(answer.as_bytes()) is None


def test_a_report_that_says_nothing_known_is_none() -> None:
    assert reports.read(report(mail(), action="lost", status="6.6.6")) is None
    assert reports.read(report(mail(), action="delivered", status="5.1.1")) is None


def test_a_status_sent_as_base64_is_read_all_the_same() -> None:
    fields = b"Reporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    raw = report(mail())
    begin, end = raw.index(b"Reporting-MTA"), raw.index(b"--b1", raw.index(b"Reporting-MTA"))
    head = raw[:begin].rstrip().removesuffix(b"Content-Type: message/delivery-status")
    encoded = b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    read = reports.read(head + encoded + base64.b64encode(fields) + b"\r\n" + raw[end:])
    assert read is not None
    assert (read.verdict, reports.letter_of(VAULT, read)) == (Verdict.DEAD, LETTER)


def test_a_report_about_an_address_in_another_script_is_read_too() -> None:
    raw = report(mail()).replace(b"message/delivery-status", b"message/global-delivery-status")
    read = reports.read(raw.replace(b"text/rfc822-headers", b"message/global-headers"))
    assert read is not None
    assert (read.verdict, reports.letter_of(VAULT, read)) == (Verdict.DEAD, LETTER)


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"hello", b"\x00\xff" * 50, b"no headers\r\n\r\nat all"])
def test_what_is_no_mail_is_told_from_mail(raw: bytes) -> None:
    assert reports.parsed(raw) is None
    assert reports.read(raw) is None


def test_what_is_too_large_is_not_read() -> None:
    raw = report(mail(), more="x" * reports.LARGEST)
    assert reports.parsed(raw) is None


def test_parts_within_parts_without_end_are_left_alone() -> None:
    raw = b"From: a@b\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3_000)
    )
    assert reports.read(raw) is None


@given(st.integers(0, 2_000), st.binary(max_size=40), st.integers(0, 2_000))
def test_a_report_with_anything_wrong_in_it_raises_nothing(at: int, noise: bytes, cut: int) -> None:
    raw = report(mail())
    broken = raw[:at] + noise + raw[at + len(noise) : max(at, len(raw) - cut)]
    read = reports.read(broken)
    assert read is None or reports.letter_of(VAULT, read) in {None, LETTER}


@given(st.binary(max_size=400))
def test_noise_is_no_report(noise: bytes) -> None:
    assert reports.read(b"From: x\r\n" + noise) is None
