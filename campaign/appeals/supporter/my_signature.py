"""My signature: what is stored of one person, where it went, and every change its owner may make to it.

Whoever holds the link from the mail is the owner: there is no account. What is changed holds from now on; a dossier
that was frozen before stays as it was frozen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, delete, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse.rate_limits import Limit, _
from campaign.appeals.counting import tallies
from campaign.appeals.mails import reminders
from campaign.appeals.relay import deletion, requests
from campaign.appeals.signing import wishes
from campaign.appeals.signing.by_reference import DEAD_LINK_STATUSES, no_longer_valid
from campaign.appeals.signing.signing import MESSAGES_A_DAY, PENDING_KEPT, messages_today
from campaign.appeals.signing.wishes import Bound, Wish
from campaign.appeals.supporter import changes, reasons
from campaign.appeals.supporter.confirming import withdraw
from campaign.mail import outbox
from campaign.publication import signed_texts
from campaign.publication.risk import at_risk, risk_countries
from campaign.publication.signed_texts import Signed
from campaign.publication.stopping import stopped
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import (
    Action,
    Case,
    ConsentText,
    Dossier,
    DossierEntry,
    DossierVolume,
    LaterWish,
    Message,
    ReasonConsent,
    Signature,
)
from campaign.vocabulary import (
    Disclosure,
    DossierStatus,
    MessageKind,
    MessageStatus,
    SignatureStatus,
    WordsStatus,
)

CHANGING = Limit(
    "mine",
    hits=300,
    window=timedelta(minutes=10),
    said=_("Too many changes came from your network in the last few minutes. Please try again a little later."),
)
# What still stands under the appeal, or is about to. What was taken back or judged invalid can only be erased.
LIVING = (SignatureStatus.PENDING, SignatureStatus.CONFIRMED)


@dataclass(frozen=True)
class Consent:
    """The words its owner agreed to, as they were shown."""

    locale: str
    version: int
    text: str


@dataclass(frozen=True)
class Place:
    """Where a signature stands in one dossier. `volume`, and `page` in it, are known once it is printed."""

    code: str
    number: int
    volume: int | None
    page: int | None
    frozen_at: datetime
    official: str
    office: str | None
    printed: bool


@dataclass(frozen=True)
class Mail:
    """A message about the signature; `sent_at` is None where none was sent."""

    kind: MessageKind
    status: MessageStatus
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class LaterMine:
    """What was asked for with the same address later, and waits for its own link to be confirmed."""

    name: str
    country: str
    disclosure: Disclosure
    message: str | None
    updates: bool
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Mine:
    """All that is stored of one signature, decrypted for its owner. None where it was taken away."""

    id: int
    status: SignatureStatus
    name: str | None
    email: str | None
    hashed: bool  # whether a keyed hash of the address is kept
    hashes: tuple[str, ...]  # of what else a keyed hash is kept: "name", "network", "domain" of the mail, "words"
    words_status: WordsStatus | None
    reason: Consent | None  # what they agreed to so that everyone may read the message; None: only the official does
    name_hidden: bool
    name_held: bool
    name_given_at: datetime | None
    country: str
    disclosure: Disclosure
    message: str | None
    updates: bool
    locale: str
    guard: Disclosure | None
    wishes: tuple[LaterMine, ...]  # asked for after the first, and not confirmed
    text: Signed | None  # what was signed
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    consent: Consent
    slug: str
    stopped: bool
    deadline: date
    time_zone: str
    at_risk: bool  # whether being named may be dangerous where they live
    places: tuple[Place, ...]
    mails: tuple[Mail, ...]
    letters: tuple[requests.Mine, ...]
    reminded_at: datetime | None  # when they are to be reminded of a letter, if they asked

    @property
    def living(self) -> bool:
        """Whether there is something left to change, besides erasing it."""
        return self.status in LIVING


def mine(session: Session, vault: Vault, reference: bytes | None, locale: str | None = None) -> Mine:
    """What is stored under a link. Raises `Gone` if nothing is: the same answer as for a link never made."""
    row = session.execute(
        select(Signature, ConsentText, ReasonConsent, Action, Case)
        .join(ConsentText, ConsentText.id == Signature.consent_text_id)
        .join(Action, Action.id == Signature.action_id)
        .join(Case, Case.id == Action.case_id)
        .outerjoin(ReasonConsent, ReasonConsent.id == Signature.reason_consent_id)
        .where(Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES))
    ).one_or_none()
    if row is None:
        raise no_longer_valid()
    signature, told, reason, action, case = row
    if action.deadline is None:  # a CHECK says that what can be signed has one
        raise AssertionError("a signature under an action without a deadline")
    return Mine(
        id=signature.id,
        status=signature.status,
        name=vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference) if signature.name else None,
        email=vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference) if signature.email else None,
        hashed=signature.email_hash is not None,
        hashes=tuple(
            it for it in ("name", "network", "domain", "words") if getattr(signature, f"{it}_hash") is not None
        ),
        words_status=signature.words_status,
        reason=Consent(reason.locale, reason.version, reason.text) if reason is not None else None,
        name_hidden=signature.name_hidden,
        name_held=signature.name_held,
        name_given_at=signature.name_given_at,
        country=signature.country,
        disclosure=signature.disclosure,
        message=vault.decrypt(signature.message, SIGNATURE_MESSAGE, signature.reference) if signature.message else None,
        updates=signature.updates,
        locale=signature.locale,
        guard=signature.guard,
        wishes=_wishes(session, vault, signature.id),
        text=signed_texts.one(session, signature.signed_text_id, action.id, locale or signature.locale),
        created_at=signature.created_at,
        expires_at=signature.expires_at,
        confirmed_at=signature.confirmed_at,
        consent=Consent(told.locale, told.version, told.text),
        slug=action.slug,
        stopped=stopped(action),
        deadline=action.deadline,
        time_zone=case.time_zone,
        at_risk=at_risk(signature.country, risk_countries(case.country, case.at_risk_countries)),
        places=_places(session, signature.id),
        mails=_mails(session, signature.id),
        letters=requests.letters_of(session, vault, reference),
        reminded_at=reminders.due_at(session, signature.id),
    )


def show_name_to(session: Session, reference: bytes | None, disclosure: Disclosure) -> None:
    """Change who may see the name: on the page from the next count on, and in dossiers frozen from now on."""
    _change(session, reference, disclosure=disclosure, guard=None)


def correct_country(session: Session, reference: bytes | None, country: str) -> None:
    """Put the country right; the count follows."""
    changes.put_country(session, _locked(session, reference), country)


def correct_message(session: Session, vault: Vault, reference: bytes | None, message: str | None) -> None:
    """Write the message to the official anew, or take it away; an organiser reads the new one first."""
    changes.put_message(vault, _locked(session, reference), message)


def show_message(session: Session, reference: bytes | None, wanted: bool, locale: str, now: datetime) -> None:
    """Let everyone read the message, as agreed to in the language `locale`, or no longer."""
    reasons.put(session, _locked(session, reference), wanted, locale, now)


def move_to(session: Session, vault: Vault, reference: bytes | None, email: str, now: datetime) -> None:
    """Ask for another mailbox: a link goes there, and until it is confirmed everything stays as it is.

    The answer is the same whether or not somebody has signed with that address. At most a few mails a day.
    """
    signature = _locked(session, reference)
    if signature.name is None or messages_today(session, signature.id, now) >= MESSAGES_A_DAY:
        return
    wish = Wish(
        name=vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference),
        email=email,
        country=signature.country,
        disclosure=signature.disclosure,
        message=vault.decrypt(signature.message, SIGNATURE_MESSAGE, signature.reference) if signature.message else None,
        updates=signature.updates,
        locale=signature.locale,
        sure=True,
    )
    bound = Bound(signature.consent_text_id, signature.signed_text_id, now + PENDING_KEPT)
    wish_id = wishes.add(session, vault, signature.id, wish, bound, now)
    key = f"confirm:{signature.id}:moved:{wish_id}"
    outbox.enqueue(session, MessageKind.CONFIRM, signature.id, key, now, wish_id=wish_id)


def _locked(session: Session, reference: bytes | None) -> Signature:
    signature = session.scalars(
        select(Signature).where(Signature.reference == reference, Signature.status.in_(LIVING)).with_for_update()
    ).one_or_none()
    if signature is None:
        raise no_longer_valid()
    return signature


def correct_name(
    session: Session, vault: Vault, reference: bytes | None, name: str, now: datetime | None = None
) -> None:
    """Put the name right. `name` was checked for form, as when signing. The hash of the old one finds nobody now."""
    changes.put_name(session, vault, _locked(session, reference), name, now or clock.now())


def write_of_updates(session: Session, reference: bytes | None, wanted: bool) -> None:
    """Start or stop writing about what becomes of the case."""
    _change(session, reference, updates=wanted)


def stop_updates(session: Session, reference: bytes | None) -> None:
    """What one click in a mail program does, to a reminder too. Nothing to stop is as good as stopped; `Gone` if there
    is no signature."""
    found = session.scalars(_found(reference)).one_or_none()
    if found is None:
        raise no_longer_valid()
    guarded.change(session, Signature, Signature.id == found, updates=False)
    reminders.cancel(session, found)


def take_back(session: Session, reference: bytes | None) -> None:
    """Withdraw a confirmed signature; doing it again changes nothing. Raises `Gone` if there is none."""
    found = session.scalars(_found(reference)).one_or_none()
    if found is None:
        raise no_longer_valid()
    withdraw(session, found)


def erase(session: Session, reference: bytes | None) -> None:
    """Let nothing of the person remain; where there is nothing, there is nothing to do.

    The row goes, and with it the messages owed or sent, and letters that have not gone; of those that have, a number
    stays. Its dossier entries keep their numbers, without name and without a link back; what was printed is on paper. A
    signature that was counted leaves the tallies at once: its owner takes it away, while retention, which nobody asked
    for, only forgets who it was and lets the number stand. After "this was not me" the hash goes too, and with it the
    promise not to write to that address.
    """
    # Locked first: a dossier that is being frozen at this moment has then named its entry, or cannot name it any more.
    found = session.scalars(_found(reference).with_for_update()).one_or_none()
    if found is None:
        return
    deletion.of_erased(session, found)
    guarded.change(session, DossierEntry, DossierEntry.signature_id == found, name=None, signature_id=None)
    gone = guarded.rows(
        session,
        delete(Signature)
        .where(Signature.id == found)
        .returning(Signature.action_id, Signature.confirmed_on, Signature.country, Signature.tallied),
    ).one()
    if gone.tallied:
        tallies.take_out(session, gone.action_id, gone.confirmed_on, gone.country)


def masked(email: str) -> str:
    """An address as its owner knows it again, and who looks over their shoulder does not: "a•••@e•••.org"."""
    local, _, domain = email.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}"


def _found(reference: bytes | None) -> Select[int]:
    return select(Signature.id).where(Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES))


def _change(session: Session, reference: bytes | None, **values: object) -> None:
    changed = guarded.change(
        session, Signature, Signature.reference == reference, Signature.status.in_(LIVING), **values
    )
    if not changed:
        raise no_longer_valid()


def _places(session: Session, signature_id: int) -> tuple[Place, ...]:
    found = session.execute(
        select(
            Dossier.code,
            DossierEntry.number,
            DossierVolume.number,
            DossierEntry.page,
            Dossier.frozen_at,
            Dossier.appeal,
            Dossier.status,
        )
        .join(Dossier, Dossier.id == DossierEntry.dossier_id)
        .outerjoin(
            DossierVolume,
            and_(
                DossierVolume.dossier_id == Dossier.id,
                DossierEntry.number.between(DossierVolume.first_number, DossierVolume.last_number),
            ),
        )
        .where(DossierEntry.signature_id == signature_id)
        .order_by(Dossier.frozen_at, Dossier.id)
    ).all()
    return tuple(_place(*row) for row in found)


def _place(
    code: str,
    number: int,
    volume: int | None,
    page: int | None,
    frozen_at: datetime,
    appeal: str,
    status: DossierStatus,
) -> Place:
    official = json.loads(appeal)["official"]  # as it was printed, whatever the office is called today
    return Place(
        code=code,
        number=number,
        volume=volume,
        page=page,
        frozen_at=frozen_at,
        official=official["name"],
        office=official["office"],
        printed=status is DossierStatus.READY,
    )


def _mails(session: Session, signature_id: int) -> tuple[Mail, ...]:
    found = session.execute(
        select(Message.kind, Message.status, Message.created_at, Message.sent_at)
        .where(Message.signature_id == signature_id)
        .order_by(Message.id)
    ).all()
    return tuple(Mail(*row) for row in found)


def _wishes(session: Session, vault: Vault, signature_id: int) -> tuple[LaterMine, ...]:
    found = session.scalars(
        select(LaterWish)
        .where(LaterWish.signature_id == signature_id, LaterWish.confirmed_at.is_(None))
        .order_by(LaterWish.id)
    )
    return tuple(
        LaterMine(
            vault.decrypt(it.name or b"", SIGNATURE_NAME, it.reference),
            it.country,
            it.disclosure,
            vault.decrypt(it.message, SIGNATURE_MESSAGE, it.reference) if it.message else None,
            it.updates,
            it.created_at,
            it.expires_at,
        )
        for it in found
    )
