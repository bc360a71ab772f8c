"""My data: all that is stored of one signature, for its owner: the values of their page, and their file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from campaign.appeals.mails import reminders
from campaign.appeals.relay import requests
from campaign.appeals.signing.by_reference import DEAD_LINK_STATUSES, no_longer_valid
from campaign.publication import signed_texts
from campaign.publication.risk import at_risk, risk_countries
from campaign.publication.signed_texts import Signed
from campaign.publication.stopping import stopped
from campaign.storage import Vault
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
from campaign.vocabulary import Disclosure, DossierStatus, MessageKind, MessageStatus, SignatureStatus, WordsStatus

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


def masked(email: str) -> str:
    """An address as its owner knows it again, and who looks over their shoulder does not: "a•••@e•••.org"."""
    local, _, domain = email.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}"


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


def as_json(signature: Mine) -> dict[str, Any]:
    """All that is stored, for `json.dumps`: the address whole, instants as ISO 8601 in UTC."""
    return {
        "name": signature.name,
        "email": signature.email,
        "keyed_hash_of_email_kept": signature.hashed,
        "other_keyed_hashes_kept": list(signature.hashes),
        "name_hidden": signature.name_hidden,
        "name_waits_to_be_read": signature.name_held,
        "name_given_at": signature.name_given_at.isoformat() if signature.name_given_at else None,
        "country": signature.country,
        "disclosure": str(signature.disclosure),
        "message": signature.message,
        "words_status": str(signature.words_status) if signature.words_status else None,
        "message_for_everyone": _consent_json(signature.reason) if signature.reason else None,
        "updates": signature.updates,
        "language": signature.locale,
        "status": str(signature.status),
        "most_guarded_choice_sent_since": str(signature.guard) if signature.guard else None,
        "later_wishes": [
            {
                "name": it.name,
                "country": it.country,
                "disclosure": str(it.disclosure),
                "message": it.message,
                "updates": it.updates,
                "asked_at": it.created_at.isoformat(),
                "confirm_before": it.expires_at.isoformat(),
            }
            for it in signature.wishes
        ],
        "signed_text": {
            "version": signature.text.version,
            "sha256": signature.text.digest,
            "title": signature.text.title,
            "summary": signature.text.summary,
            "demands": list(signature.text.demands),
            "officials": list(signature.text.officials),
        }
        if signature.text
        else None,
        "signed_at": signature.created_at.isoformat(),
        "confirm_before": signature.expires_at.isoformat(),
        "confirmed_at": signature.confirmed_at.isoformat() if signature.confirmed_at else None,
        "action": signature.slug,
        "consent": _consent_json(signature.consent),
        "dossiers": [
            {
                "code": it.code,
                "number": it.number,
                "volume": it.volume,
                "page": it.page,
                "frozen_at": it.frozen_at.isoformat(),
                "official": it.official,
                "office": it.office,
                "printed": it.printed,
            }
            for it in signature.places
        ],
        "messages": [
            {
                "kind": str(it.kind),
                "status": str(it.status),
                "created_at": it.created_at.isoformat(),
                "sent_at": it.sent_at.isoformat() if it.sent_at else None,
            }
            for it in signature.mails
        ],
        "reminder_of_a_letter_due_at": signature.reminded_at.isoformat() if signature.reminded_at else None,
        "letters": [
            {
                "official": it.official,
                "language": it.locale,
                "status": str(it.status),
                "created_at": it.created_at.isoformat(),
                "sent_at": it.sent_at.isoformat() if it.sent_at else None,
                "posted_on": it.posted_on.isoformat() if it.posted_on else None,
                "subject": it.subject,
                "text": it.text,
                "consent": it.consent,
                "ask_me_about_an_answer": it.asked,
                "answer": str(it.answer) if it.answer else None,
                "answer_handed_in": it.handed_in,
            }
            for it in signature.letters
        ],
    }


def _consent_json(consent: Consent) -> dict[str, Any]:
    return {"language": consent.locale, "version": consent.version, "text": consent.text}
