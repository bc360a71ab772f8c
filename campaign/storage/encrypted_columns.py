"""Every column whose values are encrypted, and what its rows are known by: the one list that a rotation walks.

A row's identity must be there before the row is inserted, and stay: a signature's is its random reference. A dossier's
entry copies the name of its signature as it lies there, so its place is that of the signature.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.storage.tables import (
    Dossier,
    DossierEntry,
    IncomingMail,
    KeptForm,
    LaterWish,
    Letter,
    LookUpKey,
    Member,
    Organiser,
    OrganiserSession,
    PaperName,
    Signature,
    Webhook,
)
from campaign.storage.vault import Row, Unreadable, Vault

SIGNATURE_NAME = "signatures.name"
SIGNATURE_EMAIL = "signatures.email"
SIGNATURE_MESSAGE = "signatures.message"
LETTER_CONTENT = "letters.content"
MEMBER_EMAIL = "network_members.email"
PAPER_NAME = "paper_names.name"
INCOMING_CONTENT = "incoming_mails.content"
SESSION_CONTENT = "organiser_sessions.content"
KEPT_FORM = "kept_forms.content"
TOTP_SECRET = "organisers.tf_totp_secret"  # noqa: S105 - the name of a column
WEBHOOK_ADDRESS = "webhooks.address"
LOOK_UP_KEY = "look_up_key.encrypted"


def paper_row(sheet_id: int, row: int) -> str:
    """What a name on paper is known by."""
    return f"{sheet_id}/{row}"


@dataclass(frozen=True)
class EncryptedColumn:
    """One column: its table's primary key, where it lies, and by what its rows are known.

    `identity` is selected with the row and told to `row`; `rewrite` is for what holds more than one value.
    """

    column: InstrumentedAttribute[Any]
    keys: tuple[InstrumentedAttribute[Any], ...]
    place: str
    identity: tuple[InstrumentedAttribute[Any], ...]
    row: Callable[..., Row]
    rewrite: Callable[[Vault, bytes], bytes] | None = None
    of_signature: bool = False
    text: bool = False  # kept as text: base64 behind a mark

    @property
    def name(self) -> str:
        """ "table.column"."""
        return f"{self.column.class_.__tablename__}.{self.column.key}"

    def reencrypted(self, vault: Vault, value: Any, identity: tuple[Any, ...]) -> Any:
        """The value under the newest key. Raises `Unreadable`."""
        if self.rewrite is not None:
            return self.rewrite(vault, value)
        if self.text:
            return as_text(vault.reencrypt(of_text(value), self.place, self.row(*identity)))
        return vault.reencrypt(value, self.place, self.row(*identity))

    def left(self, vault: Vault) -> ColumnElement[bool]:
        """Which rows hold a value that is not under the newest key."""
        if self.rewrite is not None:
            return and_(self.column.is_not(None), self.column != b"[]")
        if self.text:
            # Sixteen characters of base64 tell twelve bytes; the first five of them are the number's.
            mark = as_text(vault.prefix + b"\0")[: len(TEXT_MARK) + 6]
            return and_(self.column.startswith(TEXT_MARK, autoescape=True), not_begun(self.column, mark))
        return and_(self.column.is_not(None), self.column != b"", func.substr(self.column, 1, 5) != vault.prefix)

    def rows(self, vault: Vault, after: tuple[Any, ...] | None, most: int) -> Select[Any]:
        """(primary key…, value, identity…) of up to `most` rows behind `after`, in the order of the primary key."""
        return self._behind(select(*self.keys, self.column, *self.identity).where(self.left(vault)), after, most)

    def every(self, after: tuple[Any, ...] | None, most: int) -> Select[Any]:
        """The same of all rows that hold a value."""
        held = self.column.is_not(None)
        return self._behind(select(*self.keys, self.column, *self.identity).where(held), after, most)

    def _behind(self, chosen: Select[Any], after: tuple[Any, ...] | None, most: int) -> Select[Any]:
        if self.of_signature:
            chosen = chosen.outerjoin(Signature, Signature.id == DossierEntry.signature_id)
        if after is not None:
            chosen = chosen.where(_behind(self.keys, after))
        return chosen.order_by(*self.keys).limit(most)


TEXT_MARK = "v1:"


def as_text(encrypted: bytes) -> str:
    """An encrypted value for a column of text."""
    return TEXT_MARK + base64.urlsafe_b64encode(encrypted).decode()


def of_text(written: str) -> bytes:
    """The value again. Raises `Unreadable` for what `as_text` did not make."""
    try:
        return base64.urlsafe_b64decode(written.removeprefix(TEXT_MARK))
    except (binascii.Error, ValueError):
        raise Unreadable from None


def not_begun(column: InstrumentedAttribute[Any], mark: str) -> ColumnElement[bool]:
    """Whether a text does not begin with `mark`, letter by letter: LIKE knows no case on SQLite."""
    return func.substr(column, 1, len(mark)) != mark


def _behind(keys: tuple[InstrumentedAttribute[Any], ...], after: tuple[Any, ...]) -> ColumnElement[bool]:
    """Rows whose primary key comes after `after`, part by part."""
    if len(keys) == 1:
        return keys[0] > literal(after[0], keys[0].type)
    first = keys[0] > after[0]
    return or_(first, and_(keys[0] == after[0], _behind(keys[1:], after[1:])))


def _dossier_paper(vault: Vault, written: bytes) -> bytes:
    sheets = json.loads(written)
    for sheet in sheets:
        sheet["names"] = [_paper_name(vault, name) for name in sheet["names"]]
    return json.dumps(sheets, ensure_ascii=False).encode()


def _paper_name(vault: Vault, name: Any) -> list[str]:
    row, encrypted = paper_entry(name)
    return [row, as_text(vault.reencrypt(encrypted, PAPER_NAME, row))]


def paper_entry(name: Any) -> tuple[str, bytes]:
    """(row, value) of a name in a dossier's list of paper; one of before is a bare token that knows no row."""
    if isinstance(name, str):
        return "", name.encode()
    row, written = name
    return row, of_text(written)


