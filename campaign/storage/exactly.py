"""A word in a statement as it stands, for the partial indexes of those words.

A database takes a partial index only if it can see that every row asked for is in it. A value that is handed over
beside the statement cannot be seen when PostgreSQL makes a plan that it keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_
from sqlalchemy.orm import InstrumentedAttribute

from campaign.storage.tables import Message, Signature
from campaign.vocabulary import Disclosure, MessageStatus, SignatureStatus, WordsStatus


def is_exactly(column: InstrumentedAttribute[Any], word: Any) -> ColumnElement[bool]:
    """That a column holds a word, which is written into the statement. Never for what a person typed."""
    return column == bindparam(None, word, column.type, unique=True, literal_execute=True)


def is_one_of(column: InstrumentedAttribute[Any], words: Sequence[Any]) -> ColumnElement[bool]:
    """The same for several words, in the order in which the index says them."""
    return column.in_(bindparam(None, list(words), column.type, unique=True, expanding=True, literal_execute=True))


# The conditions of `tables`, in the same words.
CONFIRMED = is_exactly(Signature.status, SignatureStatus.CONFIRMED)
UNREAD = (
    Signature.message.is_not(None),
    CONFIRMED,
    or_(Signature.words_status.is_(None), is_exactly(Signature.words_status, WordsStatus.WAITING)),
)
# In their order of groups: only words that are in one.
GROUPED = (*UNREAD, Signature.words_hash.is_not(None))
UNGROUPED = (Signature.message.is_not(None), Signature.words_hash.is_(None))
SHOWN = (CONFIRMED, is_exactly(Signature.disclosure, Disclosure.PUBLIC), Signature.name.is_not(None))
FOLLOWING = (CONFIRMED, Signature.updates)
REASONS = (
    Signature.reason_consent_id.is_not(None),
    CONFIRMED,
    is_exactly(Signature.words_status, WordsStatus.SHOWN),
)
OWED = is_one_of(Message.status, (MessageStatus.PENDING, MessageStatus.LEASED))
SETTLED = (is_one_of(Message.status, (MessageStatus.SENT, MessageStatus.FAILED)), Message.update_id.is_(None))
