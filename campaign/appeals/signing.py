"""Signing: one transaction that inserts the signature, `pending`, and the confirmation message it owes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals import consent
from campaign.appeals.addresses import normal_form
from campaign.errors import Over, Unknown
from campaign.mail import outbox
from campaign.storage import Vault
from campaign.storage.tables import Action, Case, ConsentText, Message, Signature
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, SignatureStatus

# An unconfirmed address may be someone else's: it is not kept until a distant deadline.
PENDING_KEPT = timedelta(days=14)
# A mailbox is answered at most this often about one signature in 24 hours, whoever fills in the form.
MESSAGES_A_DAY = 3


@dataclass(frozen=True)
class Wish:
    """What a supporter asked for, checked for form: lengths, country, address."""

    name: str
    email: str
    country: str
    disclosure: Disclosure
    message: str | None
    updates: bool
    locale: str


@dataclass(frozen=True)
class Appeal:
    """What a signature needs to know of the action it stands under."""

    action_id: int
    status: ActionStatus
    deadline: date
    time_zone: str
    seats: int
    consent_text_id: int


def sign(session: Session, vault: Vault, slug: str, wish: Wish, now: datetime) -> None:
    """Take a signature. Says nothing of what was there before: nobody learns who signed.

    Raises `Unknown` if there is no such public action, `Over` if it takes no signatures any more.
    """
    appeal = _appeal(session, slug, wish.locale)
    refuse_unless_open(appeal, now)
    email_hash = vault.fingerprint("e-mail", normal_form(wish.email))
    for seat in range(1, appeal.seats + 1):
        signature_id = _take_seat(session, vault, appeal, wish, email_hash, seat, now)
        if signature_id is not None:
            outbox.owe(session, MessageKind.CONFIRM, signature_id, f"confirm:{signature_id}", now)
            return
        held = _held(session, vault, appeal, email_hash, seat)
        if held is None or seat == appeal.seats or held.name == wish.name.casefold():
            _answer_repeat(session, held, now)
            return


def refuse_unless_open(appeal: Appeal, now: datetime) -> None:
    """The rule of who may still sign, decided on the server and in the case's time zone."""
    if appeal.status is ActionStatus.STOPPED:
        raise Over("This action was stopped. Please do not write any more: it could do harm.")
    if appeal.status is not ActionStatus.OPEN or not clock.signing_open(now, appeal.deadline, appeal.time_zone):
        raise Over("The deadline of this action has passed. It takes no more signatures.")


def expires_at(now: datetime, appeal: Appeal) -> datetime:
    """Until when a signature given now may be confirmed."""
    return min(now + PENDING_KEPT, clock.end_of(appeal.deadline, appeal.time_zone) + clock.CONFIRMATION_GRACE)


def repeat_deserves(status: SignatureStatus, messages_today: int) -> MessageKind | None:
    """What the mailbox is told when its address signs again: the same link, "you have signed", or nothing.

    Nothing after "this was not me", whose owner asked not to be written to, nor after enough mails for one day.
    """
    if messages_today >= MESSAGES_A_DAY:
        return None
    return {
        SignatureStatus.PENDING: MessageKind.CONFIRM,
        SignatureStatus.CONFIRMED: MessageKind.SIGNED_ALREADY,
    }.get(status)


def _appeal(session: Session, slug: str, locale: str) -> Appeal:
    told = consent.newest(locale).with_only_columns(ConsentText.id).scalar_subquery()
    row = session.execute(
        select(Action.id, Action.status, Action.deadline, Case.time_zone, Action.seats, told)
        .join(Case, Case.id == Action.case_id)
        .where(Action.slug == slug, Action.status.not_in((ActionStatus.DRAFT, ActionStatus.IN_REVIEW)))
    ).one_or_none()
    if row is None:
        raise Unknown("There is no action at this address.")
    return Appeal(*row)


def _take_seat(
    session: Session, vault: Vault, appeal: Appeal, wish: Wish, email_hash: bytes, seat: int, now: datetime
) -> int | None:
    """Insert the signature; None if the seat is taken. The unique index decides, not a look-up before."""
    return insert_or_leave(
        session,
        Signature,
        action_id=appeal.action_id,
        reference=secrets.token_bytes(16),
        status=SignatureStatus.PENDING,
        email=vault.seal(wish.email),
        email_hash=email_hash,
        seat=seat,
        name=vault.seal(wish.name),
        message=vault.seal(wish.message) if wish.message else None,
        country=wish.country,
        disclosure=wish.disclosure,
        updates=wish.updates,
        locale=wish.locale,
        consent_text_id=appeal.consent_text_id,
        created_at=now,
        expires_at=expires_at(now, appeal),
        counts=False,
        tallied=False,
    )


@dataclass(frozen=True)
class _Held:
    id: int
    status: SignatureStatus
    name: str | None


def _held(session: Session, vault: Vault, appeal: Appeal, email_hash: bytes, seat: int) -> _Held | None:
    row = session.execute(
        select(Signature.id, Signature.status, Signature.name).where(
            Signature.action_id == appeal.action_id, Signature.email_hash == email_hash, Signature.seat == seat
        )
    ).one_or_none()
    if row is None:
        return None
    return _Held(row.id, row.status, vault.unseal(row.name).casefold() if row.name else None)


def _answer_repeat(session: Session, held: _Held | None, now: datetime) -> None:
    if held is None:
        return
    recent = and_(Message.signature_id == held.id, Message.created_at > now - timedelta(days=1))
    messages_today = int(session.scalar(select(func.count()).select_from(Message).where(recent)) or 0)
    kind = repeat_deserves(held.status, messages_today)
    if kind is not None:
        # Two repeats at the same moment count the same and make one key: one message.
        key = f"{kind}:{held.id}:{now:%Y-%m-%d}:{messages_today}"
        outbox.owe(session, kind, held.id, key, now)
