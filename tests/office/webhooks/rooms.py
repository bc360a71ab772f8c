"""A room elsewhere: a real server on this machine. It takes messages, refuses them, dawdles, leads elsewhere, dies."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

TOKEN = "a-token-that-opens-the-room"


class Room:
    """What it heard, and how it answers: a status, "slow", "dies", or the address that it leads to."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: int | str = 200
        self.closing = threading.Event()
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                room.heard.append(json.loads(said or b"{}"))
                room.headers.append(dict(self.headers))
                if room.answers == "slow":
                    room.closing.wait(60)
                    return
                if room.answers == "dies":
                    return
                if isinstance(room.answers, int):
                    self.send_response(room.answers)
                else:
                    self.send_response(307)
                    self.send_header("Location", room.answers)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - as the library calls it

            def log_message(self, *_: object) -> None:
                """Say nothing of every request."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Of a webhook that leads here."""
        return f"json://127.0.0.1:{self.port}/{TOKEN}"

    def close(self) -> None:
        """Nobody answers here any more."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def room(certificate: Path | None = None) -> Iterator[Room]:
    """A room that is open for a while; with a certificate it speaks TLS."""
    opened = Room(certificate)
    try:
        yield opened
    finally:
        opened.close()


def self_signed(folder: Path) -> Path:
    """A certificate for this machine that nobody vouches for, with its key (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "self-signed.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
