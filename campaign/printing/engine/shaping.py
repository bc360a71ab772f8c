"""What Pango makes of a line: runs of shaped glyphs, and which characters each glyph stands for."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, ffi

_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True)
class Glyph:
    """A shaped glyph: its number in the font, advance and offsets in CSS pixels (y grows downwards)."""

    number: int
    advance: float
    x: float
    y: float


@dataclass
class Cluster:
    """Glyphs that stand for some characters and cannot be told apart any further."""

    text: str
    glyphs: list[Glyph]

    @property
    def advance(self) -> float:
        return sum(glyph.advance for glyph in self.glyphs)


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
    starts = shaped.log_clusters[0 : shaped.num_glyphs]
    ordered = sorted(set(starts))
    ends = dict(zip(ordered, [*ordered[1:], len(utf8)], strict=True))
    clusters: list[Cluster] = []
    previous = -1
    for start, info in zip(starts, shaped.glyphs[0 : shaped.num_glyphs], strict=True):
        if start != previous:
            clusters.append(Cluster(utf8[start : ends[start]].decode(), []))
            previous = start
        place = info.geometry
        clusters[-1].glyphs.append(
            Glyph(info.glyph, place.width * FROM_UNITS, place.x_offset * FROM_UNITS, place.y_offset * FROM_UNITS)
        )
    return clusters


def stands_on_another(text: str) -> bool:
    """Whether a text holds a sign without a place of its own: a vowel or a tone above or below its letter."""
    return not text.isascii() and any(unicodedata.category(char) == "Mn" for char in text)


def is_silent(text: str) -> bool:
    """Whether a text is of format characters only that nobody wants back: isolates, marks; not the joiners."""
    return all(char not in _JOINERS and unicodedata.category(char) == "Cf" for char in text)
