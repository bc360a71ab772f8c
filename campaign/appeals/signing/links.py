"""Links in mails, the addresses of the pages that they open, and the token in a form: with nothing stored and nothing
about anyone in them.

A link of a mail works for as long as the mail is worth anything. So it is no address for a page to stand at: the list
of pages that somebody has opened would be a list of keys. It is exchanged for a page's token (`page`), which says the
same, is sealed, and ends after an hour.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import BadSignature, URLSafeTimedSerializer

from campaign import clock

# Everyone who was served the same cached page may use its token, in this span of its age.
FORM_LEAST_AGE = timedelta(seconds=3)
FORM_GREATEST_AGE = timedelta(hours=24)

# How long a link in a mail signs in one step, and how long one that undoes a signature does so: longer than a holiday,
# and not for as long as a forwarded mail may lie about.
ONE_STEP_GOOD = UNDO_GOOD = timedelta(days=14)

# How long the address of a page works that a link opened: longer than reading it and writing a letter there, which
# begins it anew, and not for long after whoever opened it has put the telephone away.
PAGE_GOOD = timedelta(hours=1)

_REFERENCE_BYTES, _MAC_BYTES = 16, 12
_ACTION_BYTES, _TIME_BYTES = 4, 5
_TAG_BYTES, _QUARTER = 16, 15 * 60
_ONE_STEP_BYTES = _REFERENCE_BYTES + _ACTION_BYTES + _TIME_BYTES
# What links are for, and how many bytes say what one is about. A page's token names it by its place here.
_PURPOSES = (
    (b"confirm", _REFERENCE_BYTES),
    (b"mine", _REFERENCE_BYTES),
    (b"unsubscribe", _REFERENCE_BYTES),
    (b"member", _REFERENCE_BYTES),
    (b"leave", _REFERENCE_BYTES),
    (b"one step/member", _ONE_STEP_BYTES),
    (b"one step/signer", _ONE_STEP_BYTES),
    (b"undo", _REFERENCE_BYTES + _TIME_BYTES),
    (b"answer", _REFERENCE_BYTES),
)


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


class Address(StrEnum):
    """What the token in an address is."""

    LINK = "link"  # as it stands in a mail
    PAGE = "page"  # of a page that a link opened
    OVER = "over"  # the same, and its time is over
    FORGED = "forged"


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
        self._seals = [AESGCM(hashlib.sha256(b"campaign/pages\0" + key.encode()).digest()) for key in secret_keys]
        self._forms = URLSafeTimedSerializer([*reversed(secret_keys)], salt="campaign/form")

    def page(self, token: str, at: datetime) -> str:
        """The token for the page that a link opens, good for an hour from `at`, and for a quarter more at most: of the
        link's own token or of another such page's. Whatever is neither comes back as it is."""
        about = self._read(token)
        if about is None or (about.until is not None and about.until <= at):
            return token
        # The same within a quarter of an hour: pages that lead to each other are then so many and no more, also for a
        # program that follows every link.
        until = datetime.fromtimestamp(-(-at.timestamp() // _QUARTER) * _QUARTER, UTC) + PAGE_GOOD
        said = bytes([about.purpose]) + _seconds(until) + about.about
        nonce = _mac(self._keys[0], b"page", said)
        return _written(nonce + self._seals[0].encrypt(nonce, said, b"page"))

    def address(self, token: str, at: datetime) -> Address:
        """What a token in an address is."""
        about = self._read(token)
        if about is None:
            return Address.FORGED
        if about.until is None:
            return Address.LINK
        return Address.PAGE if at < about.until else Address.OVER

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
            about = self._about(f"one step/{sender}".encode(), token)
            if about is not None:
                action, until = about[_REFERENCE_BYTES:-_TIME_BYTES], about[-_TIME_BYTES:]
                return OneStep(sender, about[:_REFERENCE_BYTES], int.from_bytes(action), _moment(until))
        return None

    def undoing(self, reference: bytes, until: datetime) -> str:
        """The token by which a signature is undone, and nothing else."""
        return self._token(b"undo", reference + _seconds(until))

    def read_undoing(self, token: str, at: datetime) -> bytes | None:
        """The reference of a token made by `undoing`; None for any other, and for one whose time is over at `at`."""
        about = self._about(b"undo", token)
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
        return _written(about + _mac(self._keys[0], purpose, about))

    def _reference(self, purpose: bytes, token: str) -> bytes | None:
        return self._about(purpose, token)

    def _about(self, purpose: bytes, token: str) -> bytes | None:
        """What a token for this purpose is about, as a link or as a page whose time is not over; None for any other."""
        found = self._read(token)
        if found is None or _PURPOSES[found.purpose][0] != purpose:
            return None
        return found.about if found.until is None or clock.now() < found.until else None

    def _read(self, token: str) -> _About | None:
        try:
            held = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        return self._read_link(held) or self._read_page(held)

    def _read_link(self, held: bytes) -> _About | None:
        about, mac = held[:-_MAC_BYTES], held[-_MAC_BYTES:]
        for n, (purpose, size) in enumerate(_PURPOSES):
            if len(about) == size:
                fits = [hmac.compare_digest(mac, _mac(key, purpose, about)) for key in self._keys]
                if any(fits):
                    return _About(n, about, None)
        return None

    def _read_page(self, held: bytes) -> _About | None:
        nonce, sealed = held[:_MAC_BYTES], held[_MAC_BYTES:]
        if len(sealed) <= _TAG_BYTES + 1 + _TIME_BYTES:
            return None
        for seal in self._seals:
            with contextlib.suppress(InvalidTag):
                said = seal.decrypt(nonce, sealed, b"page")
                return _About(said[0], said[1 + _TIME_BYTES :], _moment(said[1 : 1 + _TIME_BYTES]))
        return None


@dataclass(frozen=True)
class _About:
    """What a token says; `until` for a page's."""

    purpose: int
    about: bytes
    until: datetime | None


def _written(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


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
