"""The only way out: an SMTP server in live mode, a folder in the demonstration. The only smtplib."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.errors import Incomplete, Permanent, Temporary
from campaign.mail import outgoing
from campaign.mail.verdicts import Trouble, status_in, trouble_of
from campaign.settings import Settings

SECONDS = 30


class AddressRefused(Permanent):
    """The server will not have this recipient, whatever is written to them."""


class SenderRefused(Temporary):
    """The server will have nothing from us, whoever it is for. `words` are what it wrote: for an admin, never a log."""

    words = ""


class Transport(Protocol):
    """Takes one message at a time. Raises `Temporary` if it is worth trying again, `Permanent` if it is not."""

    def send(self, message: EmailMessage, name: str, envelope: str | None = None) -> None:
        """Hand the message over. `name` is ours and the same for every attempt at it. `envelope`: the address that
        reports about it go to; the From address where none is given."""


@contextmanager
def transport(settings: Settings) -> Iterator[Transport]:
    """The transport of this installation, open for one batch. In demo mode no socket is made, whatever is set."""
    if settings.demo or settings.mail_url is None:
        yield Captured(settings.mailbox)
        return
    server = Smtp(settings.mail_url)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def to_officials(settings: Settings, cleared: bool) -> Iterator[Transport]:
    """The way of supporters' letters: captured, unless this is live and the official was cleared by a second person.

    Whoever calls this has seen to that already; it stands here so that one forgotten condition sends nothing.
    """
    if settings.demo or not cleared:
        yield Captured(settings.mailbox)
        return
    with transport(settings) as way:
        yield way


class Captured:
    """A mailbox of `.eml` files; an attempt at the same message replaces it, so none is there twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, name: str, envelope: str | None = None) -> None:
        """Write the message whole or not at all, with its envelope sender on top, as a mail server would on arrival."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{name}.eml"
        draft = path.with_suffix(f".{os.getpid()}.part")
        draft.touch(mode=0o600)
        back = envelope or outgoing.sender(message)
        draft.write_bytes(f"Return-Path: <{back}>\r\n".encode() + outgoing.as_bytes(message))
        draft.replace(path)


class Smtp:
    """An SMTP server, connected when the first message is sent and kept for the batch."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        tls = parse_qs(parts.query).get("tls", ["starttls"])[0]
        try:
            port = parts.port
        except ValueError:
            port, tls = None, "unreadable"
        if parts.scheme != "smtp" or not parts.hostname or tls not in {"starttls", "implicit", "none"}:
            raise Incomplete(
                "CAMPAIGN_MAIL_URL must look like smtp://user:password@host:587?tls=starttls (or implicit, or none)."
            )
        self._host, self._port = parts.hostname, port or (465 if tls == "implicit" else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._tls = tls
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, name: str, envelope: str | None = None) -> None:
        """Hand the message to the server; what it answers decides whether to try again."""
        written = outgoing.as_bytes(message)
        to, from_ = outgoing.recipient(message), envelope or outgoing.sender(message)
        international = not (to.isascii() and from_.isascii())
        self._asked(lambda server: _hand_over(server, from_, to, written, international))

    def greet(self) -> None:
        """Connect and log in, and say nothing. Raises as `send` does."""
        self._asked(lambda server: server.noop())

    def _asked(self, what: Callable[[smtplib.SMTP], object]) -> None:
        # `from None` throughout: what a server answers may quote the address, and goes no further.
        try:
            server = self._connected()
            what(server)
        except smtplib.SMTPRecipientsRefused as refused:
            code, told = next(iter(refused.recipients.values()))
            if code == 421:  # with it the server hangs up
                self.close()
            raise judged(code, told, Trouble.DEAD) from None
        except smtplib.SMTPDataError as response:
            self.close()
            raise judged(response.smtp_code, response.smtp_error) from None
        except smtplib.SMTPResponseException as response:
            # At the greeting, the log-in or our own address it is us whom the server will not have. That is ours
            # to mend, and no reason to give up every message that is owed.
            self.close()
            raise Temporary("SMTP %(code)s", code=response.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            if self._server is None:
                raise Temporary("no STARTTLS or AUTH") from None
            raise AddressRefused("no SMTPUTF8") from None  # this address cannot be said to this server
        except (smtplib.SMTPException, OSError) as trouble:
            self.close()
            raise Temporary("no answer: %(what)s", what=type(trouble).__name__) from None

    def takes_utf8(self) -> bool:
        """Whether it takes addresses in all scripts before the sign. Raises as `send` does."""
        offered = False

        def ask(server: smtplib.SMTP) -> None:
            nonlocal offered
            server.ehlo_or_helo_if_needed()
            offered = server.has_extn("smtputf8")

        self._asked(ask)
        return offered

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._server is not None:
            server, self._server = self._server, None
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            # Reading who may be trusted takes longer than sending a letter: only where it is asked for.
            context = ssl.create_default_context() if self._tls != "none" else None
            if self._tls == "implicit":
                server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
            try:
                if self._tls == "starttls":
                    server.starttls(context=context)
                if self._user:
                    server.login(self._user, self._password)
            except BaseException:
                server.close()
                raise
            self._server = server  # only now: nothing is ever said over a connection that is not what was asked for
        return self._server


def _hand_over(server: smtplib.SMTP, from_: str, to: str, written: bytes, international: bool) -> None:
    """Give the server the very bytes that were compared, and one recipient."""
    options: list[str] = []
    if international:
        server.ehlo_or_helo_if_needed()
        if not server.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    server.sendmail(from_, [to], written, mail_options=options)


def judged(code: int, told: bytes | str = "", otherwise: Trouble = Trouble.CONTENT) -> Temporary | Permanent:
    """What to raise for a server's answer. RFC 5321: 4xx may pass, 5xx will not; but 53x asks us to log in, ours to
    mend. What a 5xx is about, its enhanced code and its words say; where they do not, it is `otherwise`."""
    if 400 <= code < 500 or 530 <= code < 540:
        return Temporary("SMTP %(code)s", code=code)
    words = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    match trouble_of(status_in(words), words, otherwise):
        case Trouble.DEAD:
            return AddressRefused("SMTP %(code)s", code=code)
        case Trouble.PASSING:
            return Temporary("SMTP %(code)s", code=code)
        case Trouble.REPUTATION:
            refused = SenderRefused("SMTP %(code)s", code=code)
            refused.words = words
            return refused
    return Permanent("SMTP %(code)s", code=code)


def _from(message: EmailMessage) -> str:
    address = getattr(message["From"], "addresses", ())
    return address[0].addr_spec if address else ""


def reachable(settings: Settings) -> str | None:
    """What is wrong with the mail server, for `campaign check`; None if it answers and takes the log-in."""
    if settings.demo or settings.mail_url is None:
        return None
    server = Smtp(settings.mail_url)
    try:
        server.greet()
    except (Temporary, Permanent) as trouble:
        return str(trouble)
    finally:
        server.close()
    return None


def takes_utf8(settings: Settings) -> bool:
    """Whether the mail server offers SMTPUTF8, for `campaign check`; one that cannot be asked does not."""
    if settings.demo or settings.mail_url is None:
        return settings.mail_utf8
    server = Smtp(settings.mail_url)
    try:
        return server.takes_utf8()
    except (Temporary, Permanent):
        return False
    finally:
        server.close()
