"""The fonts and pictures of set pages, embedded once in a volume, whatever number of galleys share them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf
import pydyf
from pikepdf import Array, Dictionary, Name, Object, Pdf
from PIL import Image
from weasyprint.pdf.fonts import Font, build_fonts_dictionary
from weasyprint.text.ffi import TO_UNITS, ffi, gobject, pango, pangoft2, unicode_to_char_p
from weasyprint.text.fonts import get_pango_font_key

from campaign.errors import Incomplete
from campaign.printing.book.page_writer import Used, invisible
from campaign.printing.engine.glyphless import ADVANCE, NAME, empty_font
from campaign.printing.engine.lean_fonts import bare, lean
from campaign.printing.engine.marks import QUIET

# WeasyPrint has no need of this one of Pango's.
ffi.cdef("PangoFontDescription * pango_font_description_from_string(const char *str);")


def resources_for(pdf: Pdf, used: Sequence[Used]) -> list[Object]:
    """The resources of the pages of each galley, added to a volume; galleys that agree share one dictionary.

    They disagree if a glyph stands for one character in some and for another in others (as Latin and Cyrillic
    letters of one shape may): then the font is embedded once and described twice.
    """
    variants: dict[str, list[dict[int, str]]] = {}
    chosen = [_chosen(variants, galley) for galley in used]
    fonts = _embedded(pdf, variants, used)
    fonts.update(_invisible_fonts(pdf, set().union(*(galley.codes for galley in used))))
    objects = _objects(pdf, used)
    made: dict[tuple[tuple[str, int], ...], Object] = {}
    for choice in chosen:
        if choice not in made:
            mine = {f"/{name}": fonts[name, which] for name, which in choice}
            mine.update({f"/{name}": font for (name, _), font in fonts.items() if name.startswith(NAME)})
            made[choice] = pdf.make_indirect(Dictionary(Font=Dictionary(mine), XObject=objects))
    return [made[choice] for choice in chosen]


def _chosen(variants: dict[str, list[dict[int, str]]], used: Used) -> tuple[tuple[str, int], ...]:
    """For each face of a galley, which variant its glyphs agree with; they are added to it."""
    choice = []
    for name, face in sorted(used.faces.items()):
        known = variants.setdefault(name, [])
        agreeing = (n for n, it in enumerate(known) if all(it.get(g, text) == text for g, text in face.glyphs.items()))
        which = next(agreeing, len(known))
        known[which:] = known[which:] or [{}]
        known[which].update(face.glyphs)
        choice.append((name, which))
    return tuple(choice)


def _embedded(
    pdf: Pdf, variants: Mapping[str, Sequence[dict[int, str]]], used: Sequence[Used]
) -> dict[tuple[str, int], Object]:
    """Every variant of every face: one font file each, cut down to the glyphs that are shown."""
    faces = {name: face for galley in used for name, face in galley.faces.items()}
    loaded = {}
    for name in sorted(faces):
        font = loaded[name] = _loaded(faces[name].description)
        if font.hash != name:
            raise Incomplete("The fonts on this computer have changed since these pages were made. Build it again.")
        for galley in used:
            if name in galley.faces:
                font.widths.update(galley.faces[name].widths)
        for variant in reversed(variants[name]):
            font.to_unicode.update(variant)
        font.to_unicode = dict(sorted(font.to_unicode.items()))
    carrier = pydyf.PDF()
    with lean():
        dictionary = build_fonts_dictionary(carrier, loaded, True, True, {"hinting": False, "pdf_version": "1.7"})
    carrier.add_object(dictionary)
    carrier.catalog["Fonts"] = dictionary.reference
    file = io.BytesIO()
    carrier.write(file)
    with pikepdf.open(file) as opened:
        bare(opened)
        shared = pdf.copy_foreign(opened.Root.Fonts)
    made: dict[tuple[str, int], Object] = {}
    for name, known in variants.items():
        made[name, 0] = shared[f"/{name}"]
        if len(known) > 1:
            for which, variant in enumerate(known):
                described = Dictionary(dict(shared[f"/{name}"].items()))
                described.ToUnicode = _to_unicode(pdf, variant)
                made[name, which] = pdf.make_indirect(described)
    return made


def _loaded(description: str) -> Font:
    """WeasyPrint's font of a description by Pango."""
    fonts = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
    context = ffi.gc(pango.pango_font_map_create_context(fonts), gobject.g_object_unref)
    written, _ = unicode_to_char_p(description)
    described = ffi.gc(pango.pango_font_description_from_string(written), pango.pango_font_description_free)
    pango.pango_font_description_set_absolute_size(described, 10 * TO_UNITS)
    font = ffi.gc(pango.pango_font_map_load_font(fonts, context, described), gobject.g_object_unref)
    _, found, size = get_pango_font_key(font)
    made = Font(font, found, size)
    made.kept = (fonts, font)  # HarfBuzz borrows from both
    return made


