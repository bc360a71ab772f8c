"""Changing what stands in a signature: name, country, message, updates. The counts and the moderation follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.abuse import origins
from campaign.appeals.counting import tallies
from campaign.appeals.signing import equal_words, threats
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import Organisation, Signature


def put(
    session: Session,
    vault: Vault,
    signature: Signature,
    name: str,
    country: str,
    message: str | None,
    updates: bool,
    now: datetime,
) -> None:
    """Put what a person wishes into their signature, whose row is locked; nothing is written where nothing differs."""
    put_name(session, vault, signature, name, now)
    put_country(session, signature, country)
    put_message(vault, signature, message)
    signature.updates = updates


def put_name(session: Session, vault: Vault, signature: Signature, name: str, now: datetime) -> None:
    """The name, and the hash by which it can be found; the hash of the old one finds nobody now.

    It waits before it is shown, and to be read where the office reads names first or where it reads like a threat.
    """
    signature.name_given_at = now
    reads_first = session.scalars(select(Organisation.names_read_first)).one_or_none() or False
    signature.name_held = threats.sounds_like_one(name) or reads_first
    kept = signature.name is not None and vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference) == name
    if kept and signature.name_hash is not None:
        return
    signature.name = vault.encrypt(name, SIGNATURE_NAME, signature.reference)
    signature.name_hash = origins.name_hash(vault, name)


def put_country(session: Session, signature: Signature, country: str) -> None:
    """The country; a signature that is counted is counted there from now on."""
    if signature.country == country:
        return
    if signature.tallied and signature.confirmed_on is not None:
        tallies.move(session, signature.action_id, signature.confirmed_on, signature.country, to=country)
    signature.country = country


def put_message(vault: Vault, signature: Signature, message: str | None) -> None:
    """The message to the official. Another one has not been read by an organiser yet."""
    row = signature.reference
    was = vault.decrypt(signature.message, SIGNATURE_MESSAGE, row) if signature.message else None
    if was == message:
        return
    signature.message = vault.encrypt(message, SIGNATURE_MESSAGE, row) if message else None
    signature.words_hash = equal_words.words_hash(vault, signature.action_id, message) if message else None
    signature.words_status, signature.words_decision_id = None, None
    # Whoever agreed to show everyone what stood here has agreed to nothing about what stands here now.
    signature.reason_consent_id = None
