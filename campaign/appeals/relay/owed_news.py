"""News of a letter that its writer is owed, written into the outbox in the transaction of its cause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.appeals.relay import answers
from campaign.mail import outbox
from campaign.storage.tables import Letter
from campaign.vocabulary import MessageKind

KINDS = frozenset(
    {
        MessageKind.LETTER_SENT,
        MessageKind.LETTER_RETURNED,
        MessageKind.LETTER_POSTED,
        MessageKind.LETTER_DROPPED,
        MessageKind.LETTER_ANSWERED,
    }
)
# With these it has gone, and an answer may come.
_GONE = frozenset({MessageKind.LETTER_SENT, MessageKind.LETTER_POSTED})


def enqueue(session: Session, letter: Letter, kind: MessageKind, now: datetime) -> bool:
    """Owe the writer of a letter this news of it; false if they have no signature any more, or are owed it already."""
    if letter.signature_id is None:
        return False
    if kind in _GONE:
        answers.owe(session, letter, now)
    # It may come back twice, from two addresses, on two days.
    again = f":{now.date().isoformat()}" if kind is MessageKind.LETTER_RETURNED else ""
    return outbox.enqueue_of_letter(session, kind, letter.signature_id, letter.id, f"{kind}:{letter.id}{again}", now)


def enqueue_of(session: Session, letter_id: int, kind: MessageKind, now: datetime) -> bool:
    """The same of a letter by its number."""
    letter = session.get(Letter, letter_id, populate_existing=True)
    return letter is not None and enqueue(session, letter, kind, now)
