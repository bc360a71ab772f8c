"""A line of a page as it is read, out of the places of its characters: Arabic, Urdu, Persian, Hebrew in a PDF.

A PDF says where each character is drawn and not in which order it is read; programs write the characters of such a line
in any order. So they are taken from right to left as they lie, and what runs the other way in it (numbers, Latin words
and addresses) is turned.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# Of a line's height: a gap between two words of the page's own is a space if it is wider than the first, and any gap is
# that is wider than the second. Where letters join, gaps within a word may be wide too.
_SPACE, _WIDE = 0.08, 0.6
# What runs from left to right within such a line: Latin words with all that stands between them, else one number. A
# plus before a number is no part of it.
_TURNED = re.compile(
    r"[A-Za-z\u00c0-\u024f\d@][^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*[A-Za-z\u00c0-\u024f\d]|[A-Za-z\d]"
)
_NUMBER = re.compile(r"\d(?:[\d.,:/-]*\d)?")
_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True)
class Glyph:
    """A character, where it lies on its line, and how high; `link` is the address behind it."""

    char: str
    left: float
    right: float
    bottom: float = 0.0
    height: float = 10.0
    link: str | None = None


def runs_right_to_left(text: str) -> bool:
    """Whether more of a text's letters run from right to left than the other way."""
    right = len(_RTL.findall(text))
    return right > 0 and right >= sum(map(str.isalpha, text)) - right


def read(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters of a line of a page from right to left, in the order in which they are read.

    `glyphs` are as the page draws them. A line of Latin words on such a page is read from left to right.
    """
    words: list[int] = []
    drawn: list[Glyph] = []
    word = 0
    for it in glyphs:
        word += it.char.isspace()
        if it.right > it.left and not it.char.isspace():
            drawn.append(it)
            words.append(word)
    marks = {at for at, it in enumerate(drawn) if unicodedata.combining(it.char)}
    bases = [at for at in range(len(drawn)) if at not in marks]
    if not bases:
        return list(glyphs)
    held: dict[int, list[Glyph]] = {}
    for at in sorted(marks):
        middle = (drawn[at].left + drawn[at].right) / 2
        base = min(bases, key=lambda it: abs((drawn[it].left + drawn[it].right) / 2 - middle))
        held.setdefault(base, []).append(drawn[at])
    backwards = runs_right_to_left("".join(it.char for it in drawn))
    order = sorted(bases, key=lambda at: (drawn[at].left + drawn[at].right) * (-1 if backwards else 1))
    told: list[Glyph] = []
    for last, at in zip([None, *order], order, strict=False):
        one = drawn[at]
        if last is not None:
            before = drawn[last]
            first, second = (one, before) if backwards else (before, one)
            gap = (second.left - first.right) / max(one.height, before.height, 1.0)
            if gap > _WIDE or (gap > _SPACE and (words[last] != words[at] or not backwards)):
                link = one.link if one.link == before.link else None
                told.append(Glyph(" ", first.right, second.left, one.bottom, one.height, link))
        told += [one, *held.get(at, ())]
    return _turned(told) if backwards else told


def _turned(glyphs: list[Glyph]) -> list[Glyph]:
    """What runs from left to right turned round, in glyphs from right to left."""
    text = "".join(it.char for it in glyphs)
    told = list(glyphs)
    for found in _TURNED.finditer(text):
        numbers = [it.span() for it in _NUMBER.finditer(text, *found.span())]
        for start, end in [found.span()] if _LETTER.search(found.group()) else numbers:
            told[start:end] = reversed(glyphs[start:end])
    return told
