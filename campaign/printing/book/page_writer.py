"""Composing: lines set in type by hand, each at its place, without a layout engine in between.

Name pages are a grid: what stands where is known before a glyph is drawn. So a line is shaped by Pango and written
as PDF operators at once, some ten times as fast as by way of HTML. Lines that a font can say glyph by glyph take a
short way; all others (joined scripts, stacked marks, emoji) are drawn by `TextLayer`, as in every other print.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi, gobject, pango

from campaign.printing.book.shaper import KnownFont, Shaper, Style, TypeCase, literal, type_case
from campaign.printing.engine import glyphless
from campaign.printing.engine.drawing import TextLayer
from campaign.printing.engine.marks import Marks, strings, tipping, words
from campaign.printing.engine.shaping import INTS, Run
from campaign.printing.engine.text import direction_of

_HEXADECIMAL = re.compile(r"<([0-9a-f]*)>")


@dataclass(frozen=True)
class Line:
    """A text on one line: `x` and `y`, in points from the page's lower left corner, are of its baseline.

    `x` is its left end or, with `to_the_left`, its right one. Without a `direction` it takes its own.
    """

    text: str
    x: float
    y: float
    style: Style
    to_the_left: bool = False
    direction: str | None = None


@dataclass(frozen=True)
class Face:
    """What a volume must know of a font to embed it: Pango's description of it, and what was shown of it.

    `glyphs` gives each glyph its text, `widths` its width in thousandths of an em.
    """

    description: str
    glyphs: dict[int, str]
    widths: dict[int, int]


@dataclass(frozen=True)
class Used:
    """What the content of some pages refers to by name; the same name stands for the same thing everywhere.

    `codes` are the characters of the invisible font, `outlines` deflated glyphs with their box, `pictures` PNGs.
    """

    faces: dict[str, Face] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    outlines: dict[str, tuple[tuple[float, ...], bytes]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)


class Compositor:
    """Sets the lines of pages of a document in one `direction`; `used` grows with every page."""

    def __init__(self, direction: str) -> None:
        self._case = type_case()
        self._layer = _Layer(direction, self._case)
        self._faces: dict[int, KnownFont] = {}
        self._out: list[bytes] = []
        self._pictures: list[tuple[float, float, Any]] = []
        self._font: tuple[str, float] | None = None
        self._at: tuple[float, float] | None = None
        self._letters = [0, 0]  # of this page, from the left and from the right
        self._ink: tuple[float, ...] | None = None
        self._writing = False  # whether a text object is open
        self._leads = False  # whether this page knows how far its lines are apart

    def passage(self, tag: str, mcid: int | None, lines: Iterable[Line]) -> None:
        """Add lines as marked content: `tag` with its number on the page, or without one as an artifact.

        Passages of plain lines share a text object: what one says of fonts and places need not be said again.
        """
        lines = list(lines)
        if len(lines) > 1 or not self._writing:
            self._at = None
        start = len(self._out)
        for line in lines:
            if line.style.ink != self._ink:
                self._ink = ink = line.style.ink
                self._out.append((" ".join(f"{part:g}" for part in ink) + (" g" if len(ink) == 1 else " rg")).encode())
            self._set(line)
        begins = b"/Artifact BMC" if mcid is None else b"/%s<</MCID %d>>BDC" % (tag.encode(), mcid)
        if self._pictures:
            # A text object may hold no pictures, and a passage may not reach out of a text object.
            self._out[start:start] = [b"ET"] * self._writing + [begins, b"BT"]
            self._out.append(b"ET")
            self._draw_pictures()
            self._out.append(b"EMC")
            self._writing, self._at = False, None
        else:
            self._out[start:start] = [b"BT"] * (not self._writing) + [begins]
            self._out.append(b"EMC")
            self._writing = True

    def page(self) -> bytes:
        """The content of the page that was composed, deflated in haste; the next passage begins another."""
        if self._writing:
            self._out.append(b"ET")
        self._tip()
        content = zlib.compress(b"\n".join([*self._out, b""]), 1)
        self._out = []
        self._letters = [0, 0]
        self._font = self._at = self._ink = None
        self._writing = self._leads = False
        return content

    def used(self) -> Used:
        """What all pages so far refer to."""
        faces = {
            font.hash: Face(self._layer.descriptions[key], dict(font.to_unicode), dict(font.widths))
            for key, font in self._layer.fonts.items()
            if font.to_unicode and not font.png
        }
        drawings = {name: drawn for name, drawn in self._layer.outlines.drawings.items() if drawn}
        return Used(
            faces,
            set(self._layer.characters),
            {name: (drawn.box, drawn.deflated) for name, drawn in drawings.items()},
            dict(self._layer.pngs),
        )

    def _set(self, line: Line) -> None:
        direction = line.direction or direction_of(line.text, self._layer.direction)
        shaper = self._case.shaper(line.style, direction)
        shaped = shaper.shape(line.text)
        x = line.x - shaper.width() if line.to_the_left else line.x
        if self._layer.direction == "ltr" == direction and (plain := self._plain(shaped, line.text)) is not None:
            self._show(plain, x, line.y, line.style.size)
            self._letters[0] += len(line.text)
            return
        stream = _Stream(self._out, self._go, self._font)
        box = _TextBox(shaper, line.style.size, line.text, direction)
        start = len(self._out)
        for pictures, *_ in self._layer.draw_line(stream, box, _Place(x, line.y)):
            self._pictures.append((x, line.y, pictures))
        if self._pictures and self._out[start] == _NEXT_LINE:
            self._out[start] = _to(x, line.y)  # its text object begins anew, and knows no line before
        self._font = stream.font
        counted = self._layer.letters.pop(id(stream), Counter())
        self._letters[0] += counted.get("L", 0)
        self._letters[1] += counted.get("R", 0)

    def _plain(self, shaped: Any, text: str) -> list[tuple[str, bytes]] | None:
        """(font, what is shown) of each run of a line from left to right, if every glyph is one character."""
        shown, place = [], 0
        link = shaped.runs[0]
        while link != ffi.NULL:
            item, glyphs = link.data.item, link.data.glyphs
            count = glyphs.num_glyphs
            if count != item.num_chars or item.analysis.level % 2:
                return None
            ints = array("i")
            ints.frombytes(ffi.buffer(glyphs.glyphs, 4 * INTS * count))
            if any(ints[2::INTS]) or any(ints[3::INTS]):
                return None
            if len(set(ffi.unpack(glyphs.log_clusters, count))) != count:
                return None
            known = self._known(item.analysis.font)
            numbers, widths = ints[0::INTS], ints[1::INTS]
            if not known.says(numbers, text[place : place + count]):
                return None
            shown.append((known.font.hash, known.shown(numbers, widths)))
            place += count
            link = link.next
        return shown

    def _show(self, runs: list[tuple[str, bytes]], x: float, y: float, size: float) -> None:
        """Show plain runs, all in one way though there are shorter ones: what is alike is deflated to nothing."""
        for n, (font, shown) in enumerate(runs):
            if self._font != (font, size):
                self._font = (font, size)
                self._out.append(f"/{font} {size:g} Tf".encode())
            place = b"" if n else self._go(x, y)
            self._out.append(place + shown + b"TJ")

    def _go(self, x: float, y: float) -> bytes:
        """The operators that lead to a place: mostly to the next line of the column, which is shorter to say."""
        before, self._at = self._at, (x, y)
        if before and before[0] == x and before[1] - y == LEADING:
            return _NEXT_LINE
        leading = b"" if self._leads else b"%g TL " % LEADING
        self._leads = True
        return leading + _to(x, y)

    def _draw_pictures(self) -> None:
        for x, y, pictures in self._pictures:
            for scale, glyphs in groupby(pictures.drawn, key=itemgetter(3)):
                # From glyph to glyph in units of their font, which are whole numbers.
                self._out.append(f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm".encode())
                at = (0, 0)
                for name, dx, dy, _ in glyphs:
                    there = (round(dx / scale), round(-dy / scale))
                    self._out.append(f"1 0 0 1 {there[0] - at[0]} {there[1] - at[1]} cm/{name} Do".encode())
                    at = there
                self._out.append(b"Q")
            if pictures.images:
                self._out.append(f"q 1 0 0 -1 {x:.2f} {y:.2f} cm".encode())
            for image, dx, dy, width, height in pictures.images:
                name = self._layer.png(image)
                self._out.append(f"q {width:.3f} 0 0 {-height:.3f} {dx:.3f} {dy + height:.3f} cm /{name} Do Q".encode())
            if pictures.images:
                self._out.append(b"Q")
        self._pictures = []

    def _tip(self) -> None:
        """Tip the page to the document's direction, as `TextLayer` does and for the same reason."""
        left, right = self._letters
        lacking = (left - right if self._layer.direction == "rtl" else right - left) + 1
        if lacking <= 0:
            return
        mark = tipping(self._layer.direction)
        self._layer.characters.add(mark)
        shown = f"<{ord(mark):04x}> Tj " * lacking
        self._out.append(f"/Artifact BMC BT 3 Tr /{invisible(mark)} 1 Tf 1 0 0 1 20 12 Tm {shown}0 Tr ET EMC".encode())

    def _known(self, pango_font: Any) -> KnownFont:
        address = int(ffi.cast("uintptr_t", pango_font))
        if address not in self._faces:
            self._faces[address] = KnownFont(*self._layer.font(pango_font), pango_font)
        return self._faces[address]


