"""Secrets at rest: encrypting with rotating keys, and keyed hashes by which a encrypted value can be found."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Vault:
    """Seals and finds what a stolen database must not show.

    Encrypting uses the newest key, decrypting tries all. The hash key is derived from the *eldest*: look-ups and the
    duplicate rule must survive a rotation, so the eldest key stays in the list as long as there are signatures.
    """

    def __init__(self, data_keys: tuple[str, ...]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in data_keys])
        eldest = base64.urlsafe_b64decode(data_keys[-1])
        self._hash_key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"campaign/look-up").derive(eldest)

    def encrypt(self, text: str) -> bytes:
        """Encrypt text; two sealings of one text differ."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, encrypted: bytes) -> str:
        """The text again. Raises `cryptography.fernet.InvalidToken` if no key fits or a byte was changed."""
        return self._fernet.decrypt(bytes(encrypted)).decode()

    def reencrypt(self, encrypted: bytes) -> bytes:
        """The same text under the newest key."""
        return self._fernet.rotate(bytes(encrypted))

    def keyed_hash(self, kind: str, value: str) -> bytes:
        """A keyed hash (32 bytes) of `value`; hashes of different kinds cannot be compared."""
        return hmac.digest(self._hash_key, f"{kind}\0{value}".encode(), hashlib.sha256)