def numbers_of_paper(written: bytes) -> Iterator[bytes]:
    """The encrypted values in a dossier's list of paper."""
    for sheet in json.loads(written or b"[]"):
        yield from (paper_entry(name)[1] for name in sheet["names"])


def _reference(column: InstrumentedAttribute[Any], place: str) -> EncryptedColumn:
    return EncryptedColumn(column, (Signature.id,), place, (Signature.reference,), bytes)


def _wished(column: InstrumentedAttribute[Any], place: str) -> EncryptedColumn:
    # A later wish has a reference of its own, and its place is that of a signature: the first wish moves there whole.
    return EncryptedColumn(column, (LaterWish.id,), place, (LaterWish.reference,), bytes)


COLUMNS: tuple[EncryptedColumn, ...] = (
    EncryptedColumn(LookUpKey.encrypted, (LookUpKey.id,), LOOK_UP_KEY, (LookUpKey.id,), int),
    _reference(Signature.name, SIGNATURE_NAME),
    _reference(Signature.email, SIGNATURE_EMAIL),
    _reference(Signature.message, SIGNATURE_MESSAGE),
    _wished(LaterWish.name, SIGNATURE_NAME),
    _wished(LaterWish.email, SIGNATURE_EMAIL),
    _wished(LaterWish.message, SIGNATURE_MESSAGE),
    EncryptedColumn(Member.email, (Member.id,), MEMBER_EMAIL, (Member.reference,), bytes),
    EncryptedColumn(Letter.content, (Letter.id,), LETTER_CONTENT, (Letter.id,), int),
    # Known by the keyed hash of the mail as it came: there before its row, and one of a kind.
    EncryptedColumn(IncomingMail.content, (IncomingMail.id,), INCOMING_CONTENT, (IncomingMail.mail_hash,), bytes),
    EncryptedColumn(
        PaperName.name, (PaperName.sheet_id, PaperName.row), PAPER_NAME, (PaperName.sheet_id, PaperName.row), paper_row
    ),
    EncryptedColumn(
        DossierEntry.name,
        (DossierEntry.dossier_id, DossierEntry.number),
        SIGNATURE_NAME,
        (Signature.reference,),
        lambda reference: reference or b"",
        of_signature=True,
    ),
    EncryptedColumn(Dossier.paper, (Dossier.id,), PAPER_NAME, (), str, rewrite=_dossier_paper),
    EncryptedColumn(
        OrganiserSession.content,
        (OrganiserSession.token_hash,),
        SESSION_CONTENT,
        (OrganiserSession.token_hash,),
        bytes,
    ),
    EncryptedColumn(KeptForm.content, (KeptForm.id,), KEPT_FORM, (KeptForm.id,), bytes),
    EncryptedColumn(Webhook.address, (Webhook.id,), WEBHOOK_ADDRESS, (Webhook.reference,), bytes),
    EncryptedColumn(Organiser.tf_totp_secret, (Organiser.id,), TOTP_SECRET, (Organiser.id,), int, text=True),
)


def count_left(session: Session, vault: Vault) -> int:
    """How many rows hold a value that is not under the newest key; a dossier's list of paper is looked into."""
    left = 0
    for column in COLUMNS:
        if column.rewrite is None:
            left += session.scalar(select(func.count()).where(column.left(vault))) or 0
        else:
            written = session.scalars(select(column.column).where(column.left(vault)))
            left += sum(any(not v.startswith(vault.prefix) for v in numbers_of_paper(it)) for it in written)
    return left
