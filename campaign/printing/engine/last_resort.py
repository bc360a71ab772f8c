"""The font of last resort: a letter that no installed font has is a box with its code point. Nobody is left out.

The box is drawn here, of nothing but rectangles, as wide as Pango leaves room for an unknown letter. What is read out
of the file is the letter itself, as everywhere.
"""

from __future__ import annotations

import zlib
from functools import cache

# Pango marks a letter that no font has by this bit, and puts its code point below it.
_UNKNOWN, _CODE = 0x10000000, 0x0FFFFFFF
WIDE, HIGH = 500, 940  # of the box, in units of which 1000 are the type's size
_FOOT = -140  # of the box, below the line
_STROKE, _SPACE = 26, 40
_LAST = 0x10FFFF

# Which of the seven strokes a digit has: top, two above, middle, two below, bottom (left before right).
_STROKES = {
    "0": "1110111",
    "1": "0010010",
    "2": "1011101",
    "3": "1011011",
    "4": "0111010",
    "5": "1101011",
    "6": "1101111",
    "7": "1010010",
    "8": "1111111",
    "9": "1111011",
    "A": "1111110",
    "B": "0101111",
    "C": "1100101",
    "D": "0011111",
    "E": "1101101",
    "F": "1101100",
}


def code_of(glyph: int) -> int | None:
    """The code point that Pango gives instead of a glyph; None if it is a glyph, or none of ours to draw."""
    code = glyph & _CODE
    return code if glyph & ~_CODE == _UNKNOWN and code <= _LAST else None


@cache
def drawn(code: int) -> tuple[bytes, tuple[float, ...]]:
    """PDF operators of the box of a code point, deflated, and the box they stay in, in thousandths of an em."""
    operators = [_frame()]
    digits = f"{code:04X}"
    rows = 2 if len(digits) == 4 else 3
    digits = digits.rjust(2 * rows, " ")
    wide, high = (WIDE - 3 * _SPACE) / 2 - _SPACE / 2, (HIGH - (rows + 2) * _SPACE) / rows
    for place, digit in enumerate(digits):
        x = 1.75 * _SPACE + (place % 2) * (wide + _SPACE)
        y = _FOOT + HIGH - 1.5 * _SPACE - high - (place // 2) * (high + _SPACE)
        operators += _digit(digit, x, y, wide, high)
    operators.append("f")
    return zlib.compress("\n".join(operators).encode()), (-1, _FOOT - 1, WIDE + 1, _FOOT + HIGH + 1)


def _frame() -> str:
    bars = (
        (0, _FOOT, WIDE, _STROKE),
        (0, _FOOT + HIGH - _STROKE, WIDE, _STROKE),
        (0, _FOOT, _STROKE, HIGH),
        (WIDE - _STROKE, _FOOT, _STROKE, HIGH),
    )
    return "\n".join(_bar(*bar) for bar in bars)


def _digit(digit: str, x: float, y: float, wide: float, high: float) -> list[str]:
    half, thick = high / 2, 1.4 * _STROKE
    strokes = (
        (x, y + high - thick, wide, thick),
        (x, y + half, thick, half),
        (x + wide - thick, y + half, thick, half),
        (x, y + half - thick / 2, wide, thick),
        (x, y, thick, half),
        (x + wide - thick, y, thick, half),
        (x, y, wide, thick),
    )
    on = _STROKES.get(digit, "")
    return [_bar(*stroke) for stroke, is_on in zip(strokes, on, strict=False) if is_on == "1"]


def _bar(x: float, y: float, wide: float, high: float) -> str:
    return f"{x:.4g} {y:.4g} {wide:.4g} {high:.4g} re"
