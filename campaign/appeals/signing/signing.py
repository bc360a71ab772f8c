"""Signing: one transaction that inserts the signature, `pending`, and the confirmation message it owes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Integer, String, and_, bindparam, func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse import form_protection, origins
from campaign.appeals.signing import consent, equal_words, visits, wishes
from campaign.appeals.signing.addresses import normal_form
from campaign.appeals.signing.by_reference import no_longer_valid
from campaign.appeals.signing.wishes import Wish
from campaign.errors import Gone, Refused, Unknown, Why
from campaign.mail import outbox
from campaign.publication import signed_texts
from campaign.publication.risk import at_risk as is_at_risk
from campaign.publication.risk import risk_countries
from campaign.publication.signing_time import may_be_signed
from campaign.storage import Vault, compiled_statements
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import Action, Case, LaterWish, Message, Signature, SignedText
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, Shield, SignatureStatus

# An unconfirmed address may be someone else's: it is not kept until a distant deadline.
PENDING_KEPT = timedelta(days=14)
# A mailbox is answered at most this often about one signature in 24 hours, whoever fills in the form.
MESSAGES_A_DAY = 3
# More than any action has versions of its text.
NEWEST = 2_000_000_000
# In place of a later wish's number, which are above nought: the signature itself asks for it.
THE_SIGNATURE = 0
_MAY_WISH = (SignatureStatus.PENDING, SignatureStatus.CONFIRMED)


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
    signed_text_id: int | None = None


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
    appeal = _appeal(session, vault, slug, wish, now)
    refuse_unless_open(appeal, now)
    risky = risk_countries(appeal.country, appeal.at_risk_countries)
    ask_before_naming(risky, wish.country, wish.disclosure, wish.sure)
    let_through(appeal.shield)
    email_hash = vault.keyed_hash("e-mail", normal_form(wish.email))
    for seat in range(1, appeal.seats + 1):
        signature_id = _take_seat(session, vault, appeal, wish, email_hash, seat, now, network)
        if signature_id is not None:
            if wish.via:
                visits.keep(session, appeal.action_id, signature_id, wish.via, wish.locale)
            outbox.enqueue(session, MessageKind.CONFIRM, signature_id, f"confirm:{signature_id}", now)
            return
        held = _held(session, appeal, email_hash, seat)
        name = vault.decrypt(held.name, SIGNATURE_NAME, held.reference) if held is not None and held.name else None
        if held is None or seat == appeal.seats or (name is not None and name.casefold() == wish.name.casefold()):
            _answer_repeat(session, vault, appeal, held, name, wish, now)
            return


@dataclass(frozen=True)
class AtOnce:
    """What a signing by a link that proves its address came to: the wish to confirm, or the signature that stands
    already. `guarded`: of that one the disclosure is now more guarded than it was."""

    reference: bytes
    already: bool
    guarded: bool = False


def sign_at_once(session: Session, vault: Vault, slug: str, wish: Wish, now: datetime, network: str = "") -> AtOnce:
    """Take a signature of someone whose address needs no second proof; what it gives is to be confirmed in the same
    transaction. Owes no mail.

    A signature that its owner has confirmed stays as it is, but for a disclosure that is more guarded. Raises as `sign`
    does, `Unproven` while signing is paused, and `Gone` where its owner asked not to be written to any more.
    """
    appeal = _appeal(session, vault, slug, wish, now)
    refuse_unless_open(appeal, now)
    if appeal.shield is Shield.PAUSE:  # a sum is asked of nobody here: the link cannot be made up
        raise form_protection.Unproven(form_protection.PAUSED)
    ask_before_naming(
        risk_countries(appeal.country, appeal.at_risk_countries), wish.country, wish.disclosure, wish.sure
    )
    email_hash = vault.keyed_hash("e-mail", normal_form(wish.email))
    held: Signature | None = None
    for seat in range(1, appeal.seats + 1):
        made = _take_seat(session, vault, appeal, wish, email_hash, seat, now, network)
        if made is not None:
            return AtOnce(session.scalars(select(Signature.reference).where(Signature.id == made)).one(), already=False)
        held = _held(session, appeal, email_hash, seat)
        name = vault.decrypt(held.name, SIGNATURE_NAME, held.reference) if held is not None and held.name else None
        if name is not None and name.casefold() == wish.name.casefold():
            break
    if held is None or held.status not in _MAY_WISH:
        raise no_longer_valid()
    if held.status is SignatureStatus.CONFIRMED:
        before, held.disclosure = held.disclosure, wishes.more_guarded(wish.disclosure, held.disclosure)
        session.flush()
        return AtOnce(held.reference, already=True, guarded=held.disclosure is not before)
    wishes.raise_guard(session, held.id, wish.disclosure)
    bound = wishes.Bound(appeal.consent_text_id, appeal.signed_text_id, expires_at(now, appeal))
    wish_id = wishes.add(session, vault, held.id, wish, bound, now)
    return AtOnce(session.scalars(select(LaterWish.reference).where(LaterWish.id == wish_id)).one(), already=False)


def refuse_unless_open(appeal: Appeal, now: datetime) -> None:
    """The rule of who may still sign, decided on the server and in the case's time zone."""
    if appeal.status is ActionStatus.STOPPED:
        raise Gone("This action was stopped. Please do not write any more. It could do harm.", Why.STOPPED)
    if not may_be_signed(appeal.status, appeal.deadline, appeal.time_zone, now):
        raise Gone("The deadline of this action has passed. You can no longer sign it.", Why.LATE)


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


