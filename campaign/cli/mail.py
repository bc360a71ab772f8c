"""Mail that comes back, handed over by a mail server: `campaign bounce < report`."""

from __future__ import annotations

import sys

import click

from campaign.appeals.relay import bounce_mailbox
from campaign.appeals.relay.bounces import Recorded
from campaign.cli.place import opened
from campaign.errors import Refused
from campaign.mail import mailboxes, reports

SAID = {
    Recorded.BOUNCED: "A letter bounced. Letters to this official are on hold until someone checks the address.",
    Recorded.DELIVERED: "A letter was delivered.",
    Recorded.NOTED: "A letter is delayed. The server will try again.",
    Recorded.KNOWN: "This report was already recorded, or is too late to change anything.",
    Recorded.AGAIN: "A letter did not arrive, and is sent again later.",
    Recorded.HELD: "A server refuses all mail from us. No letter is sent until an admin has looked at it.",
    Recorded.WAITS: "This e-mail is not a report that can be read. It is kept under Incoming mail for someone to read.",
}


@click.command()
def bounce() -> None:
    """Read one delivery report from standard input and update the letter.

    For a mail server to call, with each message to the address that letters are sent from. Exits with 2 if what comes
    in is no mail.
    """
    # One byte more than a report may have: of what is longer the beginning is kept for a person, and the rest is never
    # in memory.
    raw, size = sys.stdin.buffer.read(reports.LARGEST + 1), None
    if len(raw) > reports.LARGEST:
        size = len(raw) + sum(map(len, iter(lambda: sys.stdin.buffer.read(2**16), b"")))
        raw = raw[: mailboxes.BEGINNING]
    if reports.parsed(raw) is None:
        raise Refused("This is not an e-mail: it has no headers.")
    with opened() as place:
        outcome = bounce_mailbox.record(place.storage, raw, size)
    click.echo(SAID[outcome])


COMMANDS = (bounce,)
