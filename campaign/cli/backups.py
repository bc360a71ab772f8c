"""The whole state of an installation, out and in."""

from __future__ import annotations

from pathlib import Path

import click

from campaign.cli.place import opened
from campaign.office import backup as state
from campaign.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Back up everything to FILE: tables, files, and the keys under CAMPAIGN_HOME."""
    with opened() as place:
        counted = state.backup(place.settings, place.storage, file)
        keys = (place.settings.home / "keys").exists()
    click.echo(f"Saved {counted.rows} rows and {counted.files} files to {file}.")
    if keys:
        click.echo("The backup contains the keys of this installation. Keep it as safe as the keys.")
    else:
        click.echo("The backup contains no keys. You need today's CAMPAIGN_DATA_KEYS to read the names in it.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--verify", is_flag=True, help="A drill: restore FILE aside, look at all that is in it, throw it away.")
def restore(file: Path, verify: bool) -> None:
    """Restore a backup FILE into an empty installation."""
    if verify:
        from campaign.cli.checking import of_backup, told

        told(of_backup(Settings.from_environment(), file))
        return
    counted = state.restore(Settings.from_environment(), file)
    click.echo(f"Restored {counted.rows} rows and {counted.files} files. Run: campaign check")


COMMANDS = (backup, restore)
