"""Finished answers before Flask: fresh, bounded, gone when an action is stopped."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder

from campaign.web.front import run
from campaign.web.page_layer import FRESH_UNTIL, Finished, Key, PageLayer
from tests.conftest import Site
from tests.web.conftest import SLUG

KEY = Key("/en/", "", None)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def page(body: bytes = b"x", fresh_until: float = 3.0, etag: str = '"v1"') -> Finished:
    headers = [("Content-Type", "text/html"), ("Content-Length", "1"), ("ETag", etag), ("Vary", "Accept-Encoding")]
    return Finished.made(200, headers, body, fresh_until)


def test_an_answer_is_handed_out_until_it_is_no_longer_fresh() -> None:
    clock = Clock()
    layer = PageLayer(clock=clock)
    assert layer.get(KEY) is None
    layer.keep(KEY, page(), layer.generation)
    clock.now = 2.9
    assert layer.get(KEY) == page()
    clock.now = 3.0
    assert layer.get(KEY) is None
    assert layer.knows(KEY)


def test_path_query_and_coding_are_answers_of_their_own() -> None:
    layer = PageLayer(clock=Clock())
    layer.keep(KEY, page(), layer.generation)
    for other in (KEY._replace(path="/ur/"), KEY._replace(query="letter=en"), KEY._replace(coding="br")):
        assert layer.get(other) is None


def test_emptied_it_holds_nothing_and_takes_nothing_that_was_begun_before() -> None:
    layer = PageLayer(clock=Clock())
    begun = layer.generation
    layer.keep(KEY, page(), begun)
    layer.empty()
    assert layer.get(KEY) is None
    layer.keep(KEY, page(), begun)
    assert layer.get(KEY) is None
    layer.keep(KEY, page(), layer.generation)
    assert layer.get(KEY) is not None


def test_the_eldest_answers_go_when_there_are_too_many_or_too_much() -> None:
    layer = PageLayer(most=3, most_bytes=1_000, clock=Clock())
    keys = [KEY._replace(path=f"/{n}") for n in range(5)]
    for key in keys:
        layer.keep(key, page(), layer.generation)
    assert [layer.get(key) is not None for key in keys] == [False, False, True, True, True]
    layer = PageLayer(most=100, most_bytes=1_000, clock=Clock())
    for n in range(20):
        layer.keep(KEY._replace(path=f"/{n}"), page(b"x" * 100), layer.generation)
    assert sum(layer.get(KEY._replace(path=f"/{n}")) is not None for n in range(20)) == 10
    layer.keep(KEY, page(b"x" * 500), layer.generation)
    assert layer.get(KEY) is None, "one that is half of all is not worth what it throws out"


@pytest.mark.parametrize(
    ("sent", "known"),
    [('"v1"', True), ('W/"v1"', True), ('"v0", "v1"', True), ("*", True), ('"v2"', False), ("v1", False), ("", False)],
)
def test_who_has_the_version_already_is_told_so(sent: str, known: bool) -> None:
    assert page().is_known_to(sent) is known


def test_the_answer_without_a_body_keeps_what_caches_need() -> None:
    assert page().unchanged == (("ETag", '"v1"'), ("Vary", "Accept-Encoding"))


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (f"/en/actions/{SLUG}", True),
        (f"/en/actions/{SLUG}?letter=en&official=1", True),
        (f"/en/actions/{SLUG}?anything=else", False),
        ("/en/", True),
        ("/en/privacy", True),
        ("/en/feed.atom", True),
        ("/static/campaign.css", True),
        ("/static/campaign.css?v=made-up", False),
        ("/", False),  # the reader's language decides
        (f"/actions/{SLUG}", False),
        ("/healthz", False),
        ("/organise/sign-in", False),
        (f"/en/actions/{SLUG}/nothing", False),
    ],
)
def test_only_what_is_the_same_for_everyone_lies_before_flask(site: Site, path: str, kept: bool) -> None:
    environ = EnvironBuilder(path=path).get_environ()
    (_status, sent, _body), _rest = run(site.app.wsgi_app, environ)
    assert (FRESH_UNTIL in environ) is kept
    if kept:
        headers = dict(sent)
        assert headers["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in headers
        assert headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
