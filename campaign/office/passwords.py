"""Passwords: argon2id, in the encoding that the log-in verifies."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from campaign.sentences import Sentence

SHORTEST = 12
# Of the five grades of zxcvbn, from 0: more than 10^10 guesses. It measures 72 characters at most.
_STRONG, _MEASURED = 4, 72
_WORD = re.compile(r"\w+")


def hashed(password: str) -> str:
    """The password as it is kept: argon2id with the parameters of RFC 9106 for little memory (64 MiB, three passes)."""
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).hash(password)


def _without(text: str, words: list[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def hashed_code(code: str) -> str:
    """A recovery code as it is kept: 48 random bits ask for no slow hash, but for a salt and a stretch all the same."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_stretched(code, salt)}"


def is_code(code: str, kept: str) -> bool:
    """Whether a code is the one that was kept; those of before lie there as they are."""
    code = code.strip().casefold()
    if "$" not in kept:
        return hmac.compare_digest(code.encode(), kept.encode())
    salt, _, stretched = kept.partition("$")
    return hmac.compare_digest(_stretched(code, bytes.fromhex(salt)), stretched)


def _stretched(code: str, salt: bytes) -> str:
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()


def fresh() -> str:
    """A password to be written down once: five groups of four, without signs that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


def weakness(password: str, *known: str) -> Sentence | None:
    """What is wrong with a chosen password, as a sentence; None if it will do. `known` are words it must not be."""
    if len(password) < SHORTEST:
        return Sentence(
            "Choose a password of at least %(n)s characters. Four random words make a good one.", n=SHORTEST
        )
    if len(password) > 256:
        return Sentence("Choose a password of at most 256 characters.")
    lowered = password.casefold()
    if len(set(lowered)) < 5:
        return Sentence("Choose a password with more different characters.")
    # Against the lists that guessing begins with, packaged and asked offline, with what is usually changed about a
    # known password, and against the account's own words.
    words = [part for word in known for part in _WORD.findall(word.casefold()) if len(part) > 2]
    if len(_without(lowered, words)) < SHORTEST // 2:
        return Sentence("Choose a password that is not your name or address.")
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a dozen megabytes, and few ever choose a password

    if zxcvbn(password[:_MEASURED], user_inputs=[*known, *words])["score"] < _STRONG:
        return Sentence("This password is known, or too near to one that is. Four random words make a good one.")
    return None
