"""Dossiers from the terminal: freeze and print, list, show, verify."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from campaign import clock
from campaign.cli.place import opened
from campaign.delivery import freezing, verifying, volumes
from campaign.delivery.verifying import Sealed, Verdict
from campaign.errors import Refused
from campaign.publication.reading import described
from campaign.storage.tables import Dossier


@click.group()
def dossier() -> None:
    """Freeze signatures for an official, print them, verify what was printed."""


@dossier.command()
@click.argument("slug")
@click.option("--official", type=click.IntRange(1), help="Which recipient: 1 is the first.")
@click.option("--lang", default=None, help="The dossier's language; by default the action's original.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def build(slug: str, official: int | None, lang: str | None, as_json: bool) -> None:
    """Freeze the confirmed signatures now, and print them."""
    with opened() as place:
        storage = place.storage
        with storage.writing(snapshot=True) as session:
            action = described(session, slug, lang or described(session, slug, "en").original_locale)
            code = freezing.freeze(session, action, official, clock.now())
        volumes.build(storage, place.settings.base_url, code)
        with storage.reading() as session:
            made = verifying.sealed(session, code)
        name = volumes.file_name(code)
    if as_json:
        click.echo(json.dumps({**_json(made), "file": name}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{code}: {made.named} names and {made.withheld} withheld on {made.pages} pages, {name}")


@dossier.command("list")
def list_() -> None:
    """List all dossiers, the newest first."""
    with opened() as place, place.storage.reading() as session:
        for stored in session.scalars(select(Dossier).order_by(Dossier.frozen_at.desc(), Dossier.id.desc())):
            it = verifying.described(stored)
            click.echo(f"{it.code}  {it.frozen_at:%Y-%m-%d %H:%M} UTC  {it.total:>9} signatures  {it.action_slug}")


@dossier.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("-o", "--output", help="Also write the printed volume to this file.")
def show(code: str, as_json: bool, output: str | None) -> None:
    """Show what a dossier holds; -o writes its volume."""
    from campaign.cli.place import write_file

    with opened() as place:
        with place.storage.reading() as session:
            found = verifying.sealed(session, code)
        if output:
            write_file(output, place.storage.files.read(volumes.file_name(found.code)))
    if as_json:
        click.echo(json.dumps(_json(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.code}: “{found.action_title}”, to {found.official or found.office}")
    click.echo(f"Frozen {found.frozen_at:%Y-%m-%d %H:%M} UTC: {found.named} names, {found.withheld} withheld.")
    click.echo(f"{found.pages} pages, SHA-256 {found.sha256}" if found.sha256 else "Not printed yet.")


@dossier.command()
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Say whether a file is what was printed: exit 0 if it is, 1 if it was altered or is not ours."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused("%(file)s cannot be read: %(why)s.", file=file.name, why=error.strerror or "") from error
    with opened() as place, place.storage.reading() as session:
        verdict, found = verifying.verify(session, content)
    if verdict is Verdict.GENUINE and found:
        click.echo(f"Complete and unchanged: dossier {found.code}, {found.named} names and {found.withheld} withheld.")
        return
    if verdict is Verdict.ALTERED and found:
        click.echo(f"Altered: this file calls itself dossier {found.code}, but is not what was printed.")
    else:
        click.echo("Not ours: no dossier of this installation is this file.")
    raise click.exceptions.Exit(1)


def _json(it: Sealed) -> dict[str, object]:
    return {**asdict(it), "frozen_at": it.frozen_at.isoformat(), "total": it.total}


COMMANDS = (dossier,)
