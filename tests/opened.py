"""Encrypted values, opened wherever they lie: tests that look for a person look into every one."""

from __future__ import annotations

import itertools

from cryptography.fernet import InvalidToken
from sqlalchemy import select

from campaign.storage import Storage
from campaign.storage.encrypted_columns import COLUMNS, paper_row
from campaign.storage.tables import DossierEntry, Letter, OrganiserSession, PaperName, Signature
from campaign.storage.vault import Row


def name_of(storage: Storage, entry: DossierEntry) -> str:
    """The name of a dossier's entry, which lies there as it lies with its signature."""
    with storage.reading() as session:
        reference = session.scalar(select(Signature.reference).where(Signature.id == entry.signature_id))
    return storage.vault.decrypt(entry.name, "signatures.name", reference or b"") if entry.name else ""


def wherever(storage: Storage, value: bytes) -> str:
    """The text of an encrypted value, whichever place it was written for; empty for anything else."""
    for place, row in itertools.product({column.place for column in COLUMNS}, _rows(storage)):
        try:
            return storage.vault.decrypt(value, place, row)
        except InvalidToken:
            continue
    return ""


def _rows(storage: Storage) -> list[Row]:
    with storage.reading() as session:
        paper = session.execute(select(PaperName.sheet_id, PaperName.row)).all()
        return [
            b"",
            1,
            *session.scalars(select(Signature.reference)),
            *session.scalars(select(Letter.id)),
            *session.scalars(select(OrganiserSession.token_hash)),
            *(paper_row(sheet_id, row) for sheet_id, row in paper),
        ]
