"""Fewer bytes on a slow line: what is the same for everyone is compressed once, when it is first asked for, and kept.

Only that. Compressed, an answer that holds a secret beside words which someone else may choose tells the secret by its
length (the BREACH attack). So pages behind a link from a mail, and forms that come back with what was typed, never come
this way: they are made for one reader and sent as they are.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

import brotli
from flask import Response, make_response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from campaign.web.page_layer import FRESH_UNTIL

# By what they save. A client that takes both gets the first.
BROTLI, GZIP = "br", "gzip"


@dataclass(frozen=True)
class Common:
    """Bytes for everyone who asks, with the tag of their version, and their compressed forms."""

    body: bytes
    etag: str
    # A page lives for seconds. Ten costs a dozen milliseconds more than seven and saves a thousand bytes of the action
    # page: twenty milliseconds on a slow line, for each of its readers. Eleven costs twice as much and saves 150.
    brotli_effort: ClassVar[int] = 10
    gzip_effort: ClassVar[int] = 6

    @cached_property
    def as_brotli(self) -> bytes:
        packed: bytes = brotli.compress(self.body, quality=self.brotli_effort)
        return packed

    @cached_property
    def as_gzip(self) -> bytes:
        return gzip.compress(self.body, self.gzip_effort, mtime=0)


class Lasting(Common):
    """What is compressed once in the life of a process may take the time to be small."""

    brotli_effort = 11
    gzip_effort = 9


def answer(found: Common, content_type: str, cache_control: str, fresh_until: float | None = None) -> Response:
    """`found` in the best form that the client takes, or 304 if it has that form already.

    With `fresh_until`, on the monotonic clock, the page layer may hand it out till then without asking again.
    """
    coding = best(request.headers.get("Accept-Encoding", ""))
    body = found.body if coding is None else found.as_brotli if coding == BROTLI else found.as_gzip
    response = make_response(body)
    response.headers["Content-Type"] = content_type
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Accept-Encoding"
    if coding is not None:
        response.headers["Content-Encoding"] = coding
    # Each form is other bytes, so it has a tag of its own.
    response.set_etag(f"{found.etag}-{coding}" if coding else found.etag)
    if fresh_until is not None:
        keep_ready(fresh_until)
    if request.if_none_match:
        response.make_conditional(request)
    return response


# What the address of a public page or print may choose.
_ASKED = frozenset({"letter", "official", "lang", "paper", "sides", "envelope", "day", "v"})


def keep_ready(fresh_until: float) -> None:
    """Let the page layer hand out this answer until then, on the monotonic clock, to everyone with this address.

    An address that asks for more than views know is answered like the plain one, and kept under none: there are as many
    as someone cares to make up.
    """
    if set(request.args) <= _ASKED:
        request.environ[FRESH_UNTIL] = fresh_until


@lru_cache(maxsize=256)
def best(accepted: str) -> str | None:
    """The coding to use for a client that sent this `Accept-Encoding`; None for none."""
    codings = parse_accept_header(accepted[:200], Accept)
    return next((it for it in (BROTLI, GZIP) if codings[it] > 0), None)
