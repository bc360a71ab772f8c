"""Wishes: what one address asked for, each time it signed. The last word counts; no name gets more public by chance.

Each mail's link confirms the wish that caused the mail. Of wishes that differ the more guarded disclosure is kept until
the person chooses otherwise, on the page of the link or on "My signature".
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import LaterWish, Signature
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import Disclosure

# From the most public to the most guarded.
_GUARDED = (Disclosure.PUBLIC, Disclosure.OFFICIAL, Disclosure.WITHHELD)


@dataclass(frozen=True)
class Wish:
    """What a supporter asked for, checked for form: lengths, country, address.

    `sure`: they were told that being named may be dangerous where they live, and chose after that.
    `text_version` is the version of the action's text that their page showed; None: the newest. `via` is the tag of the
    link that led them there, "" for none.
    """

    name: str
    email: str
    country: str
    disclosure: Disclosure
    message: str | None
    updates: bool
    locale: str
    sure: bool
    text_version: int | None = None
    via: str = ""


@dataclass(frozen=True)
class Bound:
    """What a wish is bound to when it is made: the wording that was shown, the text that is signed, and until when it
    may be confirmed."""

    consent_text_id: int
    signed_text_id: int | None
    expires_at: datetime


def more_guarded(*disclosures: Disclosure | None) -> Disclosure:
    """The most guarded of some disclosures; None says nothing."""
    return max((it for it in disclosures if it is not None), key=_GUARDED.index)


def disclosure_kept(
    asked: Disclosure, stands: Disclosure, guard: Disclosure | None, chosen: Disclosure | None = None
) -> Disclosure:
    """Who may see the name once a wish is confirmed.

    `asked` is what the wish asked for, `stands` what the signature says now, `guard` the most guarded of what later
    wishes asked for since its owner last chose, `chosen` what the owner chooses as they confirm.
    """
    return chosen or more_guarded(asked, stands, guard)


def same(asked: Wish, name: str, message: str | None, held: Signature | LaterWish) -> bool:
    """Whether a wish asks for what one before it did, so that its link will do. `name` and `message` are decrypted."""
    return (asked.name, asked.message, asked.country, asked.disclosure, asked.updates) == (
        name,
        message,
        held.country,
        held.disclosure,
        held.updates,
    )


def add(session: Session, vault: Vault, signature_id: int, wish: Wish, bound: Bound, now: datetime) -> int | None:
    """Keep a later wish beside the signature until it is confirmed or runs out; its id."""
    reference = secrets.token_bytes(16)
    return insert_or_leave(
        session,
        LaterWish,
        signature_id=signature_id,
        reference=reference,
        email=vault.encrypt(wish.email, SIGNATURE_EMAIL, reference),
        name=vault.encrypt(wish.name, SIGNATURE_NAME, reference),
        message=vault.encrypt(wish.message, SIGNATURE_MESSAGE, reference) if wish.message else None,
        country=wish.country,
        disclosure=wish.disclosure,
        updates=wish.updates,
        locale=wish.locale,
        consent_text_id=bound.consent_text_id,
        signed_text_id=bound.signed_text_id,
        created_at=now,
        expires_at=bound.expires_at,
    )


def raise_guard(session: Session, signature_id: int, disclosure: Disclosure) -> None:
    """Remember that a later wish asked for this; a less guarded one changes nothing, whoever comes at the same time."""
    less = _GUARDED[: _GUARDED.index(disclosure)]
    guarded.change(
        session,
        Signature,
        Signature.id == signature_id,
        or_(Signature.guard.is_(None), Signature.guard.in_(less)),
        guard=disclosure,
    )


def waiting(session: Session, signature_id: int, now: datetime) -> list[LaterWish]:
    """The later wishes of a signature that may still be confirmed, the eldest first."""
    return list(
        session.scalars(
            select(LaterWish)
            .where(LaterWish.signature_id == signature_id, LaterWish.confirmed_at.is_(None), LaterWish.expires_at > now)
            .order_by(LaterWish.id)
        )
    )
