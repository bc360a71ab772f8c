"""One page that tells how to check a signature book without its makers: what must come out, and what to type.

Whoever holds it needs the files beside it and programs that every system has; no address of ours is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaign import language
from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.printing.engine.text import one_line
from campaign.vocabulary import Paper


@dataclass(frozen=True)
class Stamp:
    """A time stamp that is there: by whom, of which instant, and the files that hold it and its authority's root."""

    authority: str
    at: datetime
    token: str
    roots: str


@dataclass(frozen=True)
class CheckSheet:
    """What there is to check. `volumes` are (file, SHA-256 in hexadecimal); `tree` is how many entries, and the root.

    `sealed_by` and `fingerprint` (SHA-256 of the certificate, in hexadecimal) are of the seal, if there is one; `owed`
    are the authorities whose time stamp has not come yet.
    """

    locale: str
    organisation: str
    code: str
    title: str
    frozen_at: datetime
    tree: tuple[int, str] | None
    volumes: tuple[tuple[str, str], ...]
    sums: str
    sealed_by: str | None = None
    fingerprint: str | None = None
    stamps: tuple[Stamp, ...] = ()
    owed: tuple[str, ...] = ()
    audit_head: str | None = None


def check_pdf(sheet: CheckSheet, paper: Paper = Paper.A4) -> bytes:
    """The page as PDF. Raises `Unprintable` naming a script that no installed font has."""
    values = {
        "sheet": sheet,
        "title": one_line(sheet.title),
        "paper": paper.value,
        "frozen": language.moment(sheet.frozen_at, sheet.locale),
        "created": f"{sheet.frozen_at:%Y-%m-%dT%H:%M:%SZ}",
        "stamps": [(stamp, language.moment(stamp.at, sheet.locale)) for stamp in sheet.stamps],
        "grouped": _grouped,
    }
    return pull(lay_out(set_in_type("check.html", sheet.locale, values), sheet.locale))


def _grouped(digest: str) -> str:
    """A hash in groups that an eye can compare."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