def repeat_deserves(status: SignatureStatus, messages_today: int, differs: bool = False) -> MessageKind | None:
    """What the mailbox is told when its address signs again: a link that confirms this wish, "you have signed", or
    nothing. `differs`: it asks for something else than what its owner has confirmed, or than any link does so far.

    Nothing after "this was not me", whose owner asked not to be written to, nor after enough mails for one day.
    """
    if messages_today >= MESSAGES_A_DAY:
        return None
    return {
        SignatureStatus.PENDING: MessageKind.CONFIRM,
        SignatureStatus.CONFIRMED: MessageKind.CONFIRM if differs else MessageKind.SIGNED_ALREADY,
    }.get(status)


# Built once, of tables and not of classes: making this query costs several times what running it does.
_ACTIONS, _CASES, _TEXTS = Action.__table__.c, Case.__table__.c, SignedText.__table__.c
# The version that the page showed; if none like it was kept, the newest before it.
_SIGNED_TEXT = (
    select(_TEXTS.id)
    .where(_TEXTS.action_id == _ACTIONS.id, _TEXTS.version <= bindparam("text_version", type_=Integer))
    .order_by(_TEXTS.version.desc())
    .limit(1)
    .correlate(Action.__table__)
    .scalar_subquery()
)
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
        _SIGNED_TEXT,
    )
    .join_from(Action.__table__, Case.__table__, _CASES.id == _ACTIONS.case_id)
    .where(_ACTIONS.slug == bindparam("slug"))
    .where(_ACTIONS.status != ActionStatus.DRAFT, _ACTIONS.status != ActionStatus.IN_REVIEW)
)


def _appeal(session: Session, vault: Vault, slug: str, wish: Wish, now: datetime) -> Appeal:
    version = NEWEST if wish.text_version is None else wish.text_version
    row = compiled_statements.one(session, _APPEAL, slug=slug, locale=wish.locale, text_version=version)
    if row is None:
        raise Unknown("There is no action at this address.")
    appeal = Appeal(*row)
    if appeal.signed_text_id is None:  # the first to sign: what they sign is kept from now on
        return replace(appeal, signed_text_id=signed_texts.keep(session, vault, slug, now))
    return appeal


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
        words_hash=equal_words.words_hash(vault, appeal.action_id, wish.message) if wish.message else None,
        country=wish.country,
        disclosure=wish.disclosure,
        updates=wish.updates,
        locale=wish.locale,
        consent_text_id=appeal.consent_text_id,
        signed_text_id=appeal.signed_text_id,
        created_at=now,
        expires_at=expires_at(now, appeal),
        counts=False,
        tallied=False,
        **origins.of(vault, network, wish.email.rpartition("@")[2], wish.name),
    )


def _held(session: Session, appeal: Appeal, email_hash: bytes, seat: int) -> Signature | None:
    return session.scalars(
        select(Signature)
        .where(Signature.action_id == appeal.action_id, Signature.email_hash == email_hash, Signature.seat == seat)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _answer_repeat(
    session: Session, vault: Vault, appeal: Appeal, held: Signature | None, name: str | None, wish: Wish, now: datetime
) -> None:
    """Answer a repeat by mail. One that asks for what a link confirms already gets that link again; any other is a
    wish of its own."""
    if held is None or name is None or held.status not in _MAY_WISH:
        return
    wishes.raise_guard(session, held.id, wish.disclosure)
    wish_id, differs = _link_that_will_do(session, vault, held, name, wish, now), False
    if wish_id is None:
        differs = True
    sent_today = messages_today(session, held.id, now)
    kind = repeat_deserves(held.status, sent_today, differs or wish_id != THE_SIGNATURE)
    if kind is None:
        return
    # Two repeats at the same moment count the same and make one key: one message. So its name is taken first.
    key = f"{kind}:{held.id}:{now:%Y-%m-%d}:{sent_today}"
    if outbox.known(session, key):
        return
    if differs:
        bound = wishes.Bound(appeal.consent_text_id, appeal.signed_text_id, expires_at(now, appeal))
        wish_id = wishes.add(session, vault, held.id, wish, bound, now)
    outbox.enqueue(session, kind, held.id, key, now, wish_id=wish_id or None)


def messages_today(session: Session, signature_id: int, now: datetime) -> int:
    """How many mails about a signature were owed in the last 24 hours."""
    recent = and_(Message.signature_id == signature_id, Message.created_at > now - timedelta(days=1))
    return int(session.scalar(select(func.count()).select_from(Message).where(recent)) or 0)


def _link_that_will_do(
    session: Session, vault: Vault, held: Signature, name: str, wish: Wish, now: datetime
) -> int | None:
    """The later wish that asked for the same, `THE_SIGNATURE` if that does; None if nothing that can be confirmed."""
    message = vault.decrypt(held.message, SIGNATURE_MESSAGE, held.reference) if held.message else None
    if wishes.same(wish, name, message, held) and (held.status is SignatureStatus.CONFIRMED or now < held.expires_at):
        return THE_SIGNATURE
    for it in wishes.waiting(session, held.id, now):
        told = vault.decrypt(it.message, SIGNATURE_MESSAGE, it.reference) if it.message else None
        if it.name is not None and wishes.same(wish, vault.decrypt(it.name, SIGNATURE_NAME, it.reference), told, it):
            return it.id
    return None
