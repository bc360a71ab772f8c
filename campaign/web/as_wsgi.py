"""Between the front and the application: a request as WSGI has it (PEP 3333), and what the application answered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# What a view makes piece by piece is sent whole up to here, and beyond it piece by piece.
WHOLE = 1024 * 1024

Answer = tuple[int, list[tuple[str, str]], bytes]


class Scope(Protocol):
    """What Granian tells of a request (RSGI)."""

    http_version: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any
    authority: str | None


def run(app: WSGIApplication, environ: dict[str, Any]) -> tuple[Answer, Iterator[bytes] | None]:
    """The answer of a WSGI application; where it is larger than `WHOLE`, its beginning and an iterator of the rest."""
    began: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], object]:
        began[:] = [status, headers]
        return lambda _piece: None

    pieces = app(environ, start)
    content: list[bytes] = []
    size = 0
    coming = iter(pieces)
    rest: Iterator[bytes] | None = None
    try:
        for piece in coming:
            content.append(piece)
            size += len(piece)
            if size > WHOLE and len(content) > 1:
                rest = _rest(coming, pieces)
                break
    finally:
        if rest is None and hasattr(pieces, "close"):
            pieces.close()
    status, headers = began
    answer = int(status[:3]), [(name, value) for name, value in headers], b"".join(content)
    return answer, rest


def _rest(coming: Iterator[bytes], pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from coming
    finally:
        if hasattr(pieces, "close"):
            pieces.close()


def environ_of(scope: Scope) -> dict[str, Any]:
    """A request as WSGI has it (PEP 3333), its body still to come."""
    headers = scope.headers
    server_name, _colon, server_port = (headers.get("host") or scope.authority or "localhost").rpartition(":")
    address, _colon, port = scope.client.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode("utf-8", "replace").decode("latin-1"),
        "SERVER_NAME": server_name or server_port,
        "SERVER_PORT": server_port if server_name and server_port.isdecimal() else "80",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address.strip("[]"),
        "REMOTE_PORT": port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": "0",
    }
    for name, value in headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in {"content-length", "transfer-encoding"} and "_" not in name:
            # One that is written with an underscore could pass for one that a proxy sets.
            named = "HTTP_" + name.upper().replace("-", "_")
            as_wsgi = value.encode("utf-8", "replace").decode("latin-1")
            joint = "; " if name == "cookie" else ","
            environ[named] = f"{environ[named]}{joint}{as_wsgi}" if named in environ else as_wsgi
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ
