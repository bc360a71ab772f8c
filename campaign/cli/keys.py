"""Keys with a life: which there are, a new one, re-encryption to it, and the end of an old one."""

from __future__ import annotations

import os
import secrets
import time
from datetime import timedelta

import click
from cryptography.fernet import Fernet

from campaign import clock
from campaign.cli.place import Place, opened
from campaign.errors import Refused
from campaign.storage import keys as data_keys
from campaign.storage.encrypted_columns import count_left
from campaign.storage.keys import Listed, Progress

# Links to "My signature" live for the retention, after the end of an action.
SECRET_ACCEPTED_DAYS = 180


@click.group()
def keys() -> None:
    """The keys of what is stored: list, add, rotate, retire."""


@keys.command("list")
def list_keys() -> None:
    """Say which keys there are, the newest first, and how many values lie under each."""
    with opened() as place:
        _settled(place)
        with place.storage.reading() as session:
            rows, before = data_keys.listed(session, place.storage.vault)
        for row in rows:
            added = f"{row.added_at:%Y-%m-%d}" if row.added_at else "-"
            click.echo(f"{row.number}  {_state(row):8}  added {added}  {row.values} values")
        if before:
            click.echo(f"{before} values carry no number yet. Run: campaign keys rotate")
        settings = place.settings
        if len(settings.secret_keys) > 1:
            click.echo(f"The secret key of before is accepted until {settings.secret_key_until}.")


@keys.command()
@click.option("--secret", is_flag=True, help="A new secret key, of links and sessions, instead of a data key.")
@click.option(
    "--days", default=SECRET_ACCEPTED_DAYS, show_default=True, type=click.IntRange(0, 3650),
    help="How long the secret key of before is still accepted.",
)  # fmt: skip
def add(secret: bool, days: int) -> None:
    """Make a new key: from now on everything is written under it."""
    with opened() as place:
        if secret:
            _add_secret(place, days)
            return
        path = place.settings.data_keys_file
        if path is None:
            click.echo("Your keys stand in CAMPAIGN_DATA_KEYS. Put this in front of them, with a comma, and restart:")
            click.echo(Fernet.generate_key().decode())
            click.echo("Then run: campaign keys rotate")
            return
        try:
            number = data_keys.add(path)
        except OSError as error:
            raise Refused("%(path)s cannot be written: %(why)s.", path=str(path), why=error.strerror or "") from error
        _settled(place)
    click.echo(f"Added key {number}. Running processes take it up by themselves. Then run: campaign keys rotate")


@keys.command()
@click.option("--background", is_flag=True, help="Only ask for it: the worker does it, from the next minute on.")
@click.option("--again", is_flag=True, help="Look at every value once more, though all was done.")
def rotate(background: bool, again: bool) -> None:
    """Re-encrypt everything under the newest key, while people sign. Stopped, it goes on where it was."""
    with opened() as place:
        storage = place.storage
        _settled(place)
        with storage.reading() as session:
            owed = data_keys.waits(session, storage.vault)
            left = count_left(session, storage.vault)
        if again or (left and not owed):
            with storage.writing() as session:
                data_keys.begin_again(session, storage.vault)
        number = storage.vault.keys[0].name
        if background:
            click.echo(f"{left} values wait to be re-encrypted under key {number}. The worker goes on with it.")
            return
        shown = _Shown()
        progress = data_keys.rotate(storage, clock.now, shown.tell)
    click.echo(f"Everything lies under key {number}: {progress.total} values.")


@keys.command()
@click.argument("number", metavar="ID")
def retire(number: str) -> None:
    """End an old key, once nothing lies under it."""
    with opened() as place:
        _settled(place)
        taken_out = data_keys.retire(place.storage, number, place.settings.data_keys_file, clock.now())
    if taken_out:
        click.echo(f"Key {number} is retired, and deleted from the file of keys. Backups made under it need it still.")
    else:
        click.echo(
            f"Key {number} is retired. Take it out of CAMPAIGN_DATA_KEYS and restart. "
            "Backups made under it need it still."
        )


class _Shown:
    """Progress, once a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def tell(self, progress: Progress) -> None:
        if time.monotonic() - self._last >= 1 and not progress.complete:
            self._last = time.monotonic()
            click.echo(f"{progress.done} of {progress.total} values")


def _settled(place: Place) -> None:
    if not data_keys.settle(place.storage, clock.now()):
        with place.storage.reading() as session:
            raise Refused("%(why)s", why=" ".join(data_keys.faults(session, place.storage.vault)))


def _state(row: Listed) -> str:
    if row.retired_at is not None:
        return "retired"
    if not row.held:
        return "missing"
    return "newest" if row.newest else "old"


def _add_secret(place: Place, days: int) -> None:
    fresh, until = secrets.token_urlsafe(48), clock.now().date() + timedelta(days=days)
    folder = place.settings.home / "keys"
    if os.environ.get("CAMPAIGN_SECRET_KEY") or os.environ.get("CAMPAIGN_SECRET_KEY_FILE"):
        click.echo("Set these and restart. The key of before is what CAMPAIGN_SECRET_KEY is now:")
        click.echo(f"CAMPAIGN_SECRET_KEY={fresh}")
        click.echo("CAMPAIGN_SECRET_KEY_BEFORE=(the key of before)")
        click.echo(f"CAMPAIGN_SECRET_KEY_UNTIL={until}")
        return
    data_keys.replace_file(folder / "secret_key_before", f"{place.settings.secret_key} until {until}\n")
    data_keys.replace_file(folder / "secret_key", f"{fresh}\n")
    click.echo(f"Made a new secret key. The one of before is accepted until {until}. Restart: campaign serve")


COMMANDS = (keys,)
