"""The `campaign` command: one subject a module, every refusal one clear sentence and an exit code."""

from __future__ import annotations

import logging
import sys

import click

from campaign.cli import actions, dossiers, installation, prints, serving
from campaign.errors import CampaignError
from campaign.version import __version__


class Commands(click.Group):
    """Says what was foreseen in its own sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a `CampaignError` ends it with its exit code."""
        try:
            return super().invoke(ctx)
        except CampaignError as error:
            click.echo(f"campaign: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="campaign")
def main() -> None:
    """Urgent actions: from a bulletin to a public page, from signatures to the minister's desk."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


for command in (
    *installation.COMMANDS,
    *serving.COMMANDS,
    *actions.COMMANDS,
    *prints.COMMANDS,
    *dossiers.COMMANDS,
):
    main.add_command(command)
