"""The front of the web: takes what is sent whole, in time and within bounds, before anybody works on it.

Granian hands over a request as soon as its head is there. A thread that then read the body would wait for as long as
its sender likes, and a few slow senders would silence the place. So bodies are read here, by one event loop that a
thousand slow ones do not tire, and a thread gets a request that is complete. What lies ready in the page layer is
answered by the loop itself. Requests of one kind wait in a lane of their own: who prints, or hands a file in, keeps
nobody from reading and signing.
"""

from __future__ import annotations

import asyncio
import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any, TypeVar

from campaign.web import body_limits
from campaign.web.as_wsgi import Answer, Scope, environ_of, run
from campaign.web.body_limits import REFUSED, Allowed
from campaign.web.compression import best
from campaign.web.page_layer import FRESH_UNTIL, Finished, Key, PageLayer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger("campaign.web")

# A body that is larger than this lies on disk until it is read.
IN_MEMORY = 1024 * 1024
# Large bodies that come in at one time: of all, and of one network address.
MOST_LARGE, MOST_LARGE_OF_ONE = 8, 2
# Bodies of any size that come in at one time.
MOST_BODIES = 2_000
# A reader who takes nothing of a piece for so long has gone.
PIECE_SECONDS = 60.0

# By what a request was answered that the application did not see, for whoever counts.
LAYER, DOOR = "a fresh page", "the door"

Made = TypeVar("Made")


class Lane(StrEnum):
    """What waits together."""

    WATCH = "watch"  # /healthz, /readyz, /metrics: whoever watches must see that we are busy, not that we are gone
    PAGES = "pages"
    SIGNING = "signing"  # most of the time they wait for the disk, and those who wait together share a commit
    PRINTS = "prints"
    OFFICE = "office"


# Requests that may wait in each lane; whoever comes later is told to come back.
WAITING = {Lane.WATCH: 200, Lane.PAGES: 1_000, Lane.SIGNING: 1_000, Lane.PRINTS: 100, Lane.OFFICE: 200}
_PRINTED = (".pdf", ".docx", ".png")


def lane_of(method: str, path: str) -> Lane:
    """Where a request waits."""
    if path in {"/healthz", "/readyz", "/metrics"}:
        return Lane.WATCH
    if path == body_limits.ORGANISE or path.startswith(f"{body_limits.ORGANISE}/"):
        return Lane.OFFICE
    large = path.startswith(("/handed/", "/replies/")) or (path.startswith("/verify/") and method == "POST")
    printed = path.endswith(_PRINTED) and not path.startswith(("/static/", "/logo/"))
    measured = method == "POST" and path.endswith("/write")  # a letter is laid out to see how long it is
    if large or printed or measured:
        return Lane.PRINTS
    return Lane.SIGNING if method == "POST" and path.endswith("/sign") else Lane.PAGES


