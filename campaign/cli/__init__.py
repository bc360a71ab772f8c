"""The `campaign` command: one subject a module, every refusal one clear sentence and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module

import click
from sqlalchemy.exc import SQLAlchemyError

from campaign.errors import CampaignError
from campaign.storage.outage import is_away
from campaign.version import __version__

# Each command's module, read only when the command is called: the press and the importer take a second to load,
# and `campaign init` needs neither.
MODULES = {
    "init": "installation",
    "demo": "installation",
    "check": "installation",
    "purge": "installation",
    "serve": "serving",
    "web": "serving",
    "worker": "serving",
    "import": "actions",
    "publish": "actions",
    "show": "actions",
    "stop": "endings",
    "close": "endings",
    "discard": "endings",
    "letter": "prints",
    "bulletin": "prints",
    "dossier": "dossiers",
    "seal": "dossiers",
    "bounce": "mail",
    "user": "staff",
    "keys": "keys",
    "audit": "trail",
    "backup": "backups",
    "restore": "backups",
}


AWAY = (
    "The database does not answer. Start it, or correct CAMPAIGN_DATABASE_URL. "
    "If it is a file, see that its folder is there, can be written to and is not full."
)


class Commands(click.Group):
    """Finds commands when they are called, and says what was foreseen in its own sentence, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order an installation meets them."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name; None if there is none."""
        module = MODULES.get(cmd_name)
        if module is None:
            return None
        commands: tuple[click.Command, ...] = import_module(f"campaign.cli.{module}").COMMANDS
        return next(it for it in commands if it.name == cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a `CampaignError` ends it with its exit code."""
        try:
            return super().invoke(ctx)
        except CampaignError as error:
            click.echo(f"campaign: {error}", err=True)
            sys.exit(error.exit_code)
        except SQLAlchemyError as error:
            if not is_away(error):
                raise
            click.echo(f"campaign: {AWAY}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="campaign")
def main() -> None:
    """Run urgent actions, from a bulletin to signatures delivered to an official."""
    os.umask(0o077)  # what is stored is for its owner alone: names lie in it
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
