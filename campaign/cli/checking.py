"""What `campaign check` looks at: each finding a sentence that says what to do."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import text

from campaign import clock, migrations
from campaign.appeals.relay import bounce_mailbox
from campaign.cases.evidence import copies
from campaign.delivery import volumes
from campaign.errors import CampaignError, Permanent, Refused, Temporary
from campaign.mail import trial
from campaign.mail.reports import Report
from campaign.mail.transport import reachable, takes_utf8
from campaign.mail.trial import Arrived
from campaign.office import audit, drill, first_steps
from campaign.office.webhooks import registry
from campaign.printing.engine.fonts import printable
from campaign.publication import signed_texts
from campaign.settings import Settings
from campaign.storage import Storage, keys, search
from campaign.storage.tables import Organisation

# What letters and dossiers of an open platform must be able to print, one letter a script.
SCRIPTS = {
    "Latin": "ñ", "Greek": "λ", "Cyrillic": "ж", "Armenian": "ժ", "Hebrew": "ש", "Arabic": "ع", "Urdu": "ڑ",
    "Devanagari": "क", "Bengali": "ক", "Gurmukhi": "ਕ", "Gujarati": "ક", "Tamil": "க", "Telugu": "క", "Kannada": "ಕ",
    "Malayalam": "ക", "Sinhala": "ක", "Thai": "ก", "Lao": "ກ", "Tibetan": "ཀ", "Myanmar": "က", "Georgian": "ქ",
    "Ethiopic": "ሀ", "Khmer": "ក", "Han": "漢", "Hiragana": "あ", "Hangul": "한",
}  # fmt: skip


@dataclass
class Findings:
    """What is wrong, what deserves a look, and what is well."""

    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    well: list[str] = field(default_factory=list)


def told(found: Findings) -> None:
    """Print what was found, the worst first; ends the command with 1 if something is wrong."""
    for sentence in found.wrong:
        click.echo(f"✗ {sentence}")
    for sentence in found.notes:
        click.echo(f"! {sentence}")
    for sentence in found.well:
        click.echo(f"✓ {sentence}")
    if found.wrong:
        raise click.exceptions.Exit(1)


def findings() -> Findings:
    """Look at everything, whatever fails."""
    found = Findings()
    try:
        settings = Settings.from_environment()
    except CampaignError as error:
        found.wrong.append(str(error))
        return found
    found.well.append(f"Settings and keys are complete; this is {settings.mode} mode.")
    storage = Storage(settings)
    _database(storage, found)
    _fonts(found)
    _mail(settings, storage, found)
    _folders(settings, storage, found)
    _copies(storage, found)
    _webhooks(storage, found)
    _clock(found)
    storage.dispose()
    return found


def of_mail(to: str) -> Findings:
    """Send a message to an address of the admin's own, and say what became of it."""
    found = Findings()
    settings = Settings.from_environment()
    if settings.demo:
        raise Refused("In demo mode nothing leaves this machine. Set CAMPAIGN_MODE=live to try mail.")
    storage = Storage(settings)
    try:
        with storage.reading() as session:
            organisation = session.get(Organisation, 1)
        sender = organisation.sender_email if organisation is not None else ""
        if not first_steps.is_reachable(sender):
            raise Refused("E-mails have no sender address of yours yet. Set it under Settings.")
        found.notes += trial.records_missing(sender.rpartition("@")[2])
        _trial(settings, storage, sender, to, found)
    finally:
        storage.dispose()
    return found


def _trial(settings: Settings, storage: Storage, sender: str, to: str, found: Findings) -> None:
    try:
        number = trial.new_number()
        trial.send(settings, storage.vault, sender, to, clock.now(), number)
    except (Temporary, Permanent) as refused:
        found.wrong.append(f"The mail server did not take the message ({refused}). Check CAMPAIGN_MAIL_URL.")
        return
    found.well.append("The mail server took the message.")
    came = None
    if settings.bounces_url is not None:
        try:
            came = trial.outcome(settings.bounces_url, storage.vault, number)
        except Temporary as trouble:
            found.wrong.append(f"The mailbox of CAMPAIGN_BOUNCES_URL cannot be read ({trouble}).")
    match came:
        case Report():
            found.wrong.append(f"It came back: {came.verdict} ({came.status or 'no code'}).")
        case Arrived():
            found.well.append("It arrived in the mailbox of CAMPAIGN_BOUNCES_URL.")
            _judged(came, found)
        case None:
            found.notes.append(
                "Look into the mailbox at that address, also among spam. The headers of the message should say "
                "spf=pass, dkim=pass and dmarc=pass. No report has come back so far."
            )


