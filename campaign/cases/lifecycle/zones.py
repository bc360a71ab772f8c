"""In which time zone a deadline ends: asked once before an action opens, where the country of its case has several."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign import clock
from campaign.cases.places import city_of
from campaign.errors import Refused
from campaign.language import ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault
from campaign.storage.tables import Case


def choices(case: Case) -> tuple[str, ...]:
    """The zones to choose from before publishing, the case's own first; none where there is nothing to ask."""
    zones = clock.zones_of(case.country)
    if case.zone_chosen or len(zones) < 2:
        return ()
    return tuple(dict.fromkeys((case.time_zone, *zones)))


def choose(session: Session, vault: Vault, actor: Actor, case: Case, zone: str, now: datetime) -> None:
    """Take an organiser's answer, for this and every later action of the case; nothing where nothing is asked.

    Raises `Refused` without an answer that is one of the choices.
    """
    open_ones = choices(case)
    if not open_ones:
        return
    if zone not in open_ones:
        raise Refused("Choose the time zone of the deadline.")
    before = case.time_zone
    if zone != before:
        case.time_zone, case.place = zone, {ORIGINAL: city_of(zone)}
    case.zone_chosen = True
    session.flush()
    about = About("case", case.id, case_id=case.id)
    audit.record(
        session, vault, actor, "time zone chosen", about, now, before={"time_zone": before}, after={"time_zone": zone}
    )
