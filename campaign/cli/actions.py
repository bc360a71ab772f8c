"""Actions from the terminal: import a bulletin, open the draft, show what is public."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click

from campaign import clock
from campaign.appeals.counting import tallies
from campaign.cases.importing import Bulletin, parse
from campaign.cases.importing.readers import read_text
from campaign.cases.lifecycle import opening_and_closing
from campaign.cases.writing import drafts
from campaign.cli.place import opened
from campaign.errors import Unreadable
from campaign.office.audit import COMMAND_LINE
from campaign.publication.as_json import public_json
from campaign.publication.reading import described


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was read as JSON.")
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Turn a bulletin (.txt, .md, .docx, .pdf, .html, .eml) into a draft action. Nothing is published."""
    text = read_text(_content(file), file.name)
    bulletin = parse(text)
    slug = None
    late = False
    if not dry_run:
        now = clock.now()
        with opened() as place, place.storage.writing() as session:
            action = drafts.draft(session, bulletin, text, now)
            slug, late = action.slug, drafts.says_late(action, now)
    if as_json:
        click.echo(json.dumps({"slug": slug, **bulletin.as_json()}, ensure_ascii=False, indent=2))
    else:
        _tell(bulletin, slug, late)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unreadable("%(file)s cannot be read: %(why)s.", file=file.name, why=error.strerror or "") from error


def _tell(bulletin: Bulletin, slug: str | None, late: bool) -> None:
    click.echo(f"{bulletin.number or 'No number'} · {bulletin.title or 'no title'}")
    for official in bulletin.officials:
        click.echo(f"  {official.role}: {', '.join(filter(None, (official.name, official.office)))}")
    click.echo(
        f"  Letter: {len(bulletin.letter.paragraphs)} paragraphs. Deadline: {bulletin.deadline or 'none found'}."
    )
    if bulletin.doubts:
        click.echo(f"  Doubtful, left blank for you to decide ({len(bulletin.doubts)}):")
        for doubt in bulletin.doubts:
            where = f"line {doubt.line}, " if doubt.line else ""
            click.echo(f"    {where}{doubt.field}: {doubt.value}. {doubt.why}")
    if bulletin.missing:
        click.echo(f"  Not in this document: {', '.join(bulletin.missing)}.")
    if bulletin.unplaced:
        click.echo(f"  Not understood, kept for you to place ({len(bulletin.unplaced)} lines):")
        for line in bulletin.unplaced:
            click.echo(f"    {line}")
    if slug:
        click.echo(f"Saved as the draft {slug}.")
    if late:
        click.echo("Its deadline has passed: it stays a draft until it is published with a new one.")


@click.command()
@click.argument("slug")
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which appeals are asked for.")
def publish(slug: str, deadline: datetime | None) -> None:
    """Open an action, if nothing stands in the way."""
    day: date | None = deadline.date() if deadline else None
    with opened() as place, place.storage.writing() as session:
        action = opening_and_closing.publish(session, place.storage.vault, COMMAND_LINE, slug, day, clock.now())
        until, base = action.deadline, place.settings.base_url
    click.echo(f"Open until the end of {until}: {base}/actions/{slug}")


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(slug: str, as_json: bool) -> None:
    """Show everything public about an action."""
    with opened() as place, place.storage.reading() as session:
        action = described(session, slug, "en")
        count = tallies.counted(session, action.id, action.goal, clock.now())
        countries = tallies.by_country(session, action.id)
    if as_json:
        told = public_json(action) | {
            "signatures": {"count": count.count, "countries": count.countries, "by_country": dict(countries)}
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"{action.number or 'No number'} · {action.title}")
    click.echo(
        f"{action.status}, deadline {action.deadline}; {count.count} signatures from {count.countries} countries"
    )


COMMANDS = (import_, publish, show)
