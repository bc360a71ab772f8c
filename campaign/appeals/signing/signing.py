"""Signing: one transaction that inserts the signature, `pending`, and the confirmation message it owes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import String, and_, bindparam, func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse import origins
from campaign.appeals.signing import consent
from campaign.appeals.signing.addresses import normal_form
from campaign.errors import Gone, Refused, Unknown
from campaign.mail import outbox
from campaign.publication.risk import at_risk as is_at_risk
from campaign.publication.risk import risk_countries
from campaign.publication.signing_time import may_be_signed
from campaign.storage import Vault, compiled_statements
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import Action, Case, Message, Signature
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, Shield, SignatureStatus

# An unconfirmed address may be someone else's: it is not kept until a distant deadline.
PENDING_KEPT = timedelta(days=14)
# A mailbox is answered at most this often about one signature in 24 hours, whoever fills in the form.
MESSAGES_A_DAY = 3


@dataclass(frozen=True)
class Wish:
    """What a supporter asked for, checked for form: lengths, country, address.

    `sure`: they were told that being named may be dangerous where they live, and chose after that.
    """

    name: str
    email: str
    country: str
    disclosure: Disclosure
    message: str | None
    updates: bool
    locale: str
    sure: bool


@dataclass(frozen=True)
class Appeal:
    """What a signature needs to know of the action it stands under."""

    action_id: int
    status: ActionStatus
    deadline: date
    time_zone: str
    seats: int
    country: str
    at_risk_countries: Sequence[str]  # besides the case's own
    shield: Shield
    consent_text_id: int


def sign(
    session: Session,
    vault: Vault,
    slug: str,
    wish: Wish,
    now: datetime,
    network: str = "",
    let_through: Callable[[Shield], None] = lambda _level: None,
) -> None:
    """Take a signature. Says nothing of what was there before: nobody learns who signed.

    `network` is kept as a keyed hash, for two days. `let_through` is asked what stands before the form and raises if
    that is not overcome.

    Raises `Unknown` if there is no such public action, `Gone` if it takes no signatures any more, and `Refused`,
    once, if being named may be dangerous to this supporter: the door asks whether they are sure.
    """
    appeal = _appeal(session, slug, wish.locale)
    refuse_unless_open(appeal, now)
    risky = risk_countries(appeal.country, appeal.at_risk_countries)
    ask_before_naming(risky, wish.country, wish.disclosure, wish.sure)
    let_through(appeal.shield)
    email_hash = vault.keyed_hash("e-mail", normal_form(wish.email))
    for seat in range(1, appeal.seats + 1):
        signature_id = _take_seat(session, vault, appeal, wish, email_hash, seat, now, network)
        if signature_id is not None:
            outbox.enqueue(session, MessageKind.CONFIRM, signature_id, f"confirm:{signature_id}", now)
            return
        held = _held(session, vault, appeal, email_hash, seat)
        if held is None or seat == appeal.seats or held.name == wish.name.casefold():
            _answer_repeat(session, held, now)
            return


def refuse_unless_open(appeal: Appeal, now: datetime) -> None:
    """The rule of who may still sign, decided on the server and in the case's time zone."""
    if appeal.status is ActionStatus.STOPPED:
        raise Gone("This action was stopped. Please do not write any more. It could do harm.")
    if not may_be_signed(appeal.status, appeal.deadline, appeal.time_zone, now):
        raise Gone("The deadline of this action has passed. You can no longer sign it.")


def ask_before_naming(at_risk: Collection[str], country: str, disclosure: str, sure: bool) -> None:
    """The rule for people at risk: who lives where the harm is, and would be named, is asked once. Never twice: it
    is their name and their choice."""
    if is_at_risk(country, at_risk) and disclosure in {Disclosure.PUBLIC, Disclosure.OFFICIAL} and not sure:
        raise Refused(
            "Where you live, being named here could be dangerous. So we have chosen “No one” for now. Press the button "
            "again and you are counted without your name. If you still want to be named, choose that again. We will "
            "not ask twice."
        )


