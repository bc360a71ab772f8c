"""Galleys: pages set in type and put down as a file, to be bound into a volume later, by any process.

A galley's file is named for what it was set from: one that is found again after a crash is used if that is the same,
and set anew if it is not (a name may have been erased meanwhile).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.printing.book.name_layout import Page, lines_of
from campaign.printing.book.page_writer import Compositor, Face, Used

# Pages of one galley: enough that fonts are set up rarely, few enough that a crash loses a second's work.
PAGES = 16
# Part of what a galley is known by: a new way of setting gives new galleys.
EDITION = 5


@dataclass(frozen=True)
class Content:
    """A page's content, deflated in haste, and the tag of each passage in it in the order of reading.

    `headings` gives the places, among the passages, of headings, with their text and their height on the page.
    """

    stream: bytes
    tags: tuple[str, ...]
    headings: tuple[tuple[int, str, float], ...]


@dataclass(frozen=True)
class Galley:
    """Set pages and what their content refers to."""

    pages: tuple[Content, ...]
    used: Used


def key_of(pages: Sequence[Page], direction: str) -> str:
    """What a galley of these pages is known by."""
    told = [
        EDITION,
        direction,
        [(page.title, page.grid.columns, page.grid.rows, page.columns, [*page.items.items()]) for page in pages],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def shown_as(tag: str) -> str:
    """What a passage is called where it is drawn: of a list's item, its body is."""
    return "LBody" if tag.startswith("LI") else tag


def set_galley(pages: Sequence[Page], direction: str) -> Galley:
    """Set pages in type. The same pages give the same galley, in any process."""
    compositor = Compositor(direction)
    contents = []
    for page in pages:
        tags: list[str] = []
        headings: list[tuple[int, str, float]] = []
        for tag, lines in lines_of(page, direction):
            compositor.passage(shown_as(tag), len(tags), lines)
            if tag.startswith("H"):
                headings.append((len(tags), lines[0].text, lines[0].y + lines[0].style.size))
            tags.append(tag)
        contents.append(Content(compositor.page(), tuple(tags), tuple(headings)))
    return Galley(tuple(contents), compositor.used())


def write(path: Path, galley: Galley) -> None:
    """Put a galley down whole or not at all."""
    used = galley.used
    streams = [page.stream for page in galley.pages]
    told: dict[str, Any] = {
        "pages": [[len(page.stream), page.tags, page.headings] for page in galley.pages],
        "faces": {
            name: [face.description, sorted(face.glyphs.items()), sorted(face.widths.items())]
            for name, face in sorted(used.faces.items())
        },
        "codes": sorted(map(ord, used.codes)),
        "outlines": {name: [box, _text(drawn)] for name, (box, drawn) in sorted(used.outlines.items())},
        "pictures": {name: _text(png) for name, png in sorted(used.pictures.items())},
    }
    # A name of its own: two processes may set the same galley, if one of them was given up too soon.
    draft = path.with_suffix(f".{secrets.token_hex(6)}.part")
    draft.write_bytes(json.dumps(told).encode() + b"\n" + b"".join(streams))
    draft.replace(path)


def read(path: Path) -> Galley:
    """The galley that lies there."""
    written, _, streams = path.read_bytes().partition(b"\n")
    told = json.loads(written)
    pages, at = [], 0
    for length, tags, headings in told["pages"]:
        marked = tuple((place, text, y) for place, text, y in headings)
        pages.append(Content(streams[at : at + length], tuple(tags), marked))
        at += length
    return Galley(
        tuple(pages),
        Used(
            {
                name: Face(described, dict(glyphs), dict(widths))
                for name, (described, glyphs, widths) in told["faces"].items()
            },
            set(map(chr, told["codes"])),
            {name: (tuple(box), base64.b64decode(drawn)) for name, (box, drawn) in told["outlines"].items()},
            {name: base64.b64decode(png) for name, png in told["pictures"].items()},
        ),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
