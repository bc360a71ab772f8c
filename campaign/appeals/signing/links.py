"""Links in mails, and the token in a form: signed, with nothing stored and nothing about anyone in them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeTimedSerializer

# Everyone who was served the same cached page may use its token, in this span of its age.
FORM_LEAST_AGE = timedelta(seconds=3)
FORM_GREATEST_AGE = timedelta(hours=24)

# How long a link in a mail signs in one step, and how long one that undoes a signature does so: longer than a holiday,
# and not for as long as a forwarded mail may lie about.
ONE_STEP_GOOD = UNDO_GOOD = timedelta(days=14)

_REFERENCE_BYTES, _MAC_BYTES = 16, 12
_ACTION_BYTES, _TIME_BYTES = 4, 5


class FormToken(StrEnum):
    """What a form's token says of the page it came with."""

    GOOD = "good"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    FORGED = "forged"


class Sender(StrEnum):
    """Because of what somebody got a mail by whose link they sign in one step."""

    MEMBER = "member"  # of the network
    SIGNER = "signer"  # of an earlier action, who asked to be told what becomes of the case


@dataclass(frozen=True)
class OneStep:
    """What a link that signs in one step is sealed about: whose it is, which action it signs, and until when."""

    sender: Sender
    reference: bytes
    action_id: int
    until: datetime


