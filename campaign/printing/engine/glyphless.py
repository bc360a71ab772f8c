"""The invisible font: a character for every code, and nothing to see for any."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

import pydyf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from campaign.printing.engine.marks import QUIET

NAME = "Glyphless"
ADVANCE = 0.5  # of every character, in em; it is stretched to the width of the word it lies on


def add_to(pdf: Any, codes: Mapping[str, int]) -> None:
    """Add the font to a finished `pydyf.PDF`, for all its pages: `codes` gives each character its code, from 1."""
    page = next(thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary) and "Contents" in thing)
    fonts = _dereference(pdf, _dereference(pdf, page["Resources"])["Font"])
    fonts[NAME] = _write_font(pdf, codes)


def _dereference(pdf: Any, reference: bytes) -> Any:
    """The object that `b"12 0 R"` points to."""
    return pdf.objects[int(reference.split()[0])]


def _write_font(pdf: Any, codes: Mapping[str, int]) -> bytes:
    """Write the invisible font: a glyph with a box and one without for all codes, and each code's character."""
    data = empty_font()
    file = pydyf.Stream([data], pydyf.Dictionary({"Length1": len(data)}), compress=True)
    ordered = sorted(codes, key=codes.__getitem__)
    boxes = b"".join(b"\x00\x02" if char in QUIET else b"\x00\x01" for char in ordered)
    glyphs = pydyf.Stream([b"\x00\x01" + boxes], compress=True)
    pairs = [f"<{codes[char]:04x}> <{QUIET.get(char, char).encode('utf-16-be').hex()}>" for char in ordered]
    batches = [pairs[i : i + 100] for i in range(0, len(pairs), 100)]
    mapping = pydyf.Stream(
        [
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            b"1 begincodespacerange <0000> <ffff> endcodespacerange",
            *(f"{len(b)} beginbfchar {' '.join(b)} endbfchar".encode() for b in batches),
            b"endcmap CMapName currentdict /CMap defineresource pop end end",
        ],
        compress=True,
    )
    for stream in (file, glyphs, mapping):
        pdf.add_object(stream)
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": f"/{NAME}",
            "Flags": 5,
            "FontBBox": pydyf.Array([0, -250, 500, 750]),
            "ItalicAngle": 0,
            "Ascent": 750,
            "Descent": -250,
            "CapHeight": 700,
            "StemV": 80,
            "FontFile2": file.reference,
        }
    )
    pdf.add_object(descriptor)
    system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
    descendant = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": f"/{NAME}",
            "CIDSystemInfo": pydyf.Dictionary(system),
            "CIDToGIDMap": glyphs.reference,
            "DW": int(1000 * ADVANCE),
            "FontDescriptor": descriptor.reference,
        }
    )
    pdf.add_object(descendant)
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": f"/{NAME}",
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([descendant.reference]),
            "ToUnicode": mapping.reference,
        }
    )
    pdf.add_object(font)
    return font.reference  # type: ignore[no-any-return]


@cache
def empty_font() -> bytes:
    """A TrueType font whose glyphs show nothing: .notdef, one for every character, one for the stand-ins of marks.

    That for characters is a line there and back: no ink, but a box, without which some readers drop a character.
    """
    pen = TTGlyphPen(None)
    pen.moveTo((0, -200))
    pen.lineTo((500, 750))
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", "blank", "nothing"]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({})
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "blank": pen.glyph(), "nothing": empty})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=750, descent=-250)
    builder.setupNameTable({"familyName": "Glyphless", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.font.recalcTimestamp = False  # or no two processes would print the same bytes
    builder.font["head"].created = builder.font["head"].modified = 0
    written = BytesIO()
    builder.font.save(written)
    return written.getvalue()
