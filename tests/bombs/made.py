"""Files that are small to send and large to read. Made by the tests; none is stored."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: bytes, beside: dict[str, bytes] | None = None) -> bytes:
    """A Word document with these bytes as its body."""
    head = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>'.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", head + body + b"</w:body></w:document>")
        for name, content in (beside or {}).items():
            archive.writestr(name, content)
    return packed.getvalue()


def docx_of_elements() -> bytes:
    """A hundred kilobytes of the shortest paragraphs, four million of them: each an object of a library."""
    return docx(b"<w:p/>" * 4_000_000)


def docx_of_depth() -> bytes:
    """Elements in elements, a hundred thousand deep."""
    return docx(b"<w:p>" * 100_000 + b"</w:p>" * 100_000)


def docx_of_one_table() -> bytes:
    """A table whose one cell says that it is two million columns wide."""
    cell = b'<w:tc><w:tcPr><w:gridSpan w:val="2000000"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>'
    return docx(b"<w:tbl><w:tblGrid/>" + (b"<w:tr>" + cell + b"</w:tr>") * 20 + b"</w:tbl>")


def docx_of_entities() -> bytes:
    """Entities that double nine times ten (the billion laughs)."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    document = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "ha">{entities}]>'
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body></w:document>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", document)
    return packed.getvalue()


def archive_of_zeros() -> bytes:
    """Two gigabytes of nothing in two megabytes: a zip that calls itself a Word document."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/document.xml", b"")
        with archive.open("word/media/image1.png", "w", force_zip64=True) as entry:
            for _ in range(128):
                entry.write(bytes(16 * 1024 * 1024))
    return packed.getvalue()


def archive_that_lies() -> bytes:
    """A zip whose directory says that an entry of 200 MB has ten bytes."""
    packed = docx(b"<w:p/>" * 30_000_000)
    size = struct.pack("<I", len(b"<w:p/>") * 30_000_000 + 159)
    return packed.replace(size, struct.pack("<I", 10))


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    made, places = io.BytesIO(), []
    made.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    at = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    made.write(b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))
    return made.getvalue()


def stream(content: bytes, more: bytes = b"") -> bytes:
    """An object with compressed content."""
    packed = zlib.compress(content, 9)
    return b"<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (more, len(packed), packed)


def pdf_with(content: bytes, pages: int = 1, size: bytes = b"0 0 595 842", resources: bytes = b"") -> bytes:
    """A PDF whose pages all show one content."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(pages))
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R /Resources <<%s>>>>" % (size, resources)
    return pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count %d /Kids [%s]>>" % (pages, kids),
            stream(content),
            *[page] * pages,
        ]
    )


FONT = b"/Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>"


def pdf_of_text() -> bytes:
    """Eighty kilobytes that hold twenty million characters on one page."""
    return pdf_with(b"BT /F 1 Tf (" + b"a" * 20_000_000 + b") Tj ET", resources=FONT)


def pdf_of_operators() -> bytes:
    """Thirty million times the same line drawn."""
    return pdf_with(b"0 0 m 500 700 l S\n" * 10_000_000)


def pdf_of_blank_pages() -> bytes:
    """Ten empty pages, each of five metres: of two gigabytes once they are drawn."""
    return pdf_with(b"", pages=10, size=b"0 0 14400 14400")


def pdf_of_filters() -> bytes:
    """A page whose content is compressed three times over: a gigabyte in a kilobyte or two."""
    content = zlib.compress(zlib.compress(zlib.compress(b" " * 500_000_000, 9), 9), 9)
    filters = b"<</Filter [/FlateDecode /FlateDecode /FlateDecode] /Length %d>>\nstream\n%s\nendstream"
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R>>"
    catalogue, pages = b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Count 1 /Kids [4 0 R]>>"
    return pdf([catalogue, pages, filters % (len(content), content), page])


def png(width: int, height: int, colour: int = 0) -> bytes:
    """A black picture of one bit a point (or, with `colour` 6, of four bytes), all its points there."""
    row = bytes(1 + (width + 7) // 8) if colour == 0 else bytes(1 + width * 4)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1 if colour == 0 else 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def csv_of_columns() -> bytes:
    """One line of four million headings."""
    return ",".join(f"c{n}" for n in range(500_000)).encode() + b"\n" + b"," * 3_000_000


def csv_of_lines() -> bytes:
    """Two million lines of one letter."""
    return b"name\n" + b"a\n" * 2_000_000


def deep_json(depth: int = 60_000) -> str:
    """Lists in lists."""
    return "[" * depth + "]" * depth
