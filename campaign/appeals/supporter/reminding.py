"""What the owner of a signature may say of a reminder: ask for one, see when it is due, and take it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.mails import reminders
from campaign.appeals.mails.reminders import Standing
from campaign.appeals.signing import naming_risk
from campaign.appeals.signing.by_reference import DEAD_LINK_STATUSES
from campaign.errors import Gone, Why
from campaign.publication.risk import at_risk, risk_countries
from campaign.storage.tables import Action, Case, Signature
from campaign.vocabulary import SignatureStatus


def standing(session: Session, reference: bytes | None, now: datetime) -> Standing:
    """How it stands with a reminder of their letter. Nobody is reminded of writing where their name may harm them."""
    row = session.execute(
        select(Signature.id, Signature.country, Signature.disclosure, Case.country, Case.at_risk_countries)
        .join(Action, Action.id == Signature.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(Signature.reference == reference, Signature.status == SignatureStatus.CONFIRMED)
    ).one_or_none()
    if row is None:
        return Standing()
    signature_id, country, disclosure, where, listed = row
    if naming_risk.unnamed(at_risk(country, risk_countries(where, listed)), disclosure):
        return Standing()
    return reminders.standing(session, signature_id, now)


def ask(session: Session, reference: bytes | None, now: datetime) -> datetime:
    """Ask to be reminded, once, before the deadline; asking twice is asking once. Returns when that is.

    Raises `Gone` where there is nothing to remind of, or no time left to.
    """
    # Locked: who presses twice at the same moment comes before or after.
    signature_id = session.scalar(
        select(Signature.id)
        .where(Signature.reference == reference, Signature.status == SignatureStatus.CONFIRMED)
        .with_for_update()
    )
    here = standing(session, reference, now)
    if here.due_at is not None:
        return here.due_at
    if signature_id is None or not here.may_ask:
        raise Gone("We can no longer remind you of this letter.", Why.LATE)
    return reminders.ask(session, signature_id, now)


def cancel(session: Session, reference: bytes | None) -> None:
    """Whoever has sent their letter, or will not, is reminded of nothing. Nothing to stop is as good as stopped."""
    found = session.scalar(
        select(Signature.id).where(Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES))
    )
    if found is not None:
        reminders.cancel(session, found)