def _invisible_fonts(pdf: Pdf, codes: set[str]) -> dict[tuple[str, int], Object]:
    """The invisible font of each plane of Unicode that is needed."""
    made: dict[tuple[str, int], Object] = {}
    if not codes:
        return made
    data = empty_font()
    file = _stream(pdf, data, Length1=len(data))
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(f"/{NAME}"),
            Flags=5,
            FontBBox=Array([0, -250, 500, 750]),
            ItalicAngle=0,
            Ascent=750,
            Descent=-250,
            CapHeight=700,
            StemV=80,
            FontFile2=file,
        )
    )
    for name in sorted({invisible(char) for char in codes}):
        chars = {ord(char) & 0xFFFF: char for char in sorted(codes) if invisible(char) == name}
        glyphs = bytearray(2 * (max(chars) + 1))
        for code, char in chars.items():
            glyphs[2 * code + 1] = 2 if char in QUIET else 1
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(f"/{NAME}"),
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            CIDToGIDMap=_stream(pdf, bytes(glyphs)),
            DW=int(1000 * ADVANCE),
            FontDescriptor=descriptor,
        )
        made[name, 0] = pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name(f"/{NAME}"),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=_to_unicode(pdf, {code: QUIET.get(char, char) for code, char in chars.items()}),
            )
        )
    return made


def _to_unicode(pdf: Pdf, texts: Mapping[int, str]) -> Object:
    """A map from codes of two bytes to text."""
    pairs = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in sorted(texts.items())]
    batches = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    written = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
        *(f"{len(batch)} beginbfchar {' '.join(batch)} endbfchar" for batch in batches),
        "endcmap CMapName currentdict /CMap defineresource pop end end",
    ]
    return _stream(pdf, "\n".join(written).encode())


def _objects(pdf: Pdf, used: Sequence[Used]) -> Object:
    """Outlines and pictures, by name."""
    objects = Dictionary()
    outlines = {name: drawing for galley in used for name, drawing in galley.outlines.items()}
    for name, (box, deflated) in sorted(outlines.items()):
        form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([*box]))
        form.write(deflated, filter=Name.FlateDecode)
        objects[f"/{name}"] = form
    pictures = {name: png for galley in used for name, png in galley.pictures.items()}
    for name, png in sorted(pictures.items()):
        objects[f"/{name}"] = _picture(pdf, png)
    return pdf.make_indirect(objects)


def _picture(pdf: Pdf, png: bytes) -> Object:
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    described = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": image.width,
        "Height": image.height,
        "BitsPerComponent": 8,
    }
    mask = _stream(pdf, image.getchannel("A").tobytes(), ColorSpace=Name.DeviceGray, **described)
    return _stream(pdf, image.convert("RGB").tobytes(), ColorSpace=Name.DeviceRGB, SMask=mask, **described)


def _stream(pdf: Pdf, data: bytes, **values: Any) -> Object:
    """A deflated stream."""
    made = pdf.make_stream(b"", **values)
    made.write(zlib.compress(data, 9), filter=Name.FlateDecode)
    return made