def _judged(came: Arrived, found: Findings) -> None:
    for name in trial.CHECKED:
        verdict = came.verdicts.get(name)
        if verdict == "pass":
            found.well.append(f"The server that took it in says {name}=pass.")
        elif verdict is not None:
            found.wrong.append(
                f"The server that took it in says {name}={verdict}. See the table in docs/operations.md."
            )
        else:
            found.notes.append(f"The server that took it in says nothing of {name.upper()}.")
    if came.signed_by is None:
        found.wrong.append("The message carries no DKIM signature. Let the mail server sign for the sender's domain.")


def of_backup(settings: Settings, file: Path) -> Findings:
    """Bring a backup back aside, look at all that is in it, and throw it away. Raises `Refused` if it is none."""
    found = Findings()
    with drill.restored(settings, file) as (counted, storage):
        found.well.append(f"It is whole: {counted.rows} rows and {counted.files} files were restored aside.")
        _database(storage, found)
        with storage.reading() as session:
            tried, closed = keys.unreadable(session, storage.vault)
            volumes_kept, missing = volumes.faults(session, storage.files)
        if closed:
            told = ", ".join(f"{n} of {column}" for column, n in sorted(closed.items()))
            found.wrong.append(
                f"The keys of this installation do not open {told}. Restore an earlier backup, or find the keys."
            )
        else:
            found.well.append(f"The keys of this installation open all {tried} encrypted values in it.")
        found.wrong += missing
        if not missing:
            found.well.append(f"All {volumes_kept} volumes of signature books are as they were printed.")
        _copies(storage, found)
    return found


def _copies(storage: Storage, found: Findings) -> None:
    """Every copy of a source is read, and its hash compared."""
    try:
        with storage.reading() as session:
            kept, altered = copies.faults(session, storage.files)
    except Exception as error:  # a database or store that is away is told of elsewhere
        found.notes.append(f"The copies of sources could not be looked at ({type(error).__name__}).")
        return
    found.wrong += altered
    if kept and not altered:
        found.well.append(f"All {kept} copies of sources are as they were handed in.")


def _webhooks(storage: Storage, found: Findings) -> None:
    try:
        with storage.reading() as session:
            silent = registry.given_up(session)
    except Exception:  # a database that is away, or not migrated, is told of elsewhere
        return
    found.notes += [
        f"The webhook {name} could not be told anything for a day. Look at it under Settings, Webhooks."
        for name in silent
    ]


def _database(storage: Storage, found: Findings) -> None:
    try:
        with storage.reading() as session:
            session.execute(text("SELECT 1"))
        at = migrations.current(storage.engine)
    except Exception as error:  # whatever a database driver raises
        found.wrong.append(f"The database cannot be reached ({type(error).__name__}): check CAMPAIGN_DATABASE_URL.")
        return
    if not migrations.serves(storage.engine):
        found.wrong.append(f"The database is at revision {at or 'none'}, not {migrations.head()}: run campaign init.")
        return
    found.well.append(
        f"The database works and is at revision {at}. "
        f"Versions of Campaign from revision {migrations.SERVES_FROM} on work with this version's database."
    )
    with storage.reading() as session:
        organisation = session.get(Organisation, 1)
        named = organisation is not None and first_steps.is_named(organisation.name.get("en", ""))
        foreign = keys.faults(session, storage.vault)
        # Under a look-up key that is not its own every line of the audit trail would look forged.
        broken = [] if foreign else audit.faults(session, storage.vault)
        altered = [] if foreign else signed_texts.faults(session, storage.vault)
    if foreign:
        found.wrong += foreign
    elif broken:
        found.wrong.append(" ".join(broken[:5]) + "  Someone has changed the database by hand. Restore a backup.")
    else:
        found.well.append("The audit trail is complete.")
    if altered:
        found.wrong.append(
            " ".join(f"{it.slug}: {it.what}" for it in altered[:5])
            + "  Someone has changed the database by hand. Restore a backup."
        )
    else:
        found.well.append("Every action says what people signed.")
    _search(storage, found)
    if not named:
        found.notes.append("The organisation has no name yet. Set it under Settings.")


