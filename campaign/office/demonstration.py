"""Two invented organisers for the demonstration: one writes, one checks. Their passwords are made anew every time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.office import organisers, passwords
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Vault
from campaign.storage.tables import Organiser
from campaign.vocabulary import Role

PEOPLE = (
    Invitee("Noor Lindqvist", "noor@office.example", Role.ADMIN),
    Invitee("Tomas Achieng", "tomas@office.example", Role.REVIEWER),
)


def load(session: Session, vault: Vault, now: datetime) -> tuple[tuple[Invitee, str], ...]:
    """Make their accounts; (who, password) for each, or nothing if anybody has an account already."""
    if session.scalar(select(func.count()).select_from(Organiser)):
        return ()
    made = tuple((who, passwords.fresh()) for who in PEOPLE)
    for who, password in made:
        organisers.add(session, vault, COMMAND_LINE, who, now, passwords.hashed(password))
    return made
