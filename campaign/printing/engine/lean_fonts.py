"""Fonts of Chinese, Japanese and Korean letters, embedded with the glyphs that are shown and no room for the others.

WeasyPrint keeps the numbers of glyphs, and so a place for each of the forty thousand before: 84 KB, in every print with
one such name. A font of this kind says itself which number each glyph is called by, so the places are not needed.
Inside `lean()` this replaces one function of WeasyPrint; `bare` belongs to it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Name, Pdf
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset
from weasyprint.text.fonts import get_hb_object_data

_original_subset = Font._harfbuzz_subset
_UNUSED = (b"BASE", b"DSIG", b"GPOS", b"GSUB", b"GDEF", b"JSTF", b"VORG", b"vhea", b"vmtx")


_wanted: ContextVar[bool] = ContextVar("lean_fonts", default=False)


@contextmanager
def lean() -> Iterator[None]:
    """Within, fonts are embedded so. What is written must go through `bare`."""
    token = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(token)


def bare(pdf: Pdf) -> None:
    """Leave of such a font what a print needs, its outlines: some readers heed their numbers only then."""
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Dictionary) or thing.get("/Subtype") != Name.CIDFontType0:
            continue
        described = thing.get("/FontDescriptor")
        if described is None or "/FontFile3" not in described:
            continue
        file = described.FontFile3
        if file.get("/Subtype") == Name.OpenType:
            outlines = TTFont(io.BytesIO(file.read_bytes())).reader["CFF "]
            described.FontFile3 = pdf.make_stream(outlines, Subtype=Name.CIDFontType0C)
        if "/CIDToGIDMap" in thing:
            del thing.CIDToGIDMap


def _subset(font: Any, to_unicode: Mapping[int, str], hinting: bool) -> None:
    """WeasyPrint's own, unless the font's glyphs keep their numbers without it."""
    if (
        _wanted.get()
        and "CFF " in font.tables
        and not font.missing
        and (written := _lean(font, sorted(to_unicode), hinting))
    ):
        font.file_content = written
    else:
        _original_subset(font, to_unicode, hinting)


def _lean(font: Any, glyphs: list[int], hinting: bool) -> bytes | None:
    """The font with these glyphs alone, if each is still called by its number; else nothing."""
    wanted = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    kept = harfbuzz_subset.hb_subset_input_glyph_set(wanted)
    harfbuzz.hb_set_add_sorted_array(kept, ffi.new("hb_codepoint_t[]", glyphs), len(glyphs))
    flags = harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE
    if not hinting:
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING
    harfbuzz_subset.hb_subset_input_set_flags(wanted, flags)
    dropped = harfbuzz_subset.hb_subset_input_set(wanted, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG)
    for tag in _UNUSED:
        number = ffi.new("hb_codepoint_t[]", [harfbuzz.hb_tag_from_string(tag, -1)])
        harfbuzz.hb_set_add_sorted_array(dropped, number, 1)
    face = ffi.gc(harfbuzz_subset.hb_subset_or_fail(font.hb_face, wanted), harfbuzz.hb_face_destroy)
    written: bytes | None = get_hb_object_data(face) if face else None
    if not written or written[:4] != b"OTTO":
        return None
    outlines = TTFont(io.BytesIO(written))["CFF "].cff[0]
    if not hasattr(outlines, "ROS"):
        return None
    called = {0 if name == ".notdef" else int(name.removeprefix("cid")) for name in outlines.charset}
    return written if called.issuperset(glyphs) else None


Font._harfbuzz_subset = _subset
