"""Files to keep: stored by no cache, named by us."""

from __future__ import annotations

from flask import Response, make_response

from campaign.storage.files import Stored

SCANS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


def download(content: bytes | Stored, kind: str, name: str) -> Response:
    """A file as a download; `name` is ours, never a person's. What is stored goes out as its reader takes it."""
    response = make_response(content.pieces if isinstance(content, Stored) else content)
    if isinstance(content, Stored):
        response.content_length = content.size
    response.mimetype = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def scan(content: bytes, stored: str, name: str) -> Response:
    """A stored scan, of the type it was redrawn as."""
    ending = stored.rpartition(".")[2]
    return download(content, SCANS[ending], f"{name}.{ending}")
