"""The only way out: an SMTP server in live mode, a folder in the demonstration. The only smtplib."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.errors import Incomplete, Passing, Permanent
from campaign.settings import Settings

SECONDS = 30


class Transport(Protocol):
    """Takes one message at a time. Raises `Passing` if it is worth trying again, `Permanent` if it is not."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand the message over. `name` is ours and the same for every attempt at it."""


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


class Captured:
    """A mailbox of `.eml` files; an attempt at the same message replaces it, so none is there twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, name: str) -> None:
        """Write the message whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{name}.eml"
        draft = path.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(message.as_bytes(policy=SMTP))
        draft.replace(path)


class Smtp:
    """An SMTP server, connected when the first message is sent and kept for the batch."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        tls = parse_qs(parts.query).get("tls", ["starttls"])[0]
        if parts.scheme != "smtp" or not parts.hostname or tls not in {"starttls", "implicit", "none"}:
            raise Incomplete(
                "CAMPAIGN_MAIL_URL is not like smtp://user:password@host:587?tls=starttls (or implicit, or none)."
            )
        self._host, self._port = parts.hostname, parts.port or (465 if tls == "implicit" else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._tls = tls
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand the message to the server; what it answers decides whether to try again."""
        self._asked(lambda server: server.send_message(message))

    def greet(self) -> None:
        """Connect and log in, and say nothing. Raises as `send` does."""
        self._asked(lambda server: server.noop())

    def _asked(self, what: Callable[[smtplib.SMTP], object]) -> None:
        try:
            what(self._connected())
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            raise judged(code) from None  # the refusal quotes the address: it goes no further
        except smtplib.SMTPResponseException as response:
            self.close()
            raise judged(response.smtp_code) from None
        except (smtplib.SMTPException, OSError) as trouble:
            self.close()
            raise Passing("no answer: %(what)s", what=type(trouble).__name__) from None

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
            context = ssl.create_default_context()
            if self._tls == "implicit":
                self._server = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
            else:
                self._server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
                if self._tls == "starttls":
                    self._server.starttls(context=context)
            if self._user:
                self._server.login(self._user, self._password)
        return self._server


def judged(code: int) -> Passing | Permanent:
    """RFC 5321: 4xx may pass, 5xx will not. A 5xx at log-in or to us as a client is ours to mend, not final."""
    if code in {421, 530, 534, 535, 538} or 400 <= code < 500:
        return Passing("SMTP %(code)s", code=code)
    return Permanent("SMTP %(code)s", code=code)


def reachable(settings: Settings) -> str | None:
    """What is wrong with the mail server, for `campaign check`; None if it answers and takes the log-in."""
    if settings.demo or settings.mail_url is None:
        return None
    server = Smtp(settings.mail_url)
    try:
        server.greet()
    except (Passing, Permanent) as trouble:
        return str(trouble)
    finally:
        server.close()
    return None
