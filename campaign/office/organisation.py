"""The organisation's own settings: who it is, what it promises, and its rules for work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.errors import Refused
from campaign.language import LANGUAGES, ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.organisers import normal
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.tables import Organisation


@dataclass(frozen=True)
class House:
    """Everything that an admin may set. `posting_days` is {ISO country: days}, over the working figures.

    `volume_days` count like `retention_days`; from `least_country` signatures on a country is named in public.
    `letters_hourly` and `letters_daily` are how many of the letters that we send one official gets at most, and
    `office_opens` and `office_closes` (full hours of their day, the latter up to 24) when.
    """

    name: dict[str, str]
    contact_email: str
    sender_email: str
    postal_address: list[str]
    retention_days: int
    time_zone: str
    languages: list[str]
    household_seats: int
    review_required: bool
    goal_moves: bool
    stale_days: int
    posting_days: dict[str, str]
    letters_hourly: int
    letters_daily: int
    office_opens: int
    office_closes: int
    digest_hour: int
    names_read_first: bool
    name_hold_minutes: int
    leave_url: str
    volume_days: int = 90
    least_country: int = 5


def read(session: Session) -> House:
    """The settings as they are."""
    organisation = session.scalars(select(Organisation)).one()
    return House(**{it.name: getattr(organisation, it.name) for it in fields(House)})


def change(session: Session, vault: Vault, actor: Actor, wanted: House, now: datetime) -> None:
    """Keep new settings, all or none. Raises `Refused` with every reason, each with what to do."""
    wrong = faults(wanted)
    if wrong:
        raise Refused(joined(wrong.values()))
    organisation = session.scalars(select(Organisation).with_for_update()).one()
    before, after = audit.changed(asdict(read(session)), asdict(wanted))
    if not after:
        return
    for name in after:
        setattr(organisation, name, getattr(wanted, name))
    session.flush()
    audit.record(session, vault, actor, "settings changed", About("organisation", 1), now, before=before, after=after)


def faults(wanted: House) -> dict[str, Sentence]:
    """What cannot be, by field, in sentences."""
    found: dict[str, Sentence] = {}
    if not wanted.name.get(ORIGINAL, "").strip():
        found["name"] = Sentence("Enter the organisation's name in English. Other languages use it if they have none.")
    for field, sentence in _ADDRESSES.items():
        try:
            normal(getattr(wanted, field))
        except Refused:
            found[field] = sentence
    for field, (least, most, sentence) in _BETWEEN.items():
        if not least <= getattr(wanted, field) <= most:
            found[field] = sentence
    if wanted.time_zone not in available_timezones():
        found["time_zone"] = Sentence("Enter an IANA time zone, like Europe/London.")
    if any(it not in LANGUAGES for it in wanted.languages):
        found["languages"] = Sentence("Choose from these languages: %(languages)s.", languages=", ".join(LANGUAGES))
    if wanted.household_seats not in (1, 2):
        found["household_seats"] = Sentence("Choose one or two signatures per e-mail address.")
    if not wanted.office_opens < wanted.office_closes <= 24:
        found["office_closes"] = Sentence("Enter a closing hour after the opening hour, 24 at most.")
    if not _posting_days_hold(wanted.posting_days):
        found["posting_days"] = Sentence("Posting days: enter a country code and 1 to 90 days per line, like “PK 15”.")
    if urlsplit(wanted.leave_url.replace("{locale}", "en")).scheme != "https":
        found["leave_url"] = Sentence("The “Leave quickly” address must start with https://.")
    return found


_ADDRESSES = {
    "contact_email": Sentence("Contact: this is not an e-mail address."),
    "sender_email": Sentence("Sender: this is not an e-mail address."),
}
# Numbers, the least and the most, and what to say of any other.
_BETWEEN = {
    "retention_days": (1, 3650, Sentence("Enter 1 to 3650 days for keeping contact data.")),
    "volume_days": (1, 3650, Sentence("Keep printed signature books for 1 to 3650 days after an action ends.")),
    "least_country": (1, 1000, Sentence("A country is shown from 1 to 1000 signatures on.")),
    "stale_days": (1, 3650, Sentence("Enter 1 to 3650 days for figures.")),
    "name_hold_minutes": (0, 1440, Sentence("Enter 0 to 1440 minutes before a public name is shown.")),
    "digest_hour": (0, 23, Sentence("Enter a full hour from 0 to 23 for the digest.")),
    "letters_hourly": (1, 1000, Sentence("Enter 1 to 1000 letters per hour.")),
    "letters_daily": (1, 10_000, Sentence("Enter 1 to 10,000 letters per day.")),
    "office_opens": (0, 23, Sentence("Enter an opening hour from 0 to 23.")),
}


def _posting_days_hold(days: Mapping[str, str]) -> bool:
    return all(
        len(country) == 2 and country.isascii() and country.isupper() and it.isdigit() and 1 <= int(it) <= 90
        for country, it in days.items()
    )


def zone(session: Session) -> ZoneInfo:
    """The office's time zone."""
    return ZoneInfo(session.scalars(select(Organisation.time_zone)).one())
