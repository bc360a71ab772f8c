"""Confirming, and "this was not me": what the button behind a mailed link does. Following the link does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals import forgetting
from campaign.errors import Over
from campaign.mail import outbox
from campaign.publication.stopping import stopped
from campaign.storage import Vault
from campaign.storage.tables import Action, Case, DossierEntry, Signature
from campaign.vocabulary import MessageKind, SignatureStatus

# What goes whenever a name goes: it, the words, and every keyed hash by which they could be found again. The hash of
# the address is another matter: by it a promise not to write is kept.
NAMELESS: dict[str, None] = dict.fromkeys(
    ("name", "name_hash", "message", "words_status", "network_hash", "domain_hash")
)
# Nothing of a person is left in these: their links are answered like links that were never made.
LEAD_NOWHERE = frozenset({SignatureStatus.EXPIRED, SignatureStatus.ERASED})


@dataclass(frozen=True)
class Given:
    """A signature as its owner may see it from their link. `name` is None once it was taken away."""

    id: int
    status: SignatureStatus
    name: str | None
    country: str
    locale: str
    expires_at: datetime
    action_id: int
    slug: str
    stopped: bool
    deadline: date
    time_zone: str


def given(session: Session, vault: Vault, reference: bytes | None) -> Given:
    """The signature a link stands for. Raises `Over` if there is none: the same answer as for one long gone."""
    row = (
        None
        if reference is None
        else session.execute(
            select(
                Signature.id,
                Signature.status,
                Signature.name,
                Signature.country,
                Signature.locale,
                Signature.expires_at,
                Action,
                Case.time_zone,
            )
            .join(Action, Action.id == Signature.action_id)
            .join(Case, Case.id == Action.case_id)
            .where(Signature.reference == reference)
        ).one_or_none()
    )
    if row is None or row.status in LEAD_NOWHERE:
        raise no_longer_valid()
    return Given(
        id=row.id,
        status=row.status,
        name=vault.unseal(row.name) if row.name else None,
        country=row.country,
        locale=row.locale,
        expires_at=row.expires_at,
        action_id=row.Action.id,
        slug=row.Action.slug,
        stopped=stopped(row.Action),
        deadline=row.Action.deadline,
        time_zone=row.time_zone,
    )


def no_longer_valid() -> Over:
    """The one answer to every link that leads to no signature: made up, run out or erased."""
    return Over("This link is not valid any more. If you still want to sign, start again from the action.")


def confirm(session: Session, vault: Vault, reference: bytes | None, now: datetime) -> Given:
    """Confirm, once; doing it again changes nothing and is answered alike. Raises `Over` when it is too late."""
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
        outbox.owe(session, MessageKind.THANKS, signature.id, f"thanks:{signature.id}", now)
    # No row: someone pressed the button twice and the other press won, which is the same to its owner.
    return given(session, vault, reference)


def refuse_unless_confirmable(signature: Given, now: datetime) -> None:
    """The rule: pending, its action not stopped, and not later than a day after the deadline."""
    if signature.stopped:
        raise Over("This action was stopped. Please do not write any more: it could do harm.")
    if signature.status is not SignatureStatus.PENDING:
        raise Over("This signature was taken back. If you want to sign after all, start again from the action.")
    if not in_time(signature.expires_at, signature.deadline, signature.time_zone, now):
        raise Over("It is too late to confirm this signature: the time for it has passed.")


def in_time(expires_at: datetime, deadline: date, time_zone: str, now: datetime) -> bool:
    """The rule of when: while a pending signature is kept, and for a day after the deadline."""
    return now < expires_at and clock.confirming_open(now, deadline, time_zone)


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
    forgetting.of_withdrawn(session, signature_id)
    return True


def _take_back(
    session: Session, signature_id: int, status: SignatureStatus, then: SignatureStatus, **seat: None
) -> bool:
    taken = session.execute(
        update(Signature)
        .where(Signature.id == signature_id, Signature.status == status)
        .values(status=then, counts=False, email=None, updates=False, **NAMELESS, **seat)
        .returning(Signature.id)
        .execution_options(synchronize_session=False)
    )
    return taken.one_or_none() is not None
