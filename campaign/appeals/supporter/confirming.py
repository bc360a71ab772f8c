"""Confirming, and "this was not me": what the button behind a mailed link does. Following the link does nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.mails import reminders
from campaign.appeals.relay import deletion
from campaign.appeals.signing import visits
from campaign.appeals.signing.addresses import normal_form
from campaign.appeals.signing.by_reference import CLEARED_FIELDS, MAY_CONFIRM, Given, given, in_time
from campaign.appeals.signing.wishes import disclosure_kept
from campaign.appeals.supporter import changes, reasons
from campaign.errors import Gone, Refused, Why
from campaign.language import ORIGINAL
from campaign.mail import outbox
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL
from campaign.storage.tables import DossierEntry, LaterWish, Message, Signature
from campaign.vocabulary import Disclosure, MessageKind, SignatureStatus

# What a signature and a later wish say alike.
_WISHED = (
    "email",
    "name",
    "message",
    "country",
    "disclosure",
    "updates",
    "locale",
    "consent_text_id",
    "signed_text_id",
)


@dataclass(frozen=True)
class Chosen:
    """What a person left or changed on the page of their link, checked for form as when signing.

    `disclosure` is None where they did not touch it: then the more guarded of what was asked for is kept. `reason`:
    whether everyone may read the message, as agreed to in the language `locale`.
    """

    name: str
    country: str
    message: str | None
    updates: bool
    disclosure: Disclosure | None
    reason: bool = False
    locale: str = ORIGINAL


def confirm(
    session: Session, vault: Vault, reference: bytes | None, now: datetime, chosen: Chosen | None = None
) -> Given:
    """Confirm the wish that this link stands for, once; doing it again changes nothing and is answered alike.

    Without `chosen` it is confirmed as it was sent. Raises `Gone` when it is too late.
    """
    wish = given(session, vault, reference)
    if wish.status is SignatureStatus.CONFIRMED:
        return wish
    refuse_unless_confirmable(wish, now)
    # Locked: whoever confirms another wish of this signature, or withdraws it, comes before or after.
    signature = session.scalars(
        select(Signature)
        .where(Signature.id == wish.id, Signature.status.in_(MAY_CONFIRM))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if signature is None or not _claimed(session, vault, signature, wish, now):
        # Someone pressed the button twice and the other press won, which is the same to its owner.
        return given(session, vault, reference)
    owner = chosen or Chosen(wish.name or "", wish.country, wish.message, wish.updates, None)
    changes.put(session, vault, signature, owner.name, owner.country, owner.message, owner.updates, now)
    signature.disclosure = disclosure_kept(wish.asked, signature.disclosure, signature.guard, owner.disclosure)
    if owner.disclosure is not None:
        signature.guard = None
    if chosen is not None:
        reasons.put(session, signature, chosen.reason, chosen.locale, now)
    first = signature.status is SignatureStatus.PENDING
    if first:
        signature.status, signature.counts = SignatureStatus.CONFIRMED, True
        signature.confirmed_at, signature.confirmed_on = now, clock.local_day(now, wish.time_zone)
        visits.confirmed(session, signature.id, signature.confirmed_on)
    session.flush()
    of = f"thanks:{signature.id}" if wish.wish_id is None else f"thanks:{signature.id}:{wish.wish_id}"
    outbox.enqueue(session, MessageKind.THANKS, signature.id, of, now)
    return given(session, vault, reference)


def _claimed(session: Session, vault: Vault, signature: Signature, wish: Given, now: datetime) -> bool:
    """Take the wish, so that no second press does, and put it in the place of what the signature said."""
    if wish.wish_id is None:
        return signature.status is SignatureStatus.PENDING and signature.expires_at > now
    later = session.scalars(
        select(LaterWish)
        .where(LaterWish.id == wish.wish_id, LaterWish.confirmed_at.is_(None), LaterWish.expires_at > now)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if later is None:
        return False
    if signature.status is SignatureStatus.PENDING:
        _set_aside(session, signature, now)
        signature.expires_at = later.expires_at
    _move(session, vault, signature, later)
    signature.locale = later.locale
    signature.consent_text_id, signature.signed_text_id = later.consent_text_id, later.signed_text_id
    later.confirmed_at, later.name, later.email, later.message = now, None, None, None
    session.flush()
    return True


def _move(session: Session, vault: Vault, signature: Signature, later: LaterWish) -> None:
    """Let the signature stand under the address of the wish: its owner may have moved to another mailbox."""
    if later.email is None:
        signature.email = None
        return
    email = vault.decrypt(later.email, SIGNATURE_EMAIL, later.reference)
    signature.email = vault.encrypt(email, SIGNATURE_EMAIL, signature.reference)
    email_hash = vault.keyed_hash("e-mail", normal_form(email))
    if email_hash == signature.email_hash:
        return
    taken = select(Signature.id).where(Signature.action_id == signature.action_id, Signature.email_hash == email_hash)
    if session.scalar(taken.limit(1)) is not None:
        raise Refused("This address has already been used for this action. Your signature stays as it is.")
    signature.email_hash, signature.seat = email_hash, 1


def _set_aside(session: Session, signature: Signature, now: datetime) -> None:
    """The first wish becomes one beside the signature: its own link, in a mail sent before, still confirms it."""
    if signature.expires_at <= now:
        return
    first = LaterWish(
        signature_id=signature.id,
        reference=signature.reference,
        **{name: getattr(signature, name) for name in _WISHED},
        created_at=signature.created_at,
        expires_at=signature.expires_at,
    )
    session.add(first)
    session.flush()
    guarded.change(
        session,
        Message,
        Message.signature_id == signature.id,
        Message.kind == MessageKind.CONFIRM,
        Message.wish_id.is_(None),
        wish_id=first.id,
    )


def refuse_unless_confirmable(signature: Given, now: datetime) -> None:
    """The rule: pending, its action not stopped, and not later than a day after the deadline."""
    if signature.stopped:
        raise Gone("This action was stopped. Please do not write any more. It could do harm.", Why.STOPPED)
    if signature.status is not SignatureStatus.PENDING:
        raise Gone(
            "This signature was withdrawn. If you want to sign after all, open the action and start again.",
            Why.WITHDRAWN,
        )
    if not in_time(signature.expires_at, signature.deadline, signature.time_zone, now):
        raise Gone("It is too late to confirm this signature.", Why.LATE)


def not_me(session: Session, vault: Vault, reference: bytes | None) -> Given | None:
    """ "This was not me": whatever was written in that address's name and is not confirmed is deleted now.

    A pending signature becomes `rejected` and keeps its seat and keyed hash, and nothing else: that is how this
    action never writes to the address again. One that was confirmed by mistake is withdrawn. A later wish beside a
    signature that its owner has confirmed goes alone, and the signature stands: then there is nothing left to show,
    and None is returned.
    """
    wish = given(session, vault, reference)
    if wish.wish_id is not None and wish.status is SignatureStatus.PENDING:
        if wish.stands is SignatureStatus.CONFIRMED:
            session.execute(delete(LaterWish).where(LaterWish.id == wish.wish_id))
            return None
    else:
        withdraw(session, wish.id)
    if _take_back(session, wish.id, SignatureStatus.PENDING, SignatureStatus.REJECTED):
        session.execute(delete(LaterWish).where(LaterWish.signature_id == wish.id))
        visits.forget(session, wish.id)
        if wish.wish_id is not None:
            return replace(wish, status=SignatureStatus.REJECTED, stands=SignatureStatus.REJECTED, name=None)
    return given(session, vault, reference)


def withdraw(session: Session, signature_id: int) -> bool:
    """Take a confirmed signature out of the count, with name, address, hash and words, and with letters that
    have not gone; its owner may sign again.

    What stays proves that it was taken back, and keeps the sum right until the next count: country, dates, and the
    number in a dossier that was frozen before, without the name. False if it was not confirmed: then nothing is
    changed.
    """
    return _let_go(session, signature_id, SignatureStatus.WITHDRAWN, seat=None, email_hash=None)


def disown(session: Session, vault: Vault, reference: bytes | None) -> Given:
    """ "This was not me", said of a signature that counts: it goes as if withdrawn; the seat and the keyed hash stay.

    So no link signs it anew, and this action writes to the address no more. Doing it again changes nothing. Raises
    `Gone` if there is no such signature.
    """
    _let_go(session, given(session, vault, reference).id, SignatureStatus.REJECTED)
    return given(session, vault, reference)


def _let_go(session: Session, signature_id: int, then: SignatureStatus, **seat: None) -> bool:
    if not _take_back(session, signature_id, SignatureStatus.CONFIRMED, then, **seat):
        return False
    guarded.change(session, DossierEntry, DossierEntry.signature_id == signature_id, name=None)
    waiting = and_(LaterWish.signature_id == signature_id, LaterWish.confirmed_at.is_(None))
    guarded.remove(session, LaterWish, waiting)
    deletion.of_withdrawn(session, signature_id)
    reminders.cancel(session, signature_id)
    return True


def _take_back(
    session: Session, signature_id: int, status: SignatureStatus, then: SignatureStatus, **seat: None
) -> bool:
    taken = guarded.change(
        session,
        Signature,
        Signature.id == signature_id,
        Signature.status == status,
        status=then,
        counts=False,
        email=None,
        updates=False,
        **CLEARED_FIELDS,
        **seat,
    )
    return taken > 0
