"""Organisers from the command line: the first admin of an installation comes in this way."""

from __future__ import annotations

import click

from campaign import clock
from campaign.cli.place import opened
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.office.password_links import LIFE, Welcomes
from campaign.vocabulary import Role


@click.group()
def user() -> None:
    """Manage organiser accounts."""


@user.command()
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name, as shown in the audit trail.")
@click.option("--role", type=click.Choice([str(it) for it in Role]), default="editor", show_default=True)
@click.option("--no-mail", is_flag=True, help="Print the link and send no e-mail.")
def add(email: str, name: str, role: str, no_mail: bool) -> None:
    """Create an account. The password link is e-mailed and also printed here."""
    with opened() as place:
        who, vault, now = Invitee(name, email, Role(role)), place.storage.vault, clock.now()
        with place.storage.writing() as session:
            make = organisers.add if no_mail else organisers.invite
            made = make(session, vault, COMMAND_LINE, who, now)
            token = Welcomes(*place.settings.secret_keys).token(made)
        click.echo(f"Created an account for {made.name} ({made.role}). Choose a password within {LIFE.days} days at:")
        click.echo(f"{place.settings.base_url}/organise/welcome/{token}")


COMMANDS = (user,)