def _search(storage: Storage, found: Findings) -> None:
    """What is searched for follows from the rest: what is wrong is put right at once."""
    with storage.reading() as session:
        wrong = search.faults(session.connection())
    if wrong:
        with storage.writing() as session:
            search.mend(session.connection(), wrong)
        found.notes.append(f"Search did not know the present state of {len(wrong)} entries. They are in order again.")
    else:
        found.well.append("Search finds everything as it is.")


def _fonts(found: Findings) -> None:
    try:
        missing = [script for script, letter in SCRIPTS.items() if not printable(letter)]
    except CampaignError as error:
        found.wrong.append(str(error))
        return
    if missing:
        found.wrong.append(
            f"No font for {', '.join(missing)}: names in them cannot be printed. "
            "Install fonts-noto-core and fonts-noto-cjk."
        )
    else:
        found.well.append(f"Fonts for {len(SCRIPTS)} scripts are installed.")


def _mail(settings: Settings, storage: Storage, found: Findings) -> None:
    if settings.demo:
        found.well.append(f"Demo mode: all e-mails are saved in {settings.mailbox}.")
        return
    with storage.reading() as session:
        organisation = session.get(Organisation, 1)
    if organisation is not None and not first_steps.is_reachable(organisation.sender_email):
        found.notes.append("E-mails have no sender address of yours yet. Set it under Settings.")
    problem = reachable(settings)
    if problem:
        found.wrong.append(f"The mail server does not respond ({problem}). Check CAMPAIGN_MAIL_URL.")
    else:
        found.well.append("The mail server works.")
        if takes_utf8(settings) is not settings.mail_utf8:
            wanted = "off" if settings.mail_utf8 else "on"
            said = "takes" if wanted == "on" else "does not take"
            found.notes.append(
                f"The mail server {said} addresses in all scripts (SMTPUTF8). Set CAMPAIGN_MAIL_UTF8={wanted}."
            )
        _return_address(settings, storage, found)


def _return_address(settings: Settings, storage: Storage, found: Findings) -> None:
    if settings.bounces_address is None:
        found.notes.append(
            "Letters have no return address of their own, so some reports cannot be read. Set CAMPAIGN_BOUNCES_ADDRESS."
        )
        return
    with storage.reading() as session:
        organisation = session.get(Organisation, 1)
        sender = organisation.sender_email if organisation is not None else ""
    try:
        problem = bounce_mailbox.prove(settings, storage, sender)
    except CampaignError as error:
        problem = f"The return address of letters could not be proved ({error})."
    if problem:
        found.wrong.append(problem)
    else:
        found.well.append("Reports about letters arrive: a message to their return address came back.")


def _folders(settings: Settings, storage: Storage, found: Findings) -> None:
    try:
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        found.wrong.append(f"{settings.home} cannot be written ({error.strerror}).")
    if not storage.files.writable():
        found.wrong.append("Files cannot be stored: check CAMPAIGN_FILES_URL.")
    else:
        found.well.append("Files can be stored.")
    if settings.home.exists() and shutil.disk_usage(settings.home).free < 1 << 30:
        found.notes.append("Less than 1 GiB of disk space is free under CAMPAIGN_HOME.")


def _clock(found: Findings) -> None:
    # Deadlines are decided by this clock: one that has never been set is worse than none.
    if clock.now() < datetime(2026, 1, 1, tzinfo=UTC):
        found.wrong.append(f"The system clock says {clock.now():%d %B %Y}. Set it; deadlines depend on it.")
    else:
        found.well.append(f"The system clock says {clock.now():%d %B %Y, %H:%M} UTC.")
