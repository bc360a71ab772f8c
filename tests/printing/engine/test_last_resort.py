"""The box of a letter that no font has: its number is in it, and it is drawn where the letter stands."""

from __future__ import annotations

import re
import zlib

import pytest

from campaign.printing.engine import last_resort
from campaign.printing.engine.fonts import lacking, scripts_of


@pytest.mark.parametrize(
    ("glyph", "code"), [(0x10016D40, 0x16D40), (0x24, None), (0x0FFFFFFF, None), (0xFFFFFFFF, None), (0x10110000, None)]
)
def test_what_pango_gives_for_a_letter_without_a_font_is_told_from_a_glyph(glyph: int, code: int | None) -> None:
    assert last_resort.code_of(glyph) == code


@pytest.mark.parametrize(("code", "strokes"), [(0x1111, 4 * 2), (0x8888, 4 * 7), (0x16D40, 2 + 6 + 5 + 4 + 6)])
def test_the_box_holds_the_digits_of_the_letters_number(code: int, strokes: int) -> None:
    deflated, (left, bottom, right, top) = last_resort.drawn(code)
    bars = re.findall(r"(\S+) (\S+) (\S+) (\S+) re", zlib.decompress(deflated).decode())
    corners = [(float(x), float(y), float(x) + float(w), float(y) + float(h)) for x, y, w, h in bars]

    assert len(bars) == 4 + strokes  # the four sides besides
    assert all(left <= x <= u <= right and bottom <= y <= v <= top for x, y, u, v in corners)


def test_what_is_lacking_is_named_in_the_readers_language() -> None:
    latin = frozenset(range(0x20, 0x250))

    assert lacking("Maria 王 ☃ ա", latin) == {"王", "☃", "ա"}
    assert lacking("Maria", frozenset()) == frozenset()
    assert scripts_of("王☃ա", "fr") == ("U+2603", "arménien", "sinogrammes")
