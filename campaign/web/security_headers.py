"""What every answer carries and no answer may: headers, cookies, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, request
from flask.sessions import SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from campaign.settings import Settings
from campaign.web import numbers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# No inline style or script, nothing from another host, no framing, forms to ourselves only.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # Which action someone reads is nobody else's business: not even the host of a link they follow.
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# Of a style sheet, script or icon: it asks for nothing and nothing opens it, so what is about pages stays away. On a
# slow line three files with all headers cost as much as the text of a letter.
_ABOUT_PAGES = frozenset({"Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"})
# Opened by itself, a file runs and sends nothing ("sandbox" forbids forms and scripts).
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
# Organisers, and what opens by a link in a mail; the last are behind a locale.
_LINKED = frozenset({"mine", "m", "confirm", "unsubscribe", "network", "leave", "sign", "undo", "answer"})
_PRIVATE = _LINKED | {"organise", "handed", "demo"}
STRICT_TRANSPORT = (("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),)


def install(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer, errors and files included; keep sessions and unstorable addresses out."""
    app.url_map.converters["default"] = Segment
    app.url_map.converters["int"] = numbers.Number
    app.session_interface = NoSessions()
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    always = HEADERS + STRICT_TRANSPORT if settings.base_url.startswith("https://") else HEADERS
    app.wsgi_app = guarded(app.wsgi_app, always)  # type: ignore[method-assign, assignment]


def guarded(answer: WSGIApplication, always: tuple[tuple[str, str], ...]) -> WSGIApplication:
    """An application whose every answer carries these headers, and is stored by no one unless it says so itself."""

    of_files = (
        ("Content-Security-Policy", FILE_POLICY),
        *(it for it in always if it[0] not in _ABOUT_PAGES),
    )

    def answer_guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            is_file = status.startswith(("200", "304")) and str(environ.get("PATH_INFO", "")).startswith("/static/")
            headers.extend(of_files if is_file else always)
            told = [value for name, value in headers if name.lower() == "cache-control"]
            # One of the two, and nothing else: what is not meant for everyone is stored by nobody, the browser's own
            # disk included. A directive that is misspelt is ignored, and then the page is kept.
            if len(told) != 1 or not _for_everyone(told[0]) or _is_private(str(environ.get("PATH_INFO", ""))):
                headers[:] = [it for it in headers if it[0].lower() != "cache-control"]
                headers.append(("Cache-Control", "no-store"))
            return start_response(status, headers, exc_info)

        return answer(environ, start)

    return answer_guarded


def _for_everyone(cache_control: str) -> bool:
    return cache_control.startswith("public, max-age=")


def _is_private(path: str) -> bool:
    """Whether a path leads to what one person alone should see, whatever its page says."""
    first, _, rest = path.lstrip("/").partition("/")
    return first in _PRIVATE or rest.partition("/")[0] in _PRIVATE


def is_linked(path: str) -> bool:
    """Whether a path is a link of a mail, whose token opens what one person signed."""
    return path.lstrip("/").partition("/")[2].partition("/")[0] in _LINKED


@contextmanager
def only_under(app: Flask, path: str) -> Iterator[None]:
    """What is installed within looks at requests under `path`, before and after them, and at no other.

    What lets people sign in asks of every request who sent it. Of those who read or sign an action nobody asks that.
    """
    before, after = app.before_request_funcs.setdefault(None, []), app.after_request_funcs.setdefault(None, [])
    first_before, first_after = len(before), len(after)
    yield
    before[first_before:] = [_before_under(path, hook) for hook in before[first_before:]]
    after[first_after:] = [_after_under(path, hook) for hook in after[first_after:]]


def _before_under(path: str, hook: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: hook() if is_under(path) else None


def _after_under(path: str, hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda response: hook(response) if is_under(path) else response


def is_under(path: str) -> bool:
    """Whether the request is for `path` or for what lies below it."""
    return request.path == path or request.path.startswith(f"{path}/")


class Segment(BaseConverter):
    """One part of a path. None holds a NUL: no name does, and PostgreSQL refuses to so much as look for one."""

    regex = r"[^/\x00]+"
    part_isolating = True


class NoSessions(SessionInterface):
    """Public pages have no session: not even a mistake could set a cookie."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Nothing is read, so nothing can be kept."""


def visitor() -> str:
    """The network address of who is asking: for a throttle's keyed hash, and never for a log or a table."""
    return request.remote_addr or ""
