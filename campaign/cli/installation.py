"""Setting up, checking and clearing an installation."""

from __future__ import annotations

from contextlib import suppress

import click
from sqlalchemy.orm import Session

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
from campaign.publication import signed_texts
from campaign.settings import Settings
from campaign.storage import Storage, keys
from campaign.storage.tables import Organisation


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Also load the demonstration if it is missing.")
@click.option("--quiet", is_flag=True, help="Print nothing on success.")
def init(with_demo: bool, quiet: bool) -> None:
    """Create keys and folders, and migrate the database."""
    settings = Settings.from_environment()
    storage = Storage(settings)
    migrations.upgrade(storage.engine)

    def furnish(session: Session) -> None:
        migrations.alone(session.connection())
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
        signed_texts.keep_missing(session, storage.vault, clock.now())

    storage.write(furnish)
    keys.settle(storage, clock.now())
    storage.dispose()
    if with_demo:
        with opened() as place:
            with suppress(Conflict):
                _load(place)
            _let_in(place)
    if not quiet:
        click.echo(f"Ready in {settings.home} ({settings.mode} mode).")


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing if it is already loaded.")
@click.option("--quiet", is_flag=True, help="Print nothing on success.")
def demo(if_empty: bool, quiet: bool) -> None:
    """Load demo data: one case from published facts, with an invented office and supporters."""
    with opened() as place:
        try:
            slug, signed = _load(place)
        except Conflict:
            if if_empty:
                return
            raise
        _let_in(place)
    if not quiet:
        click.echo(f"Loaded action {slug} with {signed} signatures.")


def _load(place: Place) -> tuple[str, int]:
    """The slug of its open action and how many signed it. Raises `Refused` in live mode, `Conflict` if it is there."""
    if not place.settings.demo:
        raise Refused("The demonstration cannot be loaded into a live installation. Set CAMPAIGN_MODE=demo.")
    now = clock.now()
    with place.storage.writing() as session:
        organisation, action = demonstration.load(session, now)
        consent.state(session, organisation.retention_days, now)
        signed_texts.keep_missing(session, place.storage.vault, now)
        signed = crowd.sign_all(session, place.storage.vault, action, now)
        tallies.roll_up(session)
        return action.slug, signed


def _let_in(place: Place) -> None:
    """Make the demonstration's organisers, and say their passwords: now, and never again."""
    with place.storage.writing() as session:
        made = organisers.load(session, place.storage.vault, clock.now())
    if not made:
        return
    click.echo(f"Sign in at {place.settings.base_url}/organise/. Write these passwords down. They are shown only once:")
    for who, password in made:
        click.echo(f"  {who.email}   {password}   ({who.name}, {who.role})")


@click.command()
@click.option("--mail", "mail", metavar="ADDRESS", help="Only send a message to ADDRESS, and tell what arrived.")
def check(mail: str | None) -> None:
    """Check this installation and explain any problem (exit 1 if there is one)."""
    from campaign.cli.checking import findings, of_mail, told

    told(of_mail(mail) if mail is not None else findings())


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
def purge(dry_run: bool) -> None:
    """Delete personal data whose retention period is over."""
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
            place.storage.tidy()
            place.storage.scrub()
    verb = "would be" if dry_run else "were"
    click.echo(f"{gone.expired} unconfirmed signatures {verb} deleted.")
    click.echo(f"Contact data of {gone.erased} people {verb} deleted. Their signatures still count.")
    click.echo(f"{gone.entries} names in dossiers {verb} deleted. The numbers stay.")
    click.echo(f"{gone.networks} network codes {verb} deleted from signatures.")
    click.echo(f"{gone.paper} names from paper {verb} deleted with their scans. The count stays.")
    click.echo(f"{gone.letters} unsent letters {verb} deleted, and the text of {gone.words} sent letters.")
    click.echo(f"{books} printed signature books {verb} deleted; their codes and hashes stay.")
    click.echo(f"{gone.throttles} rate-limit records {verb} deleted.")
    click.echo(f"{sessions} expired organiser sessions {verb} deleted.")


COMMANDS = (init, demo, check, purge)
