"""Confirming, and "this was not me": what the button behind a mailed link does. Following the link does nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.relay import deletion
from campaign.appeals.signing.by_reference import CLEARED_FIELDS, Given, given, in_time
from campaign.errors import Gone
from campaign.mail import outbox
from campaign.storage import Vault
from campaign.storage.tables import DossierEntry, Signature
from campaign.vocabulary import MessageKind, SignatureStatus


def confirm(session: Session, vault: Vault, reference: bytes | None, now: datetime) -> Given:
    """Confirm, once; doing it again changes nothing and is answered alike. Raises `Gone` when it is too late."""
    signature = given(session, vault, reference)
    if signature.status is SignatureStatus.CONFIRMED:
        return signature
    refuse_unless_confirmable(signature, now)
    confirmed = session.execute(
        update(Signature)
        .where(Signature.id == signature.id, Signature.status == SignatureStatus.PENDING, Signature.expires_at > now)
        .values(
            status=SignatureStatus.CONFIRMED,
            confirmed_at=now,
            confirmed_on=clock.local_day(now, signature.time_zone),
            counts=True,
        )
        .returning(Signature.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if confirmed is not None:
        outbox.enqueue(session, MessageKind.THANKS, signature.id, f"thanks:{signature.id}", now)
    # No row: someone pressed the button twice and the other press won, which is the same to its owner.
    return given(session, vault, reference)


def refuse_unless_confirmable(signature: Given, now: datetime) -> None:
    """The rule: pending, its action not stopped, and not later than a day after the deadline."""
    if signature.stopped:
        raise Gone("This action was stopped. Please do not write any more. It could do harm.")
    if signature.status is not SignatureStatus.PENDING:
        raise Gone("This signature was withdrawn. If you want to sign after all, open the action and start again.")
    if not in_time(signature.expires_at, signature.deadline, signature.time_zone, now):
        raise Gone("It is too late to confirm this signature.")


def not_me(session: Session, vault: Vault, reference: bytes | None) -> Given:
    """ "This was not me": whatever was written in that address's name is deleted now.

    A pending signature becomes `rejected` and keeps its seat and keyed hash, and nothing else: that is how this
    action never writes to the address again. One that was confirmed by mistake is withdrawn.
    """
    signature = given(session, vault, reference)
    _take_back(session, signature.id, SignatureStatus.PENDING, SignatureStatus.REJECTED)
    withdraw(session, signature.id)
    return given(session, vault, reference)


def withdraw(session: Session, signature_id: int) -> bool:
    """Take a confirmed signature out of the count, with name, address, hash and words, and with letters that
    have not gone; its owner may sign again.

    What stays proves that it was taken back, and keeps the sum right until the next count: country, dates, and the
    number in a dossier that was frozen before, without the name. False if it was not confirmed: then nothing is
    changed.
    """
    seat = {"seat": None, "email_hash": None}
    if not _take_back(session, signature_id, SignatureStatus.CONFIRMED, SignatureStatus.WITHDRAWN, **seat):
        return False
    session.execute(
        update(DossierEntry)
        .where(DossierEntry.signature_id == signature_id)
        .values(name=None)
        .execution_options(synchronize_session=False)
    )
    deletion.of_withdrawn(session, signature_id)
    return True


def _take_back(
    session: Session, signature_id: int, status: SignatureStatus, then: SignatureStatus, **seat: None
) -> bool:
    taken = session.execute(
        update(Signature)
        .where(Signature.id == signature_id, Signature.status == status)
        .values(status=then, counts=False, email=None, updates=False, **CLEARED_FIELDS, **seat)
        .returning(Signature.id)
        .execution_options(synchronize_session=False)
    )
    return taken.one_or_none() is not None
