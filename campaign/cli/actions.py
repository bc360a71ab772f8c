"""Actions from the terminal: import a bulletin, open the draft, show what is public."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click

from campaign import clock
from campaign.appeals.counting import tallies
from campaign.cases.importing import Bulletin, parse
from campaign.cases.importing.readers import read_file
from campaign.cases.lifecycle import opening_and_closing, zones
from campaign.cases.writing import drafts, reading_corrections, reading_layouts
from campaign.cli.place import opened
from campaign.errors import Unreadable
from campaign.office.audit import COMMAND_LINE
from campaign.publication.as_json import public_json
from campaign.publication.reading import described


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Read only; save nothing.")
@click.option("--again", is_flag=True, help="Import it once more, though it is here already.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--report", is_flag=True, help="Show which fields organisers corrected most often in this office.")
@click.option("--layout", "named", metavar="NAME", help="Read it with this layout of the office.")
@click.option("--no-layout", "without", is_flag=True, help="Read it without a layout of the office.")
def import_(
    file: Path | None, dry_run: bool, again: bool, as_json: bool, report: bool, named: str | None, without: bool
) -> None:
    """Import a bulletin (.txt, .md, .docx, .pdf, .html, .eml) as a draft action."""
    if report:
        _report(as_json)
        return
    if file is None:
        raise click.UsageError("Name the file of a bulletin.")
    if named and without:
        raise click.UsageError("Choose --layout or --no-layout.")
    text = read_file(_content(file), file.name)
    layout = None
    if named or not (dry_run or without):  # to look at a file needs no office, unless a layout of its is named
        with opened() as place, place.storage.reading() as session:
            layout = reading_layouts.for_text(session, text, named)
    bulletin = parse(text, layout.labels if layout else None)
    slug = None
    late = before = False
    if not dry_run:
        now = clock.now()
        with opened() as place, place.storage.writing() as session:
            known = None if again else drafts.imported_before(session, bulletin, text)
            before = known is not None
            action = known or drafts.imported(session, place.storage.vault, COMMAND_LINE, bulletin, text, now)
            slug, late = action.slug, drafts.says_late(action, now)
    if as_json:
        told: dict[str, object] = {
            "slug": slug,
            "imported_before": before,
            "layout": layout.name if layout else None,
            **bulletin.as_json(),
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif before:
        click.echo(f"This bulletin was imported before, as {slug}. Nothing was saved. To import it again: --again")
    else:
        if layout:
            click.echo(f"Read with the layout “{layout.name}”. To read it without: --no-layout")
        _tell(bulletin, slug, late)


def _report(as_json: bool) -> None:
    with opened() as place, place.storage.reading() as session:
        rows = reading_corrections.counted(session)
    if as_json:
        click.echo(json.dumps([{"read_as": was, "moved_to": to, "times": n} for was, to, n in rows], indent=2))
    elif not rows:
        click.echo("No organiser has moved a line of an imported bulletin yet.")
    else:
        click.echo(f"{'times':>5}  {'read as':20}  moved to")
        for was, to, n in rows:
            click.echo(f"{n:>5}  {was:20}  {to}")


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
        click.echo(f"    Lines that could not be placed ({len(bulletin.unplaced)}):")
        for line in bulletin.unplaced:
            click.echo(f"    {line}")
    if slug:
        click.echo(f"Saved as draft {slug}.")
    if late:
        click.echo("Its deadline has passed. Publish it with a new deadline (--deadline).")


@click.command()
@click.argument("slug")
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="The last day to write.")
def publish(slug: str, deadline: datetime | None) -> None:
    """Publish an action if all required checks pass."""
    day: date | None = deadline.date() if deadline else None
    with opened() as place, place.storage.writing() as session:
        action = opening_and_closing.publish(session, place.storage.vault, COMMAND_LINE, slug, day, clock.now())
        until, base, zone = action.deadline, place.settings.base_url, action.case.time_zone
        several = bool(zones.choices(action.case))
    click.echo(f"Open until the end of {until}: {base}/actions/{slug}")
    if several:
        click.echo(f"The country has several time zones. The deadline ends at midnight in {zone}: check the case.")


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(slug: str, as_json: bool) -> None:
    """Show the public data of an action."""
    with opened() as place, place.storage.reading() as session:
        action = described(session, slug, "en")
        count = tallies.counted(session, action.id, action.goal, clock.now())
        countries = tallies.public_countries(session, action.id)
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
