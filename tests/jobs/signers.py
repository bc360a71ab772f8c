"""People who sign, and what the outbox and the captured mailbox then hold."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import select

from campaign import clock
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature
from tests import made


def signed(storage: Storage, *emails: str) -> None:
    with storage.writing() as session:
        for email in emails:
            sign(session, storage.vault, "renew-the-cards", made.wish(email), clock.now())


def confirmed(storage: Storage, *emails: str) -> None:
    signed(storage, *emails)
    with storage.writing() as session:
        for reference in session.scalars(select(Signature.reference)).all():
            confirming.confirm(session, storage.vault, reference, clock.now())


def messages(storage: Storage) -> list[Message]:
    with storage.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def captured(settings: Settings) -> list[EmailMessage]:
    read = [message_from_bytes(it.read_bytes(), policy=policy.default) for it in settings.mailbox.glob("*.eml")]
    return [it for it in read if isinstance(it, EmailMessage)]
