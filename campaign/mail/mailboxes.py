"""Reading a mailbox over IMAP: what is unseen there, one message at a time. The only imaplib."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.errors import Incomplete, Temporary
from campaign.mail.reports import LARGEST

SECONDS = 30
# Of one visit: the rest is there at the next.
MOST = 200
# Of a message that is too large: its head, and the words it begins with.
BEGINNING = 64 * 1024
_LIKE = "CAMPAIGN_BOUNCES_URL must look like imaps://user:password@host/INBOX (or imap://…?tls=starttls, or none)."


@dataclass(frozen=True)
class Address:
    """Where a mailbox is. `tls` is `implicit`, `starttls` or `none`."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: str


def address_of(url: str) -> Address:
    """The address in a URL. Raises `Incomplete` if it is none."""
    parts = urlsplit(url)
    tls = "implicit" if parts.scheme == "imaps" else parse_qs(parts.query).get("tls", ["starttls"])[0]
    try:
        port = parts.port
    except ValueError:
        raise Incomplete(_LIKE) from None
    known = (parts.scheme, tls) in {("imaps", "implicit"), ("imap", "starttls"), ("imap", "none")}
    if not known or not parts.hostname or not parts.username:
        raise Incomplete(_LIKE)
    return Address(
        host=parts.hostname,
        port=port or (993 if tls == "implicit" else 143),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls=tls,
    )


@dataclass(frozen=True)
class Fetched:
    """A message as it was fetched. `size` is that of all of it, in bytes."""

    raw: bytes
    size: int

    @property
    def whole(self) -> bool:
        return len(self.raw) >= self.size


class Mailbox:
    """An open mailbox. Raises `Temporary` for whatever goes wrong with its server; nothing it says is passed on."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server

    def unseen(self) -> list[str]:
        """The numbers of the messages that nobody has seen yet, the eldest first, at most `MOST`."""
        (found,) = self._asked("SEARCH", "UNSEEN")[:1] or [b""]
        numbers = found.decode("ascii", "replace").split() if isinstance(found, bytes) else []
        return [it for it in numbers if it.isdecimal()][:MOST]

    def read(self, number: str) -> Fetched | None:
        """A message, which stays unseen: whole, or the beginning of one that is larger than any report. None if it is
        gone."""
        told = b" ".join(it for it in self._asked("FETCH", number, "(RFC822.SIZE)") if isinstance(it, bytes))
        _, _, after = told.partition(b"RFC822.SIZE ")
        digits = after.split(b")")[0].split(b" ")[0]
        if not digits.isdigit():
            return None
        size = int(digits)
        # Asked for a byte more than may be: a server that told a smaller size is not believed.
        most = LARGEST + 1 if size <= LARGEST else BEGINNING
        parts = self._asked("FETCH", number, f"(BODY.PEEK[]<0.{most}>)")
        raw = next((it[1] for it in parts if isinstance(it, tuple) and isinstance(it[1], bytes)), None)
        if raw is None:
            return None
        return Fetched(raw, size) if len(raw) <= LARGEST else Fetched(raw[:BEGINNING], len(raw))

    def mark_seen(self, number: str) -> None:
        """Nobody needs to read it again."""
        self._asked("STORE", number, "+FLAGS.SILENT", r"(\Seen)")

    def _asked(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes] | None]:
        with _answering():
            verdict, answer = self._server.uid(command, *arguments)
        if verdict != "OK":
            raise Temporary("IMAP said %(verdict)s", verdict=verdict)
        return list(answer)


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """The mailbox at a URL, for the length of a block. Raises `Incomplete` for a wrong URL, `Temporary` if it cannot be
    had now."""
    at = address_of(url)
    with _answering():
        server = _connected(at)
    try:
        with _answering():
            server.login(at.user, at.password)
            verdict, _ = server.select(_quoted(at.folder))
        if verdict != "OK":
            raise Temporary("no such folder")
        yield Mailbox(server)
    finally:
        _leave(server)


def _connected(at: Address) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if at.tls == "implicit":
        return imaplib.IMAP4_SSL(at.host, at.port, ssl_context=context, timeout=SECONDS)
    server = imaplib.IMAP4(at.host, at.port, timeout=SECONDS)
    if at.tls == "starttls":
        try:
            server.starttls(context)
        except BaseException:
            server.shutdown()
            raise
    return server


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (imaplib.IMAP4.error, OSError):
        server.shutdown()


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@contextmanager
def _answering() -> Iterator[None]:
    # `from None`: what a server answers may quote an address or a password, and goes no further.
    try:
        yield
    except imaplib.IMAP4.error as refused:
        raise Temporary("IMAP refused: %(what)s", what=type(refused).__name__) from None
    except OSError as trouble:
        raise Temporary("no answer: %(what)s", what=type(trouble).__name__) from None
