"""Letters and bulletins from the terminal."""

from __future__ import annotations

import click
from sqlalchemy import select

from campaign import clock
from campaign.appeals.letters import letters
from campaign.cases.bulletins import bulletin_sheet
from campaign.cli.place import opened, write_file
from campaign.printing.sheets.bulletin import bulletin_pdf
from campaign.printing.sheets.letter import letter_pdf
from campaign.publication.figures import said
from campaign.publication.reading import described
from campaign.storage.tables import Organisation
from campaign.vocabulary import Paper

OUT = click.option("-o", "--output", required=True, help="PDF file to write; - is standard output.")


@click.command()
@click.argument("slug")
@click.option("--official", type=click.IntRange(1), help="Number of the official; 1 is the first.")
@click.option("--lang", help="The letter's language, such as en or ur.")
@click.option("--name", help="The name under the letter.")
@click.option("--place", help="The place under the letter.")
@click.option("--paper", type=click.Choice([it.value for it in Paper], case_sensitive=False), default="a4")
@OUT
def letter(
    slug: str, official: int | None, lang: str | None, name: str | None, place: str | None, paper: str, output: str
) -> None:
    """Write the sample letter of an action as PDF."""
    with opened() as here, here.storage.reading() as session:
        action = described(session, slug, lang or "en")
    day = clock.local_day(clock.now(), action.time_zone)
    sheet = letters.sheet(action, day, official, lang, name, place)
    write_file(output, letter_pdf(sheet, Paper(paper.lower())))


@click.command()
@click.argument("slug")
@click.option("--lang", default="en", show_default=True, help="The bulletin's language.")
@OUT
def bulletin(slug: str, lang: str, output: str) -> None:
    """Write the bulletin of an action as PDF."""
    with opened() as here, here.storage.reading() as session:
        action = described(session, slug, lang)
        organisation = session.scalars(select(Organisation)).one()
    there = f"{here.settings.base_url}/{lang}/actions/{slug}"
    sheet = bulletin_sheet(action, clock.now(), said(organisation.name, action.locale), there)
    write_file(output, bulletin_pdf(sheet))


COMMANDS = (letter, bulletin)
