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
    """Write the whole state to FILE: tables, files, and the keys that lie under CAMPAIGN_HOME."""
    with opened() as place:
        counted = state.backup(place.settings, place.storage, file)
        keys = (place.settings.home / "keys").exists()
    click.echo(f"{file}: {counted.rows} rows and {counted.files} files.")
    if keys:
        click.echo("It holds the keys of this installation: keep it as safe as them.")
    else:
        click.echo(
            "It holds no keys. Without CAMPAIGN_DATA_KEYS of today nobody can read the names in it, nor can you."
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Bring an empty installation to the state in FILE."""
    counted = state.restore(Settings.from_environment(), file)
    click.echo(f"Restored {counted.rows} rows and {counted.files} files. Run: campaign check")


COMMANDS = (backup, restore)
