"""Mail that comes back, handed over by a mail server: `campaign bounce < report`."""

from __future__ import annotations

import sys

import click

from campaign.appeals.relay import bounce_mailbox
from campaign.appeals.relay.bounces import Recorded
from campaign.cli.place import opened
from campaign.errors import Refused
from campaign.mail import reports

SAID = {
    Recorded.BOUNCED: "A letter came back. What waits for this official stands still until the address is looked at.",
    Recorded.DELIVERED: "A letter has arrived.",
    Recorded.NOTED: "A letter is delayed; its server goes on trying.",
    Recorded.KNOWN: "This report was recorded before, or comes too late to change anything.",
    Recorded.NOT_OURS: "This is no report about a letter of ours. Nothing was changed.",
}


@click.command()
def bounce() -> None:
    """Read one delivery report from standard input, and record what it says of a letter.

    For a mail server to call, with each message to the address that letters are sent from. Exits with 2 if what comes
    in is no mail.
    """
    # One byte more than a report may have: what is longer is refused, and never read into memory whole.
    raw = sys.stdin.buffer.read(reports.LARGEST + 1)
    if reports.parsed(raw) is None:
        raise Refused("This is no mail: nothing with headers came in, or it is too large for a report.")
    with opened() as place:
        click.echo(SAID[bounce_mailbox.record(place.storage, raw)])


COMMANDS = (bounce,)
