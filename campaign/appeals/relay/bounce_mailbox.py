"""Collecting what comes to the address of reports, each mail in a transaction of its own; nothing is dropped."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from campaign import clock
from campaign.appeals.relay import bounces, incoming
from campaign.appeals.relay.bounces import Recorded
from campaign.mail import mailboxes, reports, trial
from campaign.mail.reports import Mail
from campaign.mail.trial import Arrived
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Letter
from campaign.vocabulary import IncomingKind

_NO_MAIL = Mail(IncomingKind.REPORT, "", "", "This is no e-mail that a program could read. It is in the mailbox.", ())


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
            fetched = mailbox.read(number)
            if fetched is not None:
                done[record(storage, fetched.raw, None if fetched.whole else fetched.size)] += 1
                mailbox.mark_seen(number)
    return done


def record(storage: Storage, raw: bytes, size: int | None = None) -> Recorded:
    """Record what one mail reports; one that only a person can read is kept for them. `size`, in bytes, if `raw` is no
    more than the beginning of one that is too large to read."""
    mail = reports.mail_of(raw) or _NO_MAIL
    report = reports.read(raw)
    if size is not None:
        told = f"This message is too large to read here ({size / 1024**2:.1f} MB). All of it is in the mailbox."
        mail = replace(mail, words=f"{told}\n\n{mail.words}".strip())
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
    number = trial.new_number()
    there = reports.return_address(storage.vault, number, settings.bounces_address)
    trial.send(settings, storage.vault, sender, there, clock.now(), number)
    came = trial.outcome(settings.bounces_url, storage.vault, number, pause)
    if isinstance(came, Arrived):
        return None
    return (
        f"A message to an address like {_like(settings.bounces_address)} did not arrive in the mailbox of "
        "CAMPAIGN_BOUNCES_URL within a minute. Let the mail server take plus addresses, or every address of the domain."
    )


def _like(pattern: str) -> str:
    local, _, domain = pattern.rpartition("@")
    return f"letter.1@{domain}" if local == "*" else f"{local}+letter.1@{domain}"
