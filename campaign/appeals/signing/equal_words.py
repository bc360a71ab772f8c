"""Which words of supporters are equal: many people send the same sentence, and it is read once.

The words are encrypted, so equal ones are found by a keyed hash beside them, which goes when they go. It holds the
number of the action: nobody who has the database can see that two actions were written to in the same words.
"""

from __future__ import annotations

import unicodedata

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE
from campaign.storage.exactly import UNGROUPED
from campaign.storage.tables import Signature
from campaign.storage.vault import Unreadable

# One step of grouping what was written before there were groups.
BATCH = 500

# Marks that choose how a sign is drawn (text or picture) and say nothing.
_VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def normal(words: str) -> str:
    """Words without what two people write differently while saying the same: case, width, space, punctuation.

    Letters, digits, accents and signs such as hearts stay, and so does where a word ends. Words of punctuation alone
    keep it.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    bare = "".join(_heard(it) for it in folded if it not in _VARIANTS)
    return " ".join(bare.split()) or " ".join(folded.split())


def _heard(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # joiners and marks of direction stand inside words
        return ""
    if character in "'’ʼ":  # an apostrophe does, too: typed or left out, it is one word
        return ""
    return " " if category[0] in "PZC" else character


def words_hash(vault: Vault, action_id: int, words: str) -> bytes:
    """The keyed hash (32 bytes) that equal words of one action share."""
    return vault.keyed_hash("words", f"{action_id}\0{normal(words)}")


def waiting(session: Session) -> bool:
    """Whether there are words that are in no group yet."""
    return session.scalars(select(Signature.id).where(*UNGROUPED).limit(1)).one_or_none() is not None


def group(session: Session, vault: Vault, most: int = BATCH) -> int:
    """Hash up to `most` words that are in no group yet; returns how many were looked at."""
    chosen = (
        select(Signature.id, Signature.action_id, Signature.reference, Signature.message)
        .where(*UNGROUPED)
        .order_by(Signature.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(chosen).all()
    rows = [{"of": it.id, "hash": _hash_of(vault, it)} for it in found]
    if rows:
        told = update(Signature).where(Signature.id == bindparam("of"), *UNGROUPED).values(words_hash=bindparam("hash"))
        session.connection().execute(told, rows)
    return len(rows)


def _hash_of(vault: Vault, row: object) -> bytes:
    try:
        words = vault.decrypt(row.message, SIGNATURE_MESSAGE, row.reference)  # type: ignore[attr-defined]
    except Unreadable:  # a group of its own, so that one broken value stops no other
        return vault.keyed_hash("words/unreadable", str(row.id))  # type: ignore[attr-defined]
    return words_hash(vault, row.action_id, words)  # type: ignore[attr-defined]
