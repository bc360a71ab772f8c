"""Secrets at rest: numbered keys, each value bound to its place, and keyed hashes by which it is found.

A value is `0x01 ‖ number of its key (4 bytes) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag`. Its place, which is the
table, the column and the row, is associated data: a value that is copied to another row opens nowhere. Values of
before, which are Fernet tokens and know neither number nor place, are still read, until a rotation has replaced them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NUMBER, _NONCE = 4, 12
# Every Fernet token begins with this: version 0x80 and the upper bytes of a time, in base64.
_FERNET = b"gAAAA"

Row = bytes | int | str


class Unreadable(InvalidToken):
    """No key fits, a byte was changed, or the value lies in a place that it was not written for."""


class DataKey:
    """One data key (32 bytes, base64 as Fernet has them) under its number, which is a hash of it."""

    def __init__(self, written: str) -> None:
        self.written = written
        self._raw = base64.urlsafe_b64decode(written)
        self.number = self.derived(b"campaign/key number")[:_NUMBER]
        self.aead = AESGCM(self.derived(b"campaign/values"))
        self.fernet = Fernet(written)

    @property
    def name(self) -> str:
        """The number as people read it: eight hexadecimal digits."""
        return self.number.hex()

    def derived(self, purpose: bytes) -> bytes:
        """32 bytes for one purpose alone."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(self._raw)

    @property
    def first_look_up_key(self) -> bytes:
        """What look-ups derived from while there was no key of their own: this of the eldest key."""
        return self.derived(b"campaign/look-up")


class Vault:
    """Encrypts, decrypts and finds what a stolen database must not show.

    Encrypting uses the newest key, decrypting the one whose number the value carries. `source` is the file that the
    keys were read from, newest first: it is read again when it changes, so that processes which run while a key is
    added go on. `look_up` gives the key of the keyed hashes once it is first needed; None: it derives from the eldest.
    """

    def __init__(
        self,
        data_keys: tuple[str, ...],
        source: Path | None = None,
        look_up: Callable[[Vault], bytes | None] = lambda _vault: None,
    ) -> None:
        self._source, self._look_up = source, look_up
        self._stamp: tuple[int, int] | None = None
        self._hash_key: bytes | None = None
        self._take(data_keys)
        if source is not None:
            self._stamp = _stamp(source)

    @property
    def keys(self) -> tuple[DataKey, ...]:
        """The keys as they are now, newest first."""
        self._refresh()
        return self._keys

    def encrypt(self, text: str, column: str, row: Row) -> bytes:
        """Encrypt text for its place: `column` is "table.column", `row` what the row is known by for as long as it is.

        Two encryptions of one text differ.
        """
        key, nonce = self.keys[0], os.urandom(_NONCE)
        return _VERSION + key.number + nonce + key.aead.encrypt(nonce, text.encode(), _place(column, row))

    def decrypt(self, encrypted: bytes, column: str, row: Row) -> str:
        """The text again. Raises `Unreadable`."""
        encrypted = bytes(encrypted)
        if not encrypted.startswith(_VERSION):
            return self._of_fernet(encrypted)
        key = self._numbered(encrypted[1 : 1 + _NUMBER])
        nonce, rest = encrypted[1 + _NUMBER : 1 + _NUMBER + _NONCE], encrypted[1 + _NUMBER + _NONCE :]
        try:
            return key.aead.decrypt(nonce, rest, _place(column, row)).decode()
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def opener(self, column: str) -> Callable[[bytes, bytes], str]:
        """`decrypt` for many values of one column, whose rows are known by bytes: (value, row) -> text.

        What is the same for all of them is worked out once; a key that comes later than the opener is still found.
        """
        place = column.encode() + b"\0"
        opens = {key.number: key.aead.decrypt for key in self.keys}
        starts = 1 + _NUMBER
        begins = starts + _NONCE

        def opened(encrypted: bytes, row: bytes) -> str:
            value = bytes(encrypted)
            known = opens.get(value[1:starts]) if value[:1] == _VERSION else None
            if known is None:
                return self.decrypt(value, column, row)
            try:
                return known(value[starts:begins], value[begins:], place + row).decode()
            except (InvalidTag, ValueError):
                raise Unreadable from None

        return opened

    def reencrypt(self, encrypted: bytes, column: str, row: Row) -> bytes:
        """The same text in the same place under the newest key. Raises `Unreadable`."""
        return self.encrypt(self.decrypt(encrypted, column, row), column, row)

    @property
    def prefix(self) -> bytes:
        """What every value under the newest key begins with."""
        return _VERSION + self.keys[0].number

    def keyed_hash(self, kind: str, value: str) -> bytes:
        """A keyed hash (32 bytes) of `value`; hashes of different kinds cannot be compared."""
        return hmac.digest(self.hash_key, f"{kind}\0{value}".encode(), hashlib.sha256)

    @property
    def hash_key(self) -> bytes:
        """The look-up key. It stays the same when data keys come and go: the duplicate rule must survive that."""
        if self._hash_key is None:
            self._hash_key = self._look_up(self) or self._keys[-1].first_look_up_key
        return self._hash_key

    def forget_hash_key(self) -> None:
        """Ask for the look-up key anew: another database lies below now."""
        self._hash_key = None

    def _of_fernet(self, token: bytes) -> str:
        if token.startswith(_FERNET):
            for key in self.keys:
                try:
                    return key.fernet.decrypt(token).decode()
                except InvalidToken:
                    continue
        raise Unreadable

    def _numbered(self, number: bytes) -> DataKey:
        found = self._by_number.get(number)
        if found is None:
            self._refresh()
            found = self._by_number.get(number)
        if found is None:
            raise Unreadable
        return found

    def _refresh(self) -> None:
        """Read the file again if it is another than before: a call of `stat`, about a microsecond."""
        if self._source is None:
            return
        stamp = _stamp(self._source)
        if stamp is None or stamp == self._stamp:
            return
        written = [line.strip() for line in self._source.read_text("utf-8").replace(",", "\n").splitlines()]
        self._take(tuple(line for line in written if line))
        self._stamp = stamp

    def _take(self, data_keys: tuple[str, ...]) -> None:
        keys = tuple(_key(written) for written in data_keys)
        self._keys, self._by_number = keys, {key.number: key for key in keys}


@lru_cache(maxsize=64)
def _key(written: str) -> DataKey:
    return DataKey(written)


def _place(column: str, row: Row) -> bytes:
    return column.encode() + b"\0" + (row if isinstance(row, bytes) else str(row).encode())


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def number_of(encrypted: bytes) -> str | None:
    """The number of the key that a value lies under; None for a Fernet token, which carries none."""
    return encrypted[1 : 1 + _NUMBER].hex() if encrypted.startswith(_VERSION) else None
