"""What an archive wants of a file, besides its pages: PDF/A-3a, beside the PDF/UA-1 that every print is.

Colours are said to be sRGB, by a profile in the file; who made it, in which language and when stands in XMP. All of
it comes from the print itself, no clock is asked: the same print gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from campaign.printing.engine.lean_fonts import bare

PRODUCER = "Campaign"
# What XML has no way to write, and no reader misses.
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PROFILE = "sRGB2014.icc"  # by the International Color Consortium, free to use and to pass on; comes with WeasyPrint


@dataclass(frozen=True)
class Facts:
    """What a file says of itself: its title, language, who made it, and the instant it tells of (aware), if any."""

    title: str
    locale: str
    author: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Attachment:
    """A file within the file: its name, its kind (`application/json`), what it is in words, and its content."""

    name: str
    kind: str
    says: str
    content: bytes


def archived(pdf: bytes, facts: Facts) -> bytes:
    """The print with all that an archive wants. Deterministic."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        describe(opened, facts)
        bare(opened)
        return saved(opened)


def saved(pdf: Pdf) -> bytes:
    """A file's bytes, the same each time."""
    file = io.BytesIO()
    pdf.save(
        file,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
    )
    return file.getvalue()


def describe(pdf: Pdf, facts: Facts) -> None:
    """Say in a file which colours it means, and what it is."""
    profile = pdf.make_stream(_profile(), N=3, Alternate=Name.DeviceRGB)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    metadata = pdf.make_stream(_xmp(facts), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = metadata
    if "/Info" in pdf.trailer:
        del pdf.trailer.Info
    described = Dictionary(Title=String(facts.title), Producer=String(PRODUCER))
    if facts.author:
        described.Author = String(facts.author)
    if facts.at is not None:
        described.CreationDate = described.ModDate = String(date_of(facts.at))
    pdf.trailer.Info = pdf.make_indirect(described)


def attach(pdf: Pdf, attachments: Sequence[Attachment], at: datetime) -> None:
    """Put files into a file, as its data."""
    if not attachments:
        return
    names, specified = Array(), Array()
    for attachment in sorted(attachments, key=lambda each: each.name):
        stream = pdf.make_stream(
            attachment.content,
            Type=Name.EmbeddedFile,
            Subtype=Name(f"/{attachment.kind}"),
            Params=Dictionary(Size=len(attachment.content), ModDate=String(date_of(at))),
        )
        spec = pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(attachment.name),
                UF=String(attachment.name),
                Desc=String(attachment.says),
                AFRelationship=Name.Data,
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        names.append(String(attachment.name))
        names.append(spec)
        specified.append(spec)
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.EmbeddedFiles = Dictionary(Names=names)
    pdf.Root.AF = specified


@cache
def _profile() -> bytes:
    return (files("weasyprint.pdf") / _PROFILE).read_bytes()


def date_of(at: datetime) -> str:
    """An instant as PDF writes it."""
    return f"D:{at:%Y%m%d%H%M%S}+00'00'"


def _written(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text))


def _xmp(facts: Facts) -> bytes:
    """The description in XMP. PDF/A asks that the one part it does not know, PDF/UA's, be explained in it."""
    dates = ""
    if facts.at is not None:
        moment = f"{facts.at:%Y-%m-%dT%H:%M:%S}+00:00"
        dates = f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>"
    author = ""
    if facts.author:
        author = f"<dc:creator><rdf:Seq><rdf:li>{_written(facts.author)}</rdf:li></rdf:Seq></dc:creator>"
    about = '<rdf:Description rdf:about=""'
    said = "".join(
        (
            f'{about} xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">',
            "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>\n",
            f'{about} xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">',
            "<pdfuaid:part>1</pdfuaid:part></rdf:Description>\n",
            f'{about} xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>',
            f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_written(facts.title)}</rdf:li></rdf:Alt></dc:title>',
            author,
            f"<dc:language><rdf:Bag><rdf:li>{_written(facts.locale)}</rdf:li></rdf:Bag></dc:language></rdf:Description>\n",
            f'{about} xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">',
            f"<pdf:Producer>{PRODUCER}</pdf:Producer>{dates}</rdf:Description>\n",
            f'{about} xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
            ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
            ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">',
            '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">',
            "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>",
            "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>",
            "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>",
            '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">',
            "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>",
            "<pdfaProperty:category>internal</pdfaProperty:category>",
            "<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>",
            "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>\n",
        )
    )
    rdf = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n{said}</rdf:RDF>'
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf}</x:xmpmeta>\n<?xpacket end="r"?>'
    ).encode()
