"""Glyphs as pictures: the outlines of shaped glyphs, each kept once in a document.

A font file is parsed once in a process, whatever the number of prints.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import pydyf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from campaign.printing.engine import last_resort

# Faces are shared by all threads, and fontTools reads a font's tables when they are first asked for.
_lock = threading.Lock()


@dataclass(frozen=True)
class Drawing:
    """A glyph's outline: PDF operators, deflated once for all prints, and the box they stay in, in font units."""

    deflated: bytes
    box: tuple[float, ...]


@dataclass
class Outlines:
    """The outlines one document needs, by name; an empty one (a space) has none."""

    drawings: dict[str, Drawing | None] = field(default_factory=dict)
    pictures: dict[str, Any] = field(default_factory=dict)  # of emoji

    def name(self, font: Any, glyph: int) -> str | None:
        """The name of a glyph's outline in this document; None if there is nothing to draw."""
        name = f"{font.hash}{glyph}"
        if name not in self.drawings:
            with _lock:
                self.drawings[name] = _face(_File(font)).draw(glyph)
        return name if self.drawings[name] else None

    def last_resort(self, code: int) -> str:
        """The name of the box that stands for a letter of which no font has a shape."""
        name = f"LastResort{code:X}"
        if name not in self.drawings:
            self.drawings[name] = Drawing(*last_resort.drawn(code))
        return name

    def picture(self, name: str, made: Callable[[], Any]) -> Any:
        """The picture of that name, made when it is first asked for: to read one takes milliseconds."""
        if name not in self.pictures:
            self.pictures[name] = made()
        return self.pictures[name]

    def register(self, stream: Any, name: str) -> None:
        """Make the outline known to the page or group that `stream` belongs to."""
        known, drawing = stream._resources["XObject"], self.drawings[name]
        if drawing and name not in known:
            extra = {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array(drawing.box), "Filter": "/FlateDecode"}
            known[name] = pydyf.Stream([drawing.deflated], pydyf.Dictionary(extra))


class PathPen(BasePen):  # type: ignore[misc]
    """Draws into PDF path operators, in font units. The names of its methods are fontTools'."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.operators: list[bytes] = []
        self.points: list[tuple[float, float]] = []

    @property
    def drawing(self) -> Drawing | None:
        """What was drawn; the box has a unit to spare."""
        if not self.points:
            return None
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        deflated = zlib.compress(b"\n".join([*self.operators, b"f"]))
        return Drawing(deflated, (min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1))

    def closePath(self) -> None:  # noqa: N802
        self.operators.append(b"h")

    def endPath(self) -> None:  # noqa: N802
        self.operators.append(b"h")

    def _write(self, operator: str, *points: tuple[float, float]) -> None:
        self.points.extend(points)
        numbers = " ".join(f"{round(number, 1):g}" for point in points for number in point)
        self.operators.append(f"{numbers} {operator}".encode())

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._write("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._write("l", point)

    def _curveToOne(self, one: tuple[float, float], two: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        self._write("c", one, two, end)


class _File:
    """A WeasyPrint font as a cache argument, known by its name and the length of its file.

    WeasyPrint cuts a font down to the glyphs of its document once that is written: the length tells them apart.
    """

    def __init__(self, font: Any) -> None:
        self.font = font
        self._known_by = (font.hash, len(font.file_content))

    def __hash__(self) -> int:
        return hash(self._known_by)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _File) and self._known_by == other._known_by


class _Face:
    """A parsed font file, and the outlines already asked for."""

    def __init__(self, font: Any) -> None:
        parsed = TTFont(BytesIO(font.file_content), fontNumber=font.index, lazy=True)
        location = {"wght": font.weight, **font.variations} if "fvar" in parsed else None
        self._glyphs = parsed.getGlyphSet(location=location)
        self._names = parsed.getGlyphOrder()
        self._drawings: dict[int, Drawing | None] = {}

    def draw(self, glyph: int) -> Drawing | None:
        """The outline of a glyph; None if it has none."""
        if glyph not in self._drawings:
            pen = PathPen(self._glyphs)
            self._glyphs[self._names[glyph]].draw(pen)
            self._drawings[glyph] = pen.drawing
        return self._drawings[glyph]


@cache
def _face(file: _File) -> _Face:
    return _Face(file.font)
