"""How an action ends, from the terminal: stopped, closed early, or thrown away before anyone saw it."""

from __future__ import annotations

import click

from campaign import clock
from campaign.cases.lifecycle import discarding, opening_and_closing, transitions
from campaign.cases.lifecycle.discarding import RESTORABLE
from campaign.cli.place import opened
from campaign.office.audit import COMMAND_LINE


@click.command()
@click.argument("slug")
@click.option("--reason", default="", help="Why, for readers, in the original language. Leave it out if it could harm.")
def stop(slug: str, reason: str) -> None:
    """Stop a public action at once: writing would do harm."""
    with opened() as place, place.storage.writing() as session:
        words = {transitions.original_locale(session, slug): reason}
        transitions.stop(session, place.storage.vault, COMMAND_LINE, slug, words, clock.now())
    click.echo(f"Stopped {slug}. The page, feeds and calendars say so. Queued mail is not sent.")


@click.command()
@click.argument("slug")
def close(slug: str) -> None:
    """Close an open action before its deadline."""
    with opened() as place, place.storage.writing() as session:
        opening_and_closing.close(session, place.storage.vault, COMMAND_LINE, slug, clock.now())
    click.echo(f"Closed {slug}. Nobody can sign any more.")


@click.command()
@click.argument("slug")
@click.option("--undo", is_flag=True, help="Take back a draft that was discarded.")
def discard(slug: str, undo: bool) -> None:
    """Throw away a draft that was never public."""
    with opened() as place, place.storage.writing() as session:
        work = discarding.restore if undo else discarding.discard
        work(session, place.storage.vault, COMMAND_LINE, slug, clock.now())
    if undo:
        click.echo(f"Restored {slug} as a draft.")
    else:
        click.echo(f"Discarded {slug}. To take it back within {RESTORABLE.days} days: campaign discard {slug} --undo")


COMMANDS = (stop, close, discard)