# Points from one line of a column to the next.
LEADING = 12.75
_NEXT_LINE = b"T*"


def _to(x: float, y: float) -> bytes:
    return f"1 0 0 1 {x:.2f} {y:.2f} Tm".encode()


def invisible(char: str) -> str:
    """The name of the invisible font that has a character: one for each of Unicode's planes."""
    return f"{glyphless.NAME}{ord(char) >> 16}"


class _Layer(TextLayer):
    """A text layer whose invisible fonts need no table: a character's code is its place in its plane of Unicode.

    So pages that were composed apart, in any process, can share them.
    """

    def __init__(self, direction: str, case: TypeCase) -> None:
        super().__init__(direction)
        self._case = case
        self.characters: set[str] = set()
        self.descriptions: dict[int, str] = {}
        self.pngs: dict[str, bytes] = {}
        self._keys: dict[int, tuple[Any, tuple[int, Any, float]]] = {}

    def font(self, pango_font: Any) -> tuple[Font, float]:
        """WeasyPrint's font of a Pango font, and the size of the latter."""
        key, description, size = self.font_key(pango_font)
        if key not in self.fonts:
            self.fonts[key], self.descriptions[key] = self._case.font(pango_font, key, description, size)
        return self.fonts[key], size

    def font_key(self, pango_font: Any) -> tuple[int, Any, float]:
        """As in any print, and remembered: the fonts of a case stay where they are as long as it is kept."""
        address = int(ffi.cast("uintptr_t", pango_font))
        if address not in self._keys:
            # Held by a reference of ours: an address that was freed could come back as another font.
            held = ffi.gc(gobject.g_object_ref(pango_font), gobject.g_object_unref)
            self._keys[address] = (held, super().font_key(pango_font))
        return self._keys[address][1]

    def draw_line(self, stream: Any, textbox: Any, matrix: Any) -> list[tuple[Any, ...]]:
        """As in any print, with fonts that are known to this layer."""
        line, _ = textbox.get_first_line()
        link = line.runs[0]
        while link != ffi.NULL:
            self.font(link.data.item.analysis.font)
            link = link.next
        return super().draw_line(stream, textbox, matrix)

    def png(self, image: Any) -> str:
        """The name of a picture of an emoji."""
        name = f"P{image.id}"
        self.pngs[name] = image.image_data.data
        return name

    def _show_invisibly(self, stream: Any, run: Run, size: float, marks: Marks) -> None:
        stream.set_text_rendering(3)
        for word, width in words(run, marks):
            stream.put(f"{100 * width / (len(word) * glyphless.ADVANCE * size):.3f} Tz")
            for string in strings(word):
                for name, chars in groupby(string, key=invisible):
                    stream.set_font_size(name, size)
                    stream.show(self._shown("".join(chars)))
        stream.put("100 Tz")
        stream.set_text_rendering(0)

    def _shown(self, chars: str) -> bytes:
        self.characters.update(chars)
        return literal(array("H", [ord(char) & 0xFFFF for char in chars]))


