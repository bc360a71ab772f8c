"""The front: bodies in time and within bounds, lanes, and requests as WSGI has them; asked without a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from campaign.web.body_limits import REFUSED, Allowed
from campaign.web.front import Front, Lane, lane_of
from campaign.web.page_layer import FRESH_UNTIL, PageLayer


class Headers:
    """Headers as Granian hands them over."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    def items(self) -> Iterable[tuple[str, str]]:
        return self._pairs

    def get(self, name: str, default: str | None = None) -> str | None:
        return next((value for key, value in self._pairs if key == name), default)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _value in self._pairs)


class Scope:
    """The head of a request."""

    http_version, client, scheme, authority = "1.1", "203.0.113.7:5000", "http", None

    def __init__(self, method: str, path: str, *headers: tuple[str, str], query: str = "") -> None:
        self.method, self.path, self.query_string = method, path, query
        self.headers = Headers(("host", "act.example.org:8000"), *headers)


class Line:
    """A connection: sends its pieces, each after a while, and takes the answer."""

    def __init__(self, *pieces: bytes, pause: float = 0.0) -> None:
        self._pieces, self._pause = pieces, pause
        self.read = 0
        self.status, self.headers, self.body = 0, [], b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await asyncio.sleep(self._pause)
            self.read += 1
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Line:
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, piece: bytes) -> None:
        self.body += piece


