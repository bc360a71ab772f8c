"""A case of type: the fonts of this machine, shaped and measured, ready to be set line by line."""

from __future__ import annotations

import threading
from array import array
from copy import copy
from dataclasses import dataclass
from typing import Any

from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango, pangoft2, unicode_to_char_p

from campaign.printing.engine.shaping import stands_on_another

# WeasyPrint has no need of this; the library is GLib's all the same.
ffi.cdef("gpointer g_object_ref(gpointer object);")

_ESCAPED = ((b"\\", b"\\\\"), (b"(", b"\\("), (b")", b"\\)"), (b"\r", b"\\r"))


@dataclass(frozen=True)
class Style:
    """How a line looks: a CSS font-family list, points, and ink as a grey or a colour (0 to 1)."""

    families: str
    size: float
    bold: bool = False
    ink: tuple[float, ...] = (0.082, 0.09, 0.11)


class TypeCase:
    """A thread's case of type: fonts read once for all compositors: Pango shares none with other threads."""

    def __init__(self) -> None:
        self._map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        self._shapers: dict[tuple[Style, str], Shaper] = {}
        self._fonts: dict[int, tuple[Font, str]] = {}

    def shaper(self, style: Style, direction: str) -> Shaper:
        """Pango, set to a style and a direction."""
        if (style, direction) not in self._shapers:
            self._shapers[style, direction] = Shaper(self._map, style, direction)
        return self._shapers[style, direction]

    def font(self, pango_font: Any, key: int, description: Any, size: float) -> tuple[Font, str]:
        """WeasyPrint's font of a Pango font, of which nothing was shown yet, and Pango's description of it."""
        if key not in self._fonts:
            font = Font(pango_font, description, size)
            written = ffi.string(pango.pango_font_description_to_string(description)).decode()
            font.kept = ffi.gc(gobject.g_object_ref(pango_font), gobject.g_object_unref)  # HarfBuzz borrows from it
            self._fonts[key] = font, written
        font, written = self._fonts[key]
        fresh = copy(font)
        fresh.widths, fresh.to_unicode = {}, {}
        return fresh, written


_prepared = threading.local()


def type_case() -> TypeCase:
    """The case of this thread."""
    if not hasattr(_prepared, "case"):
        _prepared.case = TypeCase()
    case: TypeCase = _prepared.case
    return case


class KnownFont:
    """A font, with what is known already of its glyphs in plain runs."""

    def __init__(self, font: Any, size: float, pango_font: Any) -> None:
        self.font, self._size = font, size
        # Kept by a reference of ours: an address that was freed could come back as another font.
        self._pango_font = ffi.gc(gobject.g_object_ref(pango_font), gobject.g_object_unref)
        self._pairs: set[tuple[int, str]] = set()
        self._natural: set[tuple[int, int]] = set()
        self._exact: dict[int, int] = {}
        self._rectangle = ffi.new("PangoRectangle *")
        self._logical = ffi.new("PangoRectangle *")
        self._showable = not (font.png or font.svg or font.colr or font.bitmap)

    def says(self, numbers: array[int], text: str) -> bool:
        """Whether each glyph can say its character; learns them, or nothing at all."""
        if not self._showable or text.isspace():
            return False
        unknown = set(zip(numbers, text, strict=True)) - self._pairs
        if not unknown:
            return True
        learnt: dict[int, str] = {}
        for number, char in unknown:
            if number >= self.font.glyph_count or stands_on_another(char):
                return False
            known = self.font.to_unicode.get(number) or learnt.get(number)
            if known is not None and known.replace("\u00a0", " ") != char.replace("\u00a0", " "):
                return False
            learnt[number] = char
        # In the order of their numbers: which of two spaces a glyph is called by must not hang on a set's order.
        for number, char in sorted(learnt.items()):
            self.font.to_unicode.setdefault(number, char)
        self._pairs |= unknown
        return True

    def shown(self, numbers: array[int], widths: array[int]) -> bytes:
        """The operand that shows glyphs with the widths that they were given."""
        unknown = set(zip(numbers, widths, strict=True)) - self._natural
        kerned = {pair for pair in unknown if not self._is_natural(*pair)}
        if not kerned:
            return b"[" + literal(numbers) + b"]"
        parts: list[bytes] = []
        start, moved = 0, 0.0
        for place, pair in enumerate(zip(numbers, widths, strict=True)):
            if pair not in kerned:
                continue
            moved += 1000 * (self._exact[pair[0]] - pair[1]) * FROM_UNITS / self._size
            if abs(moved) >= 1:
                parts.append(b"%s%d" % (literal(numbers[start : place + 1]), round(moved)))
                start, moved = place + 1, moved - round(moved)
        return b"[" + b"".join(parts) + (literal(numbers[start:]) if start < len(numbers) else b"") + b"]"

    def _is_natural(self, number: int, width: int) -> bool:
        if number not in self._exact:
            pango.pango_font_get_glyph_extents(self._pango_font, number, self._rectangle, self._logical)
            self._exact[number] = self._logical.width
            width_of_em = self._logical.width * 1000 * FROM_UNITS / self._size
            self.font.widths.setdefault(number, round(width_of_em))
        if self._exact[number] != width:
            return False
        self._natural.add((number, width))
        return True


def literal(numbers: array[int]) -> bytes:
    """Glyphs as a PDF string of two bytes each."""
    shorts = array("H", numbers)
    shorts.byteswap()
    data = shorts.tobytes()
    for plain, escaped in _ESCAPED:
        data = data.replace(plain, escaped)
    return b"(" + data + b")"


class Shaper:
    """Pango, set to one style and direction."""

    def __init__(self, fonts: Any, style: Style, direction: str) -> None:
        context = ffi.gc(pango.pango_font_map_create_context(fonts), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(context, False)
        base = pango.PANGO_DIRECTION_RTL if direction == "rtl" else pango.PANGO_DIRECTION_LTR
        pango.pango_context_set_base_dir(context, base)
        self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_single_paragraph_mode(self.layout, True)
        described = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        names, _ = unicode_to_char_p(style.families.replace('"', "").replace(", ", ","))
        pango.pango_font_description_set_family(described, names)
        pango.pango_font_description_set_weight(described, 700 if style.bold else 400)
        pango.pango_font_description_set_absolute_size(described, int(style.size * TO_UNITS))
        pango.pango_layout_set_font_description(self.layout, described)
        self._extents = ffi.new("PangoRectangle *")
        self._line: Any = None

    def shape(self, text: str) -> Any:
        """Pango's line of a text, valid until the next is shaped."""
        chars, utf8 = unicode_to_char_p(text)
        pango.pango_layout_set_text(self.layout, chars, len(utf8))
        self._line = pango.pango_layout_get_line_readonly(self.layout, 0)
        return self._line

    def width(self) -> float:
        """The width of the line shaped last."""
        pango.pango_layout_line_get_extents(self._line, ffi.NULL, self._extents)
        return float(self._extents.width * FROM_UNITS)
