"""Letters that supporters asked the system to send, made as they would make them, or many at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from campaign.appeals.relay import requests
from campaign.appeals.relay.content import Content
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage import Storage
from campaign.storage.tables import Action, Letter, Official, Signature
from campaign.vocabulary import LetterStatus
from tests import made

SLUG = "renew-the-cards"


def signed(storage: Storage, email: str = "ada@example.org", at: datetime = made.NOON, **wish: Any) -> bytes:
    """The reference of a signature that was given and confirmed."""
    with storage.writing() as session:
        before = set(session.scalars(select(Signature.reference)))
        sign(session, storage.vault, SLUG, made.wish(email, **wish), at)
        (reference,) = set(session.scalars(select(Signature.reference))) - before
        confirming.confirm(session, storage.vault, reference, at)
        return reference


def drafted(
    storage: Storage, reference: bytes, words: str | None = None, at: datetime = made.NOON, official: int = 1
) -> requests.Drafted:
    """A letter as it is shown to its writer."""
    with storage.writing() as session:
        return requests.save_draft(session, storage.vault, reference, SLUG, official, "en", words, at)


def queued(
    storage: Storage, reference: bytes, words: str | None = None, at: datetime = made.NOON, official: int = 1
) -> int:
    """The number of a letter that its writer agreed to."""
    made_id = drafted(storage, reference, words, at, official).id
    with storage.writing() as session:
        requests.submit(session, storage.vault, reference, made_id, "en", at)
    return made_id


def one(storage: Storage, letter_id: int) -> Letter:
    with storage.reading() as session:
        return session.get_one(Letter, letter_id)


def all_of(storage: Storage) -> list[Letter]:
    with storage.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def crowd(storage: Storage, n: int, official: int, at: datetime = made.NOON) -> None:
    """Letters of one signature each, all to the nth recipient, in the queue; the signatures must be there."""
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        to: Official = action.recipients[official - 1].official
        content = Content(
            "en", "Renew the cards", "Dear Minister,", ("Please renew them.",), "Yours sincerely,", "Ada Lovelace", "GB"
        )
        first = (session.scalar(select(func.max(Letter.id))) or 0) + 1
        signers = session.scalars(select(Signature.id).order_by(Signature.id).limit(n)).all()
        rows = [
            {
                "id": letter_id,
                "action_id": action.id,
                "official_id": to.id,
                "signature_id": it,
                "locale": "en",
                "status": LetterStatus.QUEUED,
                "content": content.encrypted(storage.vault, letter_id),
                "text_hash": storage.vault.keyed_hash("letter", "please renew them."),
                "created_at": at,
                "due_at": at,
                "attempts": 0,
            }
            for letter_id, it in enumerate(signers, first)
        ]
        session.execute(insert(Letter), rows)