class App:
    """A WSGI application that says what it was asked, or does as it is told."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], Iterable[bytes]] = lambda environ: [environ["wsgi.input"].read()]
        self.fresh_until: float | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        if REFUSED in environ:
            start(f"{environ[REFUSED]} Refused", [("Content-Type", "text/html")])
            return [b"refused"]
        if self.fresh_until is not None:
            environ[FRESH_UNTIL] = self.fresh_until
        start("200 OK", [("Content-Type", "text/html"), ("ETag", '"v1"')])
        return self.answer(environ)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Place:
    """A front before such an application."""

    def __init__(self) -> None:
        self.app, self.clock, self.organisers = App(), Clock(), set()
        self.layer = PageLayer(clock=self.clock)
        self.front = Front(self.app, self.layer, lambda cookie: cookie in self.organisers)  # type: ignore[arg-type]

    def ask(self, scope: Scope, line: Line | None = None) -> Line:
        line = line or Line()
        asyncio.run(self.front.__rsgi__(scope, line))  # type: ignore[arg-type]
        return line


@pytest.fixture
def place() -> Place:
    return Place()


def form(length: int | None, path: str = "/en/actions/x/sign", *headers: tuple[str, str]) -> Scope:
    """The head of a form of so many bytes; None for one that does not say."""
    said = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
    return Scope("POST", path, said, ("content-type", "application/x-www-form-urlencoded"), *headers)


def test_a_form_reaches_the_application_whole(place: Place) -> None:
    line = place.ask(form(10), Line(b"name", b"=A&b", b"=1"))
    assert (line.status, line.body) == (200, b"name=A&b=1")
    assert place.app.asked[0]["CONTENT_LENGTH"] == "10"


def test_what_is_too_large_by_its_own_word_is_refused_unread(place: Place) -> None:
    line = place.ask(form(65 * 1024), Line(b"x" * 1024))
    assert (line.status, line.read) == (413, 0)
    assert ("connection", "close") in line.headers


def test_what_says_nothing_of_its_size_is_refused_where_it_becomes_too_large(place: Place) -> None:
    line = place.ask(form(None), Line(*[b"x" * 16 * 1024] * 100))
    assert (line.status, line.read) == (413, 5)


def test_a_form_of_too_many_fields_is_refused(place: Place) -> None:
    assert place.ask(form(None), Line(b"a=1&" * 199 + b"a=1")).status == 200
    assert place.ask(form(None), Line(b"a=1&" * 200)).status == 413


def test_what_comes_too_slowly_is_refused_and_takes_no_thread_meanwhile(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.web.body_limits.STRANGERS", Allowed(64 * 1024, slowest=1_000_000))
    monkeypatch.setattr("campaign.web.body_limits.PATIENCE_SECONDS", 0.2)
    line = place.ask(form(100), Line(*[b"x"] * 100, pause=0.05))
    assert line.status == 408
    assert [environ.get(REFUSED) for environ in place.app.asked] == [408]


def test_what_breaks_off_is_refused(place: Place) -> None:
    assert place.ask(form(100), Line(b"name=")).status == 400


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 30, "5, 5"])
def test_a_length_that_is_no_number_is_refused(place: Place, length: str) -> None:
    assert place.ask(Scope("POST", "/en/", ("content-length", length)), Line(b"x")).status == 400


def test_large_forms_are_for_organisers_who_are_signed_in(place: Place) -> None:
    scope = form(1024 * 1024, "/organise/actions/new/import", ("cookie", "campaign_organiser=k.real"))
    pieces = [b"x" * 64 * 1024] * 16
    assert place.ask(scope, line := Line(*pieces)).status == 413
    assert line.read == 0
    place.organisers.add("campaign_organiser=k.real")
    assert place.ask(scope, Line(*pieces)).status == 200


def test_no_network_has_all_the_places_for_large_bodies(place: Place) -> None:
    async def crowded() -> list[int]:
        waiting = [Line(*[b"x" * 1024 * 1024] * 3, pause=0.2) for _ in range(3)]
        scopes = [form(3 * 1024 * 1024, "/verify/AAAA-AAAA") for _ in waiting]
        await asyncio.gather(
            *(place.front.__rsgi__(scope, line) for scope, line in zip(scopes, waiting, strict=True))  # type: ignore[arg-type]
        )
        return sorted(line.status for line in waiting)

    assert asyncio.run(crowded()) == [200, 200, 503]


def test_a_get_has_no_body_whatever_it_sends(place: Place) -> None:
    line = place.ask(Scope("GET", "/en/", ("content-length", "5")), Line(b"12345"))
    assert (line.status, line.read, line.body) == (200, 0, b"")


def test_a_fresh_page_is_answered_without_the_application(place: Place) -> None:
    place.app.answer, place.app.fresh_until = (lambda _: [b"page"]), 3.0
    assert place.ask(Scope("GET", "/en/")).body == b"page"
    again = place.ask(Scope("GET", "/en/"))
    assert (again.status, again.body, len(place.app.asked)) == (200, b"page", 1)
    known = place.ask(Scope("GET", "/en/", ("if-none-match", '"v1"')))
    assert (known.status, known.body, len(place.app.asked)) == (304, b"", 1)
    assert place.ask(Scope("GET", "/en/", query="x=1")).status == 200
    assert place.ask(Scope("GET", "/en/", ("accept-encoding", "br"))).status == 200
    assert len(place.app.asked) == 3
    place.clock.now = 3.0
    place.ask(Scope("GET", "/en/"))
    assert len(place.app.asked) == 4


def test_what_no_view_gave_to_the_layer_is_asked_for_each_time(place: Place) -> None:
    place.ask(Scope("GET", "/en/"))
    place.ask(Scope("GET", "/en/"))
    assert len(place.app.asked) == 2


def test_a_stop_while_a_page_is_made_keeps_it_out_of_the_layer(place: Place) -> None:
    def stopped(_environ: dict[str, Any]) -> list[bytes]:
        place.layer.empty()
        return [b"before the stop"]

    place.app.answer, place.app.fresh_until = stopped, 3.0
    place.ask(Scope("GET", "/en/"))
    place.app.answer = lambda _: [b"stopped"]
    assert place.ask(Scope("GET", "/en/")).body == b"stopped"


def test_many_who_want_a_page_that_is_not_fresh_any_more_have_it_made_once(place: Place) -> None:
    place.app.answer, place.app.fresh_until = (lambda _: [b"page"]), 3.0
    place.ask(Scope("GET", "/en/"))
    place.clock.now, place.app.fresh_until = 4.0, 7.0
    begun = threading.Event()

    def slowly(_environ: dict[str, Any]) -> list[bytes]:
        begun.wait(0.2)
        return [b"anew"]

    place.app.answer = slowly

    async def crowd() -> list[bytes]:
        lines = [Line() for _ in range(20)]
        await asyncio.gather(*(place.front.__rsgi__(Scope("GET", "/en/"), line) for line in lines))  # type: ignore[arg-type]
        return [line.body for line in lines]

    assert asyncio.run(crowd()) == [b"anew"] * 20
    assert len(place.app.asked) == 2


def test_whoever_comes_when_a_lane_is_full_is_told_to_come_back(place: Place) -> None:
    place.front._lines[Lane.PAGES].most = 0
    line = place.ask(Scope("GET", "/en/"))
    assert line.status == 503
    assert ("retry-after", "5") in line.headers
    assert place.ask(Scope("GET", "/healthz")).status == 200


def test_a_large_answer_is_sent_piece_by_piece_and_closed(place: Place) -> None:
    closed = []

    def pieces(_environ: dict[str, Any]) -> Iterable[bytes]:
        try:
            yield from [b"x" * 600_000] * 5
        finally:
            closed.append(True)

    place.app.answer = pieces
    assert len(place.ask(Scope("GET", "/organise/actions/x/signatures/export")).body) == 3_000_000
    assert closed == [True]


def test_a_fault_of_the_application_is_answered(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_environ: dict[str, Any]) -> Iterable[bytes]:
        raise ZeroDivisionError("Marta Lindqvist")

    place.app.answer = fails
    assert place.ask(Scope("GET", "/en/")).status == 500
    assert "ZeroDivisionError" in caplog.text
    assert "Lindqvist" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/healthz", Lane.WATCH),
        ("GET", "/readyz", Lane.WATCH),
        ("GET", "/en/", Lane.PAGES),
        ("POST", "/en/actions/x/sign", Lane.SIGNING),
        ("GET", "/en/sign/token", Lane.PAGES),
        ("GET", "/en/actions/x/letter.pdf", Lane.PRINTS),
        ("POST", "/en/actions/x/letter.docx", Lane.PRINTS),
        ("GET", "/en/actions/x/share.png", Lane.PRINTS),
        ("POST", "/en/actions/x/write", Lane.PRINTS),
        ("GET", "/en/actions/x/write", Lane.PAGES),
        ("POST", "/verify/AAAA-AAAA", Lane.PRINTS),
        ("GET", "/verify/AAAA-AAAA", Lane.PAGES),
        ("GET", "/handed/token", Lane.PRINTS),
        ("GET", "/static/icon.png", Lane.PAGES),
        ("GET", "/organise", Lane.OFFICE),
        ("POST", "/organise/actions/x/stop", Lane.OFFICE),
        ("GET", "/organised", Lane.PAGES),
    ],
)
def test_who_prints_or_works_here_waits_apart_from_who_reads_and_signs(method: str, path: str, lane: Lane) -> None:
    assert lane_of(method, path) is lane
