"""How wide a text will be, in the very fonts it will be printed in; and where to break one that is too wide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango, pangoft2, unicode_to_char_p

# Letters that stand side by side whatever their neighbours: their widths add up.
_SIDE_BY_SIDE = re.compile("[ -~\u00a0-\u024f\u0400-\u045f\u1e00-\u1eff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*")
_ZERO_WIDTH_JOINER = "\u200d"


class Ruler:
    """Measures in points. `families` is a CSS font-family list, `size` the type's size in points."""

    def __init__(self, families: str, size: float) -> None:
        self._map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
        self._context = ffi.gc(pango.pango_font_map_create_context(self._map), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(self._context, False)
        self._layout = ffi.gc(pango.pango_layout_new(self._context), gobject.g_object_unref)
        description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        names, _ = unicode_to_char_p(families.replace('"', "").replace(", ", ","))
        pango.pango_font_description_set_family(description, names)
        pango.pango_font_description_set_absolute_size(description, int(size * TO_UNITS))
        pango.pango_layout_set_font_description(self._layout, description)
        self._extents: Any = ffi.new("PangoRectangle *")
        self._letters: dict[str, float] = {}

    def width(self, text: str) -> float:
        """The width of `text` on one line."""
        if not _SIDE_BY_SIDE.fullmatch(text):
            return self._measure(text)
        letters = self._letters
        for letter in set(text) - letters.keys():
            letters[letter] = self._measure(letter)
        return sum(letters[letter] for letter in text)

    def broken(self, text: str, width: float) -> list[str]:
        """`text` in lines no wider than `width`: at spaces, and within a word only if it is wider than a line."""
        if self.width(text) <= width:
            return [text]
        lines = [""]
        for word in text.split(" "):
            joined = f"{lines[-1]} {word}" if lines[-1] else word
            if self.width(joined) <= width:
                lines[-1] = joined
                continue
            *full, last = self._cut(word, width)
            lines.extend([*full, last])
        return lines if lines[0] else lines[1:]

    def _cut(self, word: str, width: float) -> list[str]:
        lines = [""]
        for character in _characters(word):
            # Joined scripts get narrower or wider by their neighbours, so the line is measured, not its letters.
            if lines[-1] and self.width(lines[-1] + character) > width:
                lines.append(character)
            else:
                lines[-1] += character
        return lines

    def _measure(self, text: str) -> float:
        chars, encoded = unicode_to_char_p(text)
        pango.pango_layout_set_text(self._layout, chars, len(encoded))
        line = pango.pango_layout_get_line_readonly(self._layout, 0)
        pango.pango_layout_line_get_extents(line, ffi.NULL, self._extents)
        return float(self._extents.width * FROM_UNITS)


def _characters(word: str) -> Iterator[str]:
    """Characters as people count them: a letter with its marks, an emoji with all it is joined to."""
    whole = ""
    for char in word:
        joined = whole.endswith(_ZERO_WIDTH_JOINER) or char == _ZERO_WIDTH_JOINER
        if whole and not joined and not unicodedata.category(char).startswith("M"):
            yield whole
            whole = ""
        whole += char
    if whole:
        yield whole