class Links:
    """Makes tokens with the installation's secret key, and reads them with it or the one before it.

    A stolen database can do neither.
    """

    def __init__(self, *secret_keys: str) -> None:
        """The newest first: it alone makes tokens."""
        self._keys = [hashlib.sha256(b"campaign/links\0" + key.encode()).digest() for key in secret_keys]
        self._forms = URLSafeTimedSerializer([*reversed(secret_keys)], salt="campaign/form")

    def confirmation(self, reference: bytes) -> str:
        """The token of a confirmation link: the signature's random reference (16 bytes) and a mac."""
        return self._token(b"confirm", reference)

    def read_confirmation(self, token: str) -> bytes | None:
        """The reference, or None if the token was not made here. Mail programs that cut a link get None too."""
        return self._reference(b"confirm", token)

    def mine(self, reference: bytes) -> str:
        """The token of "My signature": whoever holds it may see, change and erase what is stored."""
        return self._token(b"mine", reference)

    def read_mine(self, token: str) -> bytes | None:
        """The reference of a token made by `mine`; None for any other, a confirmation's included."""
        return self._reference(b"mine", token)

    def unsubscribing(self, reference: bytes) -> str:
        """The token by which updates are stopped, and nothing else: mail providers are handed it in a header."""
        return self._token(b"unsubscribe", reference)

    def read_unsubscribing(self, token: str) -> bytes | None:
        """The reference of a token made by `unsubscribing`; None for any other."""
        return self._reference(b"unsubscribe", token)

    def member(self, reference: bytes) -> str:
        """The token of a member's own page in the network: whoever holds it may confirm, change and leave."""
        return self._token(b"member", reference)

    def read_member(self, token: str) -> bytes | None:
        """The reference of a token made by `member`; None for any other."""
        return self._reference(b"member", token)

    def leaving(self, reference: bytes) -> str:
        """The token by which a member leaves the network, and nothing else: it stands in a header of each mail."""
        return self._token(b"leave", reference)

    def read_leaving(self, token: str) -> bytes | None:
        """The reference of a token made by `leaving`; None for any other."""
        return self._reference(b"leave", token)

    def one_step(self, sender: Sender, reference: bytes, action_id: int, until: datetime) -> str:
        """The token by which its owner signs one action in one step. No name and no address is in it."""
        about = reference + action_id.to_bytes(_ACTION_BYTES) + _seconds(until)
        return self._token(f"one step/{sender}".encode(), about)

    def read_one_step(self, token: str) -> OneStep | None:
        """What a token made by `one_step` is about, also after its time; None for any other."""
        for sender in Sender:
            about = self._about(f"one step/{sender}".encode(), token, _REFERENCE_BYTES + _ACTION_BYTES + _TIME_BYTES)
            if about is not None:
                action, until = about[_REFERENCE_BYTES:-_TIME_BYTES], about[-_TIME_BYTES:]
                return OneStep(sender, about[:_REFERENCE_BYTES], int.from_bytes(action), _moment(until))
        return None

    def undoing(self, reference: bytes, until: datetime) -> str:
        """The token by which a signature is undone, and nothing else."""
        return self._token(b"undo", reference + _seconds(until))

    def read_undoing(self, token: str, at: datetime) -> bytes | None:
        """The reference of a token made by `undoing`; None for any other, and for one whose time is over at `at`."""
        about = self._about(b"undo", token, _REFERENCE_BYTES + _TIME_BYTES)
        return about[:_REFERENCE_BYTES] if about is not None and at < _moment(about[_REFERENCE_BYTES:]) else None

    def answering(self, letter_id: int) -> str:
        """The token by which the writer of a letter says whether it was answered, and nothing else."""
        return self._token(b"answer", letter_id.to_bytes(_REFERENCE_BYTES))

    def read_answering(self, token: str) -> int | None:
        """The number of the letter of a token made by `answering`; None for any other."""
        found = self._reference(b"answer", token)
        return int.from_bytes(found) if found is not None else None

    def form(self, slug: str, text_version: int | None = None, *, aged: bool = False) -> str:
        """The token of a signing form of one action, stamped with this second and with the text that is shown.

        `aged`: of a form that was filled in once and comes back, which may be sent at once.
        """
        return str(self._forms.dumps([slug, text_version, *(["aged"] if aged else [])]))

    def text_version(self, token: str) -> int | None:
        """The version of the text that a form's page showed; None if its token says nothing of it."""
        try:
            held = self._forms.loads(token)
        except BadSignature:
            return None
        return held[1] if isinstance(held, list) else None

    def read_form(self, token: str, slug: str, at: datetime) -> FormToken:
        """Whether a form that carries this token may be taken at `at`."""
        try:
            held, made = self._forms.loads(token, return_timestamp=True)
        except BadSignature:
            return FormToken.FORGED
        if (held[0] if isinstance(held, list) else held) != slug:
            return FormToken.FORGED
        age = at - made.astimezone(UTC)
        return judge_age(age + FORM_LEAST_AGE if isinstance(held, list) and "aged" in held[2:] else age)

    def _token(self, purpose: bytes, about: bytes) -> str:
        tagged = about + _mac(self._keys[0], purpose, about)
        return base64.urlsafe_b64encode(tagged).decode().rstrip("=")

    def _reference(self, purpose: bytes, token: str) -> bytes | None:
        return self._about(purpose, token, _REFERENCE_BYTES)

    def _about(self, purpose: bytes, token: str, size: int) -> bytes | None:
        try:
            tagged = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        about, mac = tagged[:size], tagged[size:]
        if len(mac) != _MAC_BYTES:
            return None
        fits = [hmac.compare_digest(mac, _mac(key, purpose, about)) for key in self._keys]
        return about if any(fits) else None


def _mac(key: bytes, purpose: bytes, about: bytes) -> bytes:
    # The purpose is part of the MAC: a link to one page opens no other.
    return hmac.digest(key, purpose + b"\0" + about, hashlib.sha256)[:_MAC_BYTES]


def _seconds(moment: datetime) -> bytes:
    return int(moment.timestamp()).to_bytes(_TIME_BYTES)


def _moment(seconds: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(seconds), UTC)


def judge_age(age: timedelta) -> FormToken:
    """Nobody fills a form in under three seconds; after a day the page may tell an old story."""
    # The stamp is cut to whole seconds: a page made at 0.9 s looks 0.9 s older than it is.
    if age < FORM_LEAST_AGE:
        return FormToken.TOO_YOUNG
    return FormToken.GOOD if age <= FORM_GREATEST_AGE else FormToken.TOO_OLD
