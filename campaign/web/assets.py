"""Styles, scripts and icons: read once, compressed once, and kept by browsers for a year."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import time
from functools import cache

from flask import Flask, Response, abort, request, url_for

from campaign.settings import ROOT
from campaign.web.compression import Lasting, answer

STATIC = ROOT / "static"
# The address of an asset carries a hash of what it holds, so what stands there never changes.
FOR_EVER = "public, max-age=31536000"
# How long the page layer hands one out before it asks again; the files of a running process do not change.
READY_SECONDS = 3600.0
# What scripts add to the supporters' pages, each in its own function, served as one file: on a slow line a request
# costs more than all of them weigh.
BUNDLES = {
    "public.js": ("leave.js", "safety.js", "share.js"),
    # The same for who came by a tagged link: the page weighs a few bytes more, and only theirs.
    "tagged.js": ("leave.js", "safety.js", "share.js", "via.js"),
    # What a page behind the link of a mail runs before it shows anything: it may be left in its first second.
    "at_once.js": ("linked.js", "leave.js"),
}


def install(app: Flask) -> None:
    """Serve `static/`. Flask's own view would read the file for each request, and compress nothing."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=serve)


def serve(filename: str) -> Response:
    """One file."""
    # Looked up among the files there are, so that no path leads elsewhere.
    if filename not in _names():
        abort(404)
    content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    # Under its own address only: there are as many others as someone cares to make up.
    ready = request.query_string.decode("latin-1") in ("", f"v={_asset(filename).etag}")
    return answer(_asset(filename), content_type, FOR_EVER, time.monotonic() + READY_SECONDS if ready else None)


def asset(name: str) -> str:
    """The path of a file under `static/`, with a hash of what it holds: it may be cached for ever."""
    return url_for("static", filename=name, v=_asset(name).etag)


def lean_style(text: str) -> str:
    """A style sheet without what only its authors read: comments, and space that separates nothing."""
    return _AROUND.sub(r"\1", _SPACE.sub(" ", _REMARK.sub("", text))).replace(";}", "}").strip()


def lean_script(text: str) -> str:
    """A script without indents, blank lines, and lines that are a comment and nothing else."""
    lines = (it.strip() for it in text.split("\n"))
    return "\n".join(it for it in lines if it and not it.startswith("//"))


_REMARK, _SPACE = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s+")
# Not before a colon: there a space means "within".
_AROUND = re.compile(r" ?([{};,>]) ?|(?<=:) ")


@cache
def _names() -> frozenset[str]:
    files = (it.relative_to(STATIC).as_posix() for it in STATIC.rglob("*") if it.is_file())
    return frozenset((*files, *BUNDLES))


@cache
def _asset(name: str) -> Lasting:
    names = BUNDLES.get(name, (name,))
    body = "\n".join((STATIC / it).read_text(encoding="utf-8") for it in names)
    return _lasting(lean_style(body) if name.endswith(".css") else lean_script(body) if name.endswith(".js") else body)


def _lasting(text: str) -> Lasting:
    body = text.encode()
    return Lasting(body, hashlib.sha256(body).hexdigest()[:10])
