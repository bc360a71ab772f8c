"""What `campaign check` looks at: each finding a sentence that says what to do."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import text

from campaign import clock, migrations
from campaign.appeals.relay import bounce_mailbox
from campaign.errors import CampaignError
from campaign.mail.transport import reachable, takes_utf8
from campaign.office import audit, first_steps
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
    _clock(found)
    storage.dispose()
    return found


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
