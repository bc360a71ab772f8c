"""Collecting what comes to the address of reports, each mail in a transaction of its own; nothing is dropped."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime

from campaign import clock
from campaign.appeals.relay import bounces, incoming
from campaign.appeals.relay.bounces import Recorded
from campaign.mail import mailboxes, reports
from campaign.mail.rendering import mailbox as address
from campaign.mail.reports import Mail
from campaign.mail.transport import Smtp
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Letter
from campaign.vocabulary import IncomingKind

# How long a message to ourselves may take, and how often we look whether it is there.
PROOF_WITHIN = 60
PROOF_EVERY = 3


def collect(settings: Settings, storage: Storage) -> Counter[Recorded]:
    """Read what is unseen, record or keep it, and mark it as seen; returns what was done.

    In demo mode no socket is made, whatever is set. Raises `Temporary` if the mailbox cannot be read now: what was
    recorded stays recorded, and what was not marked is read again, which changes nothing.
    """
    done: Counter[Recorded] = Counter()
    if settings.demo or settings.bounces_url is None:
        return done
    with mailboxes.opened(settings.bounces_url) as mailbox:
        for number in mailbox.unseen():
            raw = mailbox.read(number)
            # Too large to read, or no mail at all: a person finds it in the mailbox itself, unread.
            outcome = record(storage, raw) if raw is not None else None
            if outcome is not None:
                done[outcome] += 1
                mailbox.mark_seen(number)
    return done


def record(storage: Storage, raw: bytes) -> Recorded | None:
    """Record what one mail reports; one that only a person can read is kept for them. None if it is no mail."""
    mail = reports.mail_of(raw)
    if mail is None:
        return None
    report = reports.read(raw)
    now = clock.now()
    with storage.writing() as session:
        outcome = bounces.record(session, storage.vault, report, now) if report is not None else None
        if outcome is Recorded.HELD:
            incoming.keep(session, storage.vault, raw, mail, None, now, IncomingKind.REFUSAL)
        if outcome is not None:
            return outcome
        about: Mail | reports.Report = report if report is not None else mail
        letter_id = reports.letter_of(storage.vault, about)
        letter = session.get(Letter, letter_id) if letter_id is not None else None
        kind = IncomingKind.REPORT if report is not None else mail.kind
        kept = incoming.keep(session, storage.vault, raw, mail, letter, now, kind)
        return Recorded.WAITS if kept else Recorded.KNOWN


def prove(settings: Settings, storage: Storage, sender: str, pause: Callable[[float], None] = time.sleep) -> str | None:
    """Send one message to an address as letters have for their return, and look whether it comes to the mailbox of
    reports; what is wrong in one sentence, or None. Takes up to a minute. Raises `Temporary` or `Permanent` as sending
    and reading do."""
    if settings.bounces_url is None or settings.bounces_address is None or settings.mail_url is None:
        return "CAMPAIGN_BOUNCES_ADDRESS needs CAMPAIGN_BOUNCES_URL: where its mail is read."
    number = secrets.randbelow(10**9)  # of no letter: theirs are longer
    there = reports.return_address(storage.vault, number, settings.bounces_address)
    message = EmailMessage()
    message["From"] = address(sender)
    message["To"] = address(there)
    message["Subject"] = "Proof of the return address"
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("campaign check sent this to see whether reports arrive. You can delete it.")
    server = Smtp(settings.mail_url)
    try:
        server.send(message, "proof", there)
    finally:
        server.close()
    for _ in range(PROOF_WITHIN // PROOF_EVERY):
        with mailboxes.opened(settings.bounces_url) as mailbox:
            for unseen in mailbox.unseen():
                raw = mailbox.read(unseen)
                found = reports.mail_of(raw) if raw is not None else None
                if found is not None and reports.letter_of(storage.vault, found) == number:
                    mailbox.mark_seen(unseen)
                    return None
        pause(PROOF_EVERY)
    return (
        f"A message to an address like {_like(settings.bounces_address)} did not arrive in the mailbox of "
        "CAMPAIGN_BOUNCES_URL within a minute. Let the mail server take plus addresses, or every address of the domain."
    )


def _like(pattern: str) -> str:
    local, _, domain = pattern.rpartition("@")
    return f"letter.1@{domain}" if local == "*" else f"{local}+letter.1@{domain}"
