"""A real SMTP server on this machine that takes mail, or refuses it as it is told to."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "campaign", "a/pass:word@with%signs"


class PostOffice(Controller):
    """Listens on a free port, or on `port`. `refusals` maps a recipient, or "*", to the code it is refused with.

    `silent_after` is a number of taken messages after which the line goes dead in the middle of the next.
    """

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refusals: dict[str, int] = {}
        self.refuse_senders: int | None = None
        self.refuse_content: int | None = None
        self.refuse_with: str | None = None  # a whole answer to the text of a mail
        self.silent_after: int | None = None
        self.sessions: set[int] = set()
        super().__init__(self, hostname="127.0.0.1", port=port, ready_timeout=20, **options)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def url(self, tls: str = "none", host: str = "127.0.0.1", credentials: str = "") -> str:
        """What `CAMPAIGN_MAIL_URL` would be."""
        return f"smtp://{credentials}{host}:{self.port}?tls={tls}"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.refuse_senders is not None:
            return f"{self.refuse_senders} {address} may not send here"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        code = self.refusals.get(address, self.refusals.get("*"))
        if code is not None:
            return f"{code} <{address}> is not to be had"  # as real servers do: the answer quotes the address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.silent_after is not None and len(self.taken) >= self.silent_after:
            server.transport.abort()
            return "250 never heard"
        if self.refuse_with is not None:
            return self.refuse_with
        if self.refuse_content is not None:
            return f"{self.refuse_content} {envelope.rcpt_tos[0]} does not want this"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.sessions.add(id(session))
        return "250 OK"


@contextmanager
def post_office(**options: Any) -> Iterator[PostOffice]:
    """One that is open for the length of a block."""
    office = PostOffice(**options)
    office.start()
    try:
        yield office
    finally:
        office.stop()


def log_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    """Lets `USER` in with `PASSWORD`, and nobody else."""
    good = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1: its file, for those who are to trust it, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office of the tests")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "certificate.pem", folder / "key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return trusted, context
