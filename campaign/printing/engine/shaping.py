"""What Pango makes of a line: runs of shaped glyphs, and which characters each glyph stands for."""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from typing import Any, NamedTuple

from weasyprint.text.ffi import FROM_UNITS, ffi

INTS = 5  # of a PangoGlyphInfo: glyph, width, x, y, flags
_JOINERS = frozenset("\u200c\u200d")


class Glyph(NamedTuple):
    """A shaped glyph: its number in the font, advance and offsets in CSS pixels (y grows downwards)."""

    number: int
    advance: float
    x: float
    y: float


class Cluster:
    """Glyphs that stand for some characters and cannot be told apart any further; `advance` is that of all."""

    __slots__ = ("advance", "glyphs", "text")

    def __init__(self, text: str) -> None:
        self.text, self.glyphs, self.advance = text, list[Glyph](), 0.0


@dataclass(frozen=True)
class Run:
    """A stretch of a line in one font and one direction: clusters in the order of the eye, left to right."""

    pango_font: Any
    right_to_left: bool
    clusters: list[Cluster]
    follower: str  # the character that follows in the text; empty at its end

    @property
    def text(self) -> str:
        """The run's characters in reading order."""
        ordered = reversed(self.clusters) if self.right_to_left else iter(self.clusters)
        return "".join(cluster.text for cluster in ordered)


def runs_of(line: Any, utf8: bytes) -> list[Run]:
    """The runs of a Pango line, left to right."""
    shaped_items = []
    link = line.runs[0]
    while link != ffi.NULL:
        shaped_items.append((link.data.item, link.data.glyphs))
        link = link.next
    return [
        Run(
            item.analysis.font,
            bool(item.analysis.level % 2),
            _clusters(shaped, utf8[item.offset : item.offset + item.length]),
            next((char for char in utf8[item.offset + item.length :].decode() if not is_silent(char)), ""),
        )
        for item, shaped in shaped_items
    ]


def _clusters(shaped: Any, utf8: bytes) -> list[Cluster]:
    count = shaped.num_glyphs
    starts = ffi.unpack(shaped.log_clusters, count)
    ordered = sorted(set(starts))
    ends = dict(zip(ordered, [*ordered[1:], len(utf8)], strict=True))
    # Read at once: to ask for each value of each glyph costs more than all else here.
    ints = array("i")
    ints.frombytes(ffi.buffer(shaped.glyphs, 4 * INTS * count))
    clusters: list[Cluster] = []
    previous = -1
    for place, start in enumerate(starts):
        number, width, x, y = ints[INTS * place : INTS * place + 4]
        if start != previous:
            cluster = Cluster(utf8[start : ends[start]].decode())
            clusters.append(cluster)
            previous = start
        advance = width * FROM_UNITS
        cluster.glyphs.append(Glyph(number & 0xFFFFFFFF, advance, x * FROM_UNITS, y * FROM_UNITS))
        cluster.advance += advance
    return clusters


def stands_on_another(text: str) -> bool:
    """Whether a text holds a sign without a place of its own: a vowel or a tone above or below its letter."""
    return not text.isascii() and any(unicodedata.category(char) == "Mn" for char in text)


def is_silent(text: str) -> bool:
    """Whether a text is of format characters only that nobody wants back: isolates, marks; not the joiners."""
    return all(char not in _JOINERS and unicodedata.category(char) == "Cf" for char in text)