class Refusal(Exception):
    """A request that is refused before it is worked on, with the status to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Line:
    """The threads of one lane, and how many requests are theirs at this moment."""

    threads: ThreadPoolExecutor
    most: int
    waiting: int = 0


@dataclass
class Bodies:
    """Bodies that come in at this moment."""

    open: int = 0
    large: int = 0
    large_by_client: dict[str, int] = field(default_factory=dict)


class Front:
    """An RSGI application around a WSGI one."""

    def __init__(
        self,
        app: WSGIApplication,
        layer: PageLayer,
        is_signed_in: Callable[[str], bool],
        threads: int = 4,
        signing_threads: int = 4,
        proxies: int = 0,
        answered: Callable[[str, str, int], None] = lambda _method, _route, _status: None,
    ) -> None:
        """`is_signed_in` tells of a `Cookie` header whether an organiser's session is behind it; `threads` and
        `signing_threads` are those of two lanes; `proxies` in front say in X-Forwarded-For who asks; `answered` is told
        (method, by what, status) of what the WSGI application does not see."""
        self._answered = answered
        self._app, self._layer, self._is_signed_in, self._proxies = app, layer, is_signed_in, proxies
        sizes = {Lane.WATCH: 1, Lane.PAGES: threads, Lane.SIGNING: signing_threads, Lane.PRINTS: 4, Lane.OFFICE: 2}
        self._lines = {
            lane: Line(ThreadPoolExecutor(size, thread_name_prefix=lane), WAITING[lane]) for lane, size in sizes.items()
        }
        self._bodies = Bodies()
        self._coming: dict[Key, asyncio.Future[None]] = {}

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """Answer one request."""
        try:
            if scope.method == "GET":
                await self._get(scope, protocol)
            else:
                await self._answer(scope, protocol, None)
        except Refusal as refusal:
            self._answered("any", DOOR, refusal.status)
            _plain(protocol, refusal.status)
        except Exception as error:
            log.error("The front failed: %s", type(error).__name__)
            _plain(protocol, 500)

    async def _get(self, scope: Scope, protocol: Any) -> None:
        headers = scope.headers
        key = Key(scope.path, scope.query_string, best(headers.get("accept-encoding") or ""))
        page = self._layer.get(key)
        if page is None and self._layer.knows(key):
            page = await self._made_by_another(key)
        if page is None:
            await self._answer(scope, protocol, key)
            return
        known = headers.get("if-none-match")
        if known is not None and page.is_known_to(known):
            self._answered("GET", LAYER, 304)
            protocol.response_empty(304, list(page.unchanged))
        else:
            self._answered("GET", LAYER, page.status)
            protocol.response_bytes(page.status, list(page.headers), page.body)

    async def _made_by_another(self, key: Key) -> Finished | None:
        """The answer that someone is making at this moment. None if nobody is: then it is ours to make."""
        coming = self._coming.get(key)
        if coming is None:
            return None
        await coming
        return self._layer.get(key)

    async def _answer(self, scope: Scope, protocol: Any, key: Key | None) -> None:
        """Read the body, let a thread work on the request, send what it made."""
        limits = body_limits.allowed(scope.method, scope.path)
        environ = environ_of(scope)
        body: IO[bytes] = io.BytesIO()
        coming = None
        if key is not None and key not in self._coming and self._layer.knows(key):
            coming = self._coming[key] = asyncio.get_running_loop().create_future()
        try:
            try:
                if limits.largest:
                    body = await self._read(scope, protocol, limits, environ)
            except Refusal as refusal:
                environ[REFUSED] = refusal.status
            environ["wsgi.input"] = body
            generation = self._layer.generation
            answer, rest = await self._work(lane_of(scope.method, scope.path), environ)
            status, headers, content = answer
            if key is not None and rest is None and FRESH_UNTIL in environ and status == 200:
                self._layer.keep(key, Finished.made(status, headers, content, environ[FRESH_UNTIL]), generation)
        finally:
            body.close()
            if coming is not None and key is not None:
                del self._coming[key]
                coming.set_result(None)
        if REFUSED in environ:
            headers.append(("connection", "close"))
        if rest is not None:
            await self._send(protocol, answer, rest)
        elif scope.method == "HEAD" or status in (204, 304):
            protocol.response_empty(status, headers)
        else:
            protocol.response_bytes(status, headers, content)

    async def _read(self, scope: Scope, protocol: Any, limits: Allowed, environ: dict[str, Any]) -> IO[bytes]:
        """The body, whole. Raises `Refusal` for one that is too large, too slow, or has too many fields."""
        length = _declared(scope)
        if length == 0:
            return io.BytesIO()
        if limits.signed_in and (length is None or length > body_limits.STRANGERS.largest):
            cookie = environ.get("HTTP_COOKIE", "")
            # Asked before anything is read: who is nobody here may send what a supporter may, and no more.
            if not await self._in_thread(Lane.OFFICE, lambda: self._is_signed_in(cookie)):
                limits = body_limits.STRANGERS
        if length is not None and length > limits.largest:
            raise Refusal(413)
        large = limits.largest > IN_MEMORY and (length is None or length > IN_MEMORY)
        client = self._client(environ)
        self._begin(client, large)
        try:
            seconds = limits.seconds(limits.largest if length is None else length)
            body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the request closes it
            try:
                async with asyncio.timeout(seconds):
                    read, separators = 0, 0
                    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
                    async for piece in protocol:
                        read += len(piece)
                        separators += piece.count(b"&") if is_form else 0
                        if read > limits.largest:
                            raise Refusal(413)
                        if separators >= limits.fields:
                            raise Refusal(413)
                        body.write(piece)
            except BaseException:
                body.close()
                raise
            if length is not None and read < length:
                body.close()
                raise Refusal(400)  # its sender hung up
        except TimeoutError:
            raise Refusal(408) from None
        finally:
            self._end(client, large)
        body.seek(0)
        environ["CONTENT_LENGTH"] = str(read)
        return body

    def _client(self, environ: dict[str, Any]) -> str:
        """The network address of who asks, as the last of our own proxies saw it."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if self._proxies and len(forwarded) >= self._proxies:
            return str(forwarded[-self._proxies]).strip()
        return str(environ["REMOTE_ADDR"])

    def _begin(self, client: str, large: bool) -> None:
        bodies = self._bodies
        if bodies.open >= MOST_BODIES:
            raise Refusal(503)
        if large:
            if bodies.large >= MOST_LARGE or bodies.large_by_client.get(client, 0) >= MOST_LARGE_OF_ONE:
                raise Refusal(503)
            bodies.large += 1
            bodies.large_by_client[client] = bodies.large_by_client.get(client, 0) + 1
        bodies.open += 1

    def _end(self, client: str, large: bool) -> None:
        bodies = self._bodies
        bodies.open -= 1
        if large:
            bodies.large -= 1
            bodies.large_by_client[client] -= 1
            if not bodies.large_by_client[client]:
                del bodies.large_by_client[client]

    async def _work(self, lane: Lane, environ: dict[str, Any]) -> tuple[Answer, Iterator[bytes] | None]:
        answer: tuple[Answer, Iterator[bytes] | None] = await self._in_thread(lane, lambda: run(self._app, environ))
        return answer

    async def _in_thread(self, lane: Lane, work: Callable[[], Made], *, begun: bool = False) -> Made:
        """What `work` returns, done by a thread of a lane; an answer that has `begun` is not refused for a full one."""
        line = self._lines[lane]
        if line.waiting >= line.most and not begun:
            raise Refusal(503)
        line.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(line.threads, work)
        finally:
            line.waiting -= 1

    async def _send(self, protocol: Any, answer: Answer, rest: Iterator[bytes]) -> None:
        """Send an answer that is too large to be held at once, piece by piece, as its reader takes it."""
        status, headers, first = answer
        stream = protocol.response_stream(status, headers)
        piece: bytes | None = first
        try:
            while piece is not None:
                async with asyncio.timeout(PIECE_SECONDS):
                    await stream.send_bytes(piece)
                piece = await self._in_thread(Lane.OFFICE, lambda: next(rest, None), begun=True)
        finally:
            await self._in_thread(Lane.OFFICE, getattr(rest, "close", lambda: None), begun=True)


def _declared(scope: Scope) -> int | None:
    """How many bytes the body has by its head; None where that does not say. Raises `Refusal` for what is no number."""
    length = scope.headers.get("content-length")
    if length is None:
        return None if "transfer-encoding" in scope.headers or scope.http_version.startswith("2") else 0
    if not (length.isascii() and length.isdecimal() and len(length) < 16):
        raise Refusal(400)
    return int(length)


def _plain(protocol: Any, status: int) -> None:
    """An answer where no page can be made."""
    words = {503: "Please come back in a moment.", 400: "This request could not be read."}
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"), ("connection", "close")]
    if status == 503:
        headers.append(("retry-after", "5"))
    protocol.response_bytes(status, headers, words.get(status, "Something went wrong on our side.").encode())
