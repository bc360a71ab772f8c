"""Setting up, checking and clearing an installation."""

from __future__ import annotations

from contextlib import suppress

import click

from campaign import clock, migrations
from campaign.appeals import captured_mail, retention
from campaign.appeals import demonstration as crowd
from campaign.appeals.counting import tallies
from campaign.appeals.signing import consent
from campaign.cases import demonstration
from campaign.cli.place import Place, opened
from campaign.delivery import ending
from campaign.errors import Conflict, Refused
from campaign.office import demonstration as organisers
from campaign.office import organisers as accounts
from campaign.settings import Settings
from campaign.storage import Storage, keys
from campaign.storage.tables import Organisation


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Also load the demonstration, if it is not there.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def init(with_demo: bool, quiet: bool) -> None:
    """Create keys and folders, and bring the database up to this version."""
    settings = Settings.from_environment()
    storage = Storage(settings)
    migrations.upgrade(storage.engine)
    with storage.writing() as session:
        organisation = session.get(Organisation, 1)
        if organisation is None:
            organisation = Organisation(
                id=1,
                name={"en": "Campaign"},
                contact_email="office@example.org",
                sender_email="appeals@example.org",
                postal_address=[],
                retention_days=90,
                time_zone="UTC",
            )
            session.add(organisation)
        consent.state(session, organisation.retention_days, clock.now())
    keys.settle(storage, clock.now())
    storage.dispose()
    if with_demo:
        with opened() as place:
            with suppress(Conflict):
                _load(place)
            _let_in(place)
    if not quiet:
        click.echo(f"Ready under {settings.home}, in {settings.mode} mode.")


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing if it is loaded already.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def demo(if_empty: bool, quiet: bool) -> None:
    """Load the demonstration: one case from published facts, with an invented office and invented supporters."""
    with opened() as place:
        try:
            slug, signed = _load(place)
        except Conflict:
            if if_empty:
                return
            raise
        _let_in(place)
    if not quiet:
        click.echo(f"Loaded the action {slug} with {signed} signatures.")


def _load(place: Place) -> tuple[str, int]:
    """The slug of its open action and how many signed it. Raises `Refused` in live mode, `Conflict` if it is there."""
    if not place.settings.demo:
        raise Refused("The demonstration is not loaded into a live installation. Set CAMPAIGN_MODE=demo.")
    now = clock.now()
    with place.storage.writing() as session:
        organisation, action = demonstration.load(session, now)
        consent.state(session, organisation.retention_days, now)
        signed = crowd.sign_all(session, place.storage.vault, action, now)
        tallies.roll_up(session)
        return action.slug, signed


def _let_in(place: Place) -> None:
    """Make the demonstration's organisers, and say their passwords: now, and never again."""
    with place.storage.writing() as session:
        made = organisers.load(session, place.storage.vault, clock.now())
    if not made:
        return
    click.echo(f"Organise at {place.settings.base_url}/organise/. Write these down, they are shown this once:")
    for who, password in made:
        click.echo(f"  {who.email}   {password}   ({who.name}, {who.role})")


@click.command()
def check() -> None:
    """Say in sentences what is wrong with this installation; exit 1 if anything is."""
    from campaign.cli.checking import findings

    found = findings()
    for sentence in found.wrong:
        click.echo(f"✗ {sentence}")
    for sentence in found.notes:
        click.echo(f"! {sentence}")
    for sentence in found.well:
        click.echo(f"✓ {sentence}")
    if found.wrong:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def purge(dry_run: bool) -> None:
    """Let go of what the privacy page promises will go."""
    with opened() as place:
        now = clock.now()
        if dry_run:
            with place.storage.reading() as session:
                gone = retention.purge(session, now, dry_run=True)
                sessions = accounts.sessions_over(session, now)
                books = len(ending.over(session, now))
        else:
            gone = retention.purge_all(place.storage, now)
            books = ending.end(place.storage, now)
            with place.storage.writing() as session:
                sessions = accounts.forget_sessions(session, now)
            with place.storage.reading() as session:
                captured_mail.forget(session, place.settings.mailbox)
            place.storage.scrub()
    verb = "would be" if dry_run else "were"
    click.echo(f"{gone.expired} unconfirmed signatures {verb} cleared as expired.")
    click.echo(f"{gone.erased} people's contact data {verb} erased; their signatures stay counted.")
    click.echo(f"{gone.entries} names in dossiers {verb} cleared; their numbers stay.")
    click.echo(f"{gone.networks} marks of networks {verb} cleared from signatures.")
    click.echo(f"{gone.paper} names from paper {verb} erased, with their scans; how many there were stays.")
    click.echo(f"{gone.letters} letters that never went {verb} deleted, and the words of {gone.words} that did.")
    click.echo(f"{books} printed signature books {verb} deleted; their codes and hashes stay.")
    click.echo(f"{gone.throttles} throttle windows {verb} deleted.")
    click.echo(f"{sessions} sessions of organisers that are over {verb} deleted.")


COMMANDS = (init, demo, check, purge)
