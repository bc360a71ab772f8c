"""The only way from a print to a file: what lies under `letters/` and `static/`, and nothing else."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

from campaign.errors import Refused
from campaign.settings import ROOT

READABLE = (ROOT / "letters", ROOT / "static")


class LockedFetcher(URLFetcher):  # type: ignore[misc]
    """Gives WeasyPrint the files of `readable` folders. No network, no other file, no data: URL.

    A refused address raises `Refused`, which WeasyPrint takes as "there is no such picture" and prints on.
    """

    def __init__(self, readable: tuple[Path, ...] = READABLE) -> None:
        super().__init__()
        self.readable = tuple(folder.resolve() for folder in readable)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The file at a `file:` URL. Raises `Refused` for all else. Never asks the parent class, which would."""
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or "\x00" in unquote(parts.path):
            raise Refused("A printed document may not load this address.")
        # Resolved before it is compared: a link inside the folder may lead out of it.
        path = Path(unquote(parts.path)).resolve()
        if not any(path.is_relative_to(folder) for folder in self.readable) or not path.is_file():
            raise Refused("A printed document may not load this address.")
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})