def at_risk_countries(session: Session, slug: str) -> tuple[str, ...]:
    """Where being named under an action may be dangerous: the case's own country, and those the organiser lists."""
    found = session.execute(
        select(Case.country, Case.at_risk_countries).join(Action, Action.case_id == Case.id).where(Action.slug == slug)
    ).one_or_none()
    return risk_countries(found.country, found.at_risk_countries) if found else ()


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


# Built once, of tables and not of classes: making this query costs several times what running it does.
_ACTIONS, _CASES = Action.__table__.c, Case.__table__.c
_APPEAL = (
    select(
        _ACTIONS.id,
        _ACTIONS.status,
        _ACTIONS.deadline,
        _CASES.time_zone,
        _ACTIONS.seats,
        _CASES.country,
        _CASES.at_risk_countries,
        _ACTIONS.shield,
        consent.newest(bindparam("locale", type_=String)),
    )
    .join_from(Action.__table__, Case.__table__, _CASES.id == _ACTIONS.case_id)
    .where(_ACTIONS.slug == bindparam("slug"))
    .where(_ACTIONS.status != ActionStatus.DRAFT, _ACTIONS.status != ActionStatus.IN_REVIEW)
)


def _appeal(session: Session, slug: str, locale: str) -> Appeal:
    row = compiled_statements.one(session, _APPEAL, slug=slug, locale=locale)
    if row is None:
        raise Unknown("There is no action at this address.")
    return Appeal(*row)


def _take_seat(
    session: Session,
    vault: Vault,
    appeal: Appeal,
    wish: Wish,
    email_hash: bytes,
    seat: int,
    now: datetime,
    network: str,
) -> int | None:
    """Insert the signature; None if the seat is taken. The unique index decides, not a look-up before."""
    reference = secrets.token_bytes(16)
    return insert_or_leave(
        session,
        Signature,
        action_id=appeal.action_id,
        reference=reference,
        status=SignatureStatus.PENDING,
        email=vault.encrypt(wish.email, SIGNATURE_EMAIL, reference),
        email_hash=email_hash,
        seat=seat,
        name=vault.encrypt(wish.name, SIGNATURE_NAME, reference),
        message=vault.encrypt(wish.message, SIGNATURE_MESSAGE, reference) if wish.message else None,
        country=wish.country,
        disclosure=wish.disclosure,
        updates=wish.updates,
        locale=wish.locale,
        consent_text_id=appeal.consent_text_id,
        created_at=now,
        expires_at=expires_at(now, appeal),
        counts=False,
        tallied=False,
        **origins.of(vault, network, wish.email.rpartition("@")[2], wish.name),
    )


@dataclass(frozen=True)
class _Held:
    id: int
    status: SignatureStatus
    name: str | None


def _held(session: Session, vault: Vault, appeal: Appeal, email_hash: bytes, seat: int) -> _Held | None:
    row = session.execute(
        select(Signature.id, Signature.status, Signature.name, Signature.reference).where(
            Signature.action_id == appeal.action_id, Signature.email_hash == email_hash, Signature.seat == seat
        )
    ).one_or_none()
    if row is None:
        return None
    return _Held(
        row.id, row.status, vault.decrypt(row.name, SIGNATURE_NAME, row.reference).casefold() if row.name else None
    )


def _answer_repeat(session: Session, held: _Held | None, now: datetime) -> None:
    if held is None:
        return
    recent = and_(Message.signature_id == held.id, Message.created_at > now - timedelta(days=1))
    messages_today = int(session.scalar(select(func.count()).select_from(Message).where(recent)) or 0)
    kind = repeat_deserves(held.status, messages_today)
    if kind is not None:
        # Two repeats at the same moment count the same and make one key: one message.
        key = f"{kind}:{held.id}:{now:%Y-%m-%d}:{messages_today}"
        outbox.enqueue(session, kind, held.id, key, now)
