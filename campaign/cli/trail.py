"""The audit trail from the terminal: handed out whole, for who checks it without us."""

from __future__ import annotations

import click

from campaign import clock
from campaign.cli.place import opened, write_file
from campaign.office import audit
from campaign.office.audit import COMMAND_LINE, About


@click.group("audit")
def trail() -> None:
    """Hand out the record of changes by staff."""


@trail.command()
@click.option("-o", "--output", required=True, help="File to write, one event a line (JSON); - writes to the screen.")
@click.option("--reason", default="", help="Who asked for it, and why; recorded with the export.")
def export(output: str, reason: str) -> None:
    """Write all events in order, for docs/verify_audit.py. It holds what staff did, under their names."""
    with opened() as place:
        with place.storage.reading() as session:
            broken = audit.faults(session, place.storage.vault)
        with place.storage.writing() as session:
            audit.record(
                session,
                place.storage.vault,
                COMMAND_LINE,
                "audit trail exported",
                About("audit trail"),
                clock.now(),
                reason=reason,
            )
        with place.storage.reading() as session:
            write_file(output, b"".join(audit.export(session)))
            end = audit.head(session)
    for fault in broken:  # all the same: who looks for what was done needs what is left
        click.echo(f"Broken: {fault}", err=True)
    click.echo(f"{end.event} events. The last link is {end.link}.", err=True)


COMMANDS = (trail,)
