"""A message to an address of the admin's own: whether it left, whether it came, and what its reader's server thinks."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import format_datetime

import dns.exception
import dns.resolver

from campaign.mail import mailboxes, reports
from campaign.mail.rendering import Whole, mailbox
from campaign.mail.reports import Report
from campaign.mail.transport import Smtp
from campaign.settings import Settings
from campaign.storage import Vault

# How long it may take, and how often we look whether it is there.
WITHIN, EVERY = 60, 3
# RFC 8601: what the server that took a mail in found out about its sender.
_FOUND = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.I)
CHECKED = ("spf", "dkim", "dmarc")
_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Arrived:
    """The message as it came. `verdicts` are {"spf": "pass", …} of the server that took it in, if it says so."""

    verdicts: Mapping[str, str]
    signed_by: str | None  # the domain of its DKIM signature


def new_number() -> int:
    """A number by which a trial, or a report about it, is known: of no letter, theirs are longer."""
    return secrets.randbelow(10**9)


def send(settings: Settings, vault: Vault, sender: str, to: str, now: datetime, number: int) -> None:
    """Send the message. Raises as sending does."""
    message = EmailMessage()
    message["From"] = mailbox(sender)
    message["To"] = mailbox(to)
    message["Subject"] = "A message to see whether mail arrives"
    message["Date"] = format_datetime(now)
    host = sender.rpartition("@")[2]
    message["Message-ID"] = Whole("Message-ID", reports.message_id(vault, number, host))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "campaign check --mail sent this. Look at its headers: the server that took it in should say spf=pass, "
        "dkim=pass and dmarc=pass. Then delete it."
    )
    envelope = None
    if settings.bounces_address is not None:
        envelope = reports.return_address(vault, number, settings.bounces_address)
    server = Smtp(settings.mail_url or "")
    try:
        server.send(message, "trial", envelope)
    finally:
        server.close()


def outcome(
    bounces_url: str, vault: Vault, number: int, pause: Callable[[float], None] = time.sleep
) -> Arrived | Report | None:
    """What came to the mailbox of reports within a minute: the message itself, a report about it, or nothing. Raises
    `Temporary` as reading does."""
    for _ in range(WITHIN // EVERY):
        with mailboxes.opened(bounces_url) as box:
            for unseen in box.unseen():
                fetched = box.read(unseen)
                found = _about(fetched.raw, vault, number) if fetched is not None else None
                if found is not None:
                    box.mark_seen(unseen)
                    return found
        pause(EVERY)
    return None


def _about(raw: bytes, vault: Vault, number: int) -> Arrived | Report | None:
    report = reports.read(raw)
    if report is not None:
        return report if reports.letter_of(vault, report) == number else None
    mail, message = reports.mail_of(raw), reports.parsed(raw)
    if mail is None or message is None or reports.letter_of(vault, mail) != number:
        return None
    return arrived(message)


def arrived(message: Message) -> Arrived:
    """What the topmost Authentication-Results says: those below may be the sender's own invention."""
    told = str(message.get("Authentication-Results", ""))
    verdicts: dict[str, str] = {}
    for name, verdict in _FOUND.findall(told):
        # Of several signatures one that passes is enough.
        if verdicts.get(name.lower()) != "pass":
            verdicts[name.lower()] = verdict.lower()
    signature = re.search(r"\bd\s*=\s*([^;\s]+)", str(message.get("DKIM-Signature", "")))
    return Arrived(verdicts, signature[1] if signature else None)


def texts_of(name: str) -> Sequence[str] | None:
    """The TXT records of a name; None if its servers do not answer."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_WAIT_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException:
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def records_missing(domain: str, ask: Callable[[str], Sequence[str] | None] = texts_of) -> list[str]:
    """What the records of a sender's domain lack, a sentence each; DKIM's has a name only the server knows."""
    spf, dmarc = ask(domain), ask(f"_dmarc.{domain}")
    if spf is None or dmarc is None:
        return [f"The records of {domain} could not be asked for: no name server answered."]
    missing = []
    policies = [it for it in spf if it.lower().startswith("v=spf1")]
    if len(policies) != 1:
        said = "no" if not policies else "more than one"
        missing.append(f"{domain} has {said} SPF record: other servers cannot tell our mail from forgeries.")
    elif not re.search(r"[-~]all\s*$|redirect=", policies[0], re.I):
        missing.append(f"The SPF record of {domain} ends in neither -all nor ~all: it forbids nobody anything.")
    if not any(it.lower().replace(" ", "").startswith("v=dmarc1") for it in dmarc):
        missing.append(f"_dmarc.{domain} has no DMARC record: large providers refuse such mail, or mark it.")
    return missing
