"""How an organiser is spoken to: their calendar's link, whether they want the daily mail, and in which language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.errors import Refused, Unknown
from campaign.language import LANGUAGES, ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault
from campaign.storage.tables import Organiser


def hashed(vault: Vault, token: str) -> bytes:
    """What is kept of a calendar's link: who steals the database opens no calendar."""
    return vault.keyed_hash("calendar", token)


def open_calendar(session: Session, vault: Vault, actor: Actor, token: str, now: datetime) -> None:
    """Let this link, and no other, show the calendar."""
    organiser = _one(session, actor)
    organiser.calendar_hash = hashed(vault, token)
    audit.record(session, vault, actor, "calendar link created", About("organiser", organiser.id), now)


def close_calendar(session: Session, vault: Vault, actor: Actor, now: datetime) -> None:
    """Let no link show it."""
    organiser = _one(session, actor)
    if organiser.calendar_hash is not None:
        organiser.calendar_hash = None
        audit.record(session, vault, actor, "calendar link revoked", About("organiser", organiser.id), now)


def set_digest(session: Session, vault: Vault, actor: Actor, wanted: bool, now: datetime) -> None:
    """Want the daily mail, or not."""
    organiser = _one(session, actor)
    if organiser.digest is not wanted:
        organiser.digest = wanted
        what = "digest switched on" if wanted else "digest switched off"
        audit.record(session, vault, actor, what, About("organiser", organiser.id), now)


def set_language(session: Session, vault: Vault, actor: Actor, tag: str, now: datetime) -> None:
    """Have pages and mails in this language; "" leaves it to the browser."""
    if tag and tag not in LANGUAGES:
        raise Refused("Choose one of the languages in the list.")
    organiser = _one(session, actor)
    if organiser.locale != (tag or None):
        organiser.locale = tag or None
        audit.record(session, vault, actor, "language chosen", About("organiser", organiser.id), now)


def language_of(organiser: Organiser) -> str:
    """In which language somebody is written to."""
    return organiser.locale if organiser.locale and organiser.locale in LANGUAGES else ORIGINAL


def _one(session: Session, actor: Actor) -> Organiser:
    found = session.get(Organiser, actor.id) if actor.id is not None else None
    if found is None:
        raise Unknown("This organiser does not exist.")
    return found
