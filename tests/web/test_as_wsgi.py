"""A request as WSGI has it, and what is made of the application's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from campaign.web import as_wsgi
from campaign.web.as_wsgi import environ_of, run
from tests.web.test_front import Scope


def test_a_request_is_as_wsgi_has_it() -> None:
    scope = Scope(
        "GET",
        "/ur/actions/نام",
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-forwarded-for", "198.51.100.1"),
        ("x_forwarded_for", "6.6.6.6"),
        ("accept", "a"),
        ("accept", "b"),
        query="q=%D8",
    )
    environ = environ_of(scope)  # type: ignore[arg-type]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/ur/actions/نام"
    assert environ["QUERY_STRING"] == "q=%D8"
    assert (environ["REMOTE_ADDR"], environ["REMOTE_PORT"]) == ("203.0.113.7", "5000")
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("act.example.org", "8000")
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "a,b"
    assert environ["HTTP_X_FORWARDED_FOR"] == "198.51.100.1", "one written with underscores is nobody's"


def test_the_whole_of_a_small_answer_is_closed() -> None:
    closed = []

    class Pieces(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(_environ: Any, start: Any) -> Iterable[bytes]:
        start("201 Created", [("A", "b")])
        return Pieces([b"x", b"y"])

    assert run(app, {}) == ((201, [("A", "b")], b"xy"), None)  # type: ignore[arg-type]
    assert closed == [True]
    assert as_wsgi.WHOLE > 2