class _Stream:
    """What a text layer draws on: of WeasyPrint's stream, as much as a line of text needs."""

    def __init__(self, out: list[bytes], go: Callable[[float, float], bytes], font: tuple[str, float] | None) -> None:
        self._out, self._go = out, go
        self._fonts: dict[int, Any] = {}
        self.font = font
        self._next = font  # chosen, and not said before something is shown in it
        self.ink_rect = ffi.new("PangoRectangle *")
        self.logical_rect = ffi.new("PangoRectangle *")

    @property
    def stream(self) -> list[bytes]:
        """The operators."""
        return self._out

    def put(self, operators: str) -> None:
        """Add operators as they are."""
        self._out.append(operators.encode())

    def set_text_matrix(self, *values: float) -> None:
        """Go to a place; nothing of a line is turned or stretched."""
        self._out.append(self._go(values[4], values[5]))

    def set_text_rendering(self, mode: int) -> None:
        """3 shows nothing, 0 shows glyphs."""
        self.put(f"{mode} Tr")

    def set_font_size(self, font: str, size: float) -> None:
        """Choose a font."""
        self._next = (font, size)

    def show(self, shown: bytes) -> None:
        """Show a string, or strings with adjustments between them."""
        if self._next and self._next != self.font:
            self.font = self._next
            self.put(f"/{self.font[0]} {self.font[1]:g} Tf")
        self._out.append(b"[" + shown + b"]TJ")

    def show_text(self, text: str) -> None:
        """Show glyphs given in hexadecimal, with adjustments between them."""
        parts, end = [], 0
        for found in _HEXADECIMAL.finditer(text):
            parts.append(text[end : found.start()].encode())
            numbers = array("H", bytes.fromhex(found[1]))
            numbers.byteswap()
            parts.append(literal(numbers))
            end = found.end()
        if parts:
            self.show(b"".join(parts) + text[end:].encode())


class _TextBox:
    """What a text layer draws: of WeasyPrint's text box, as much as a line of text needs."""

    def __init__(self, shaper: Shaper, size: float, text: str, direction: str) -> None:
        self.layout, self.text = shaper.layout, text
        self.style = {"font_size": size, "direction": direction}

    @property
    def pango_layout(self) -> _TextBox:
        """Itself, which is enough of a layout."""
        return self

    def get_first_line(self) -> tuple[Any, None]:
        """The line, which is the only one."""
        return pango.pango_layout_get_line_readonly(self.layout, 0), None


@dataclass(frozen=True)
class _Place:
    """A text matrix upright at a place."""

    x: float
    y: float

    @property
    def values(self) -> tuple[float, ...]:
        """As PDF counts them."""
        return (1, 0, 0, 1, self.x, self.y)
