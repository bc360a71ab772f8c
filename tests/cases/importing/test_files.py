"""Files of each format give the same bulletin; what cannot be read is refused with one sentence."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest
import weasyprint
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from campaign import sandbox
from campaign.cases.importing import parse, read_bulletin
from campaign.cases.importing.readers import LARGEST, read_file, read_text
from campaign.errors import Unreadable
from tests.cases.importing.shelf import BULLETINS, expected, score

SMALL = "URGENT ACTION\n\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024\n"
# A converter sees the page, not the marks: Markdown and old encodings are read from their own files only.
PLAIN = [path for path in BULLETINS if path.suffix == ".txt"]


def word_of(text: str) -> bytes:
    """A Word document with one paragraph a line."""
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line.strip())
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pdf_of(text: str) -> bytes:
    """A PDF whose lines wrap at the page's edge, with a page number and a running head on each page."""
    lines = "".join(f"<p>{html.escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))
    style = (
        "@page { size: A4; margin: 2.5cm; @bottom-center { content: counter(page) } }"
        "p { margin: 0; font: 10pt/1.3 'DejaVu Sans', sans-serif; white-space: pre-wrap }"
    )
    printed: bytes = weasyprint.HTML(string=f"<style>{style}</style>{lines}").write_pdf()
    return printed


@pytest.mark.parametrize("converted", [word_of, pdf_of], ids=["docx", "pdf"])
def test_word_and_pdf_give_nearly_the_same_fields(converted: Callable[[str], bytes]) -> None:
    ending = {word_of: ".docx", pdf_of: ".pdf"}[converted]
    wrong, total = [], 0
    for path in PLAIN:
        read = read_bulletin(converted(read_text(path.read_bytes(), path.name)), f"{path.stem}{ending}").as_json()
        missed, count = score(read, expected(path))
        wrong += [f"{path.stem}: {name}" for name in missed]
        total += count
    assert len(wrong) <= 0.07 * total, wrong


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, ends: str) -> None:
    text = SMALL + "NAME AND PRONOUN: José “Pepe” Peña (he/him)\n"
    bulletin = read_bulletin(text.replace("\n", ends).encode(encoding), "alert.txt")
    assert bulletin == parse(text)
    assert bulletin.subjects[0].name == "José “Pepe” Peña"


def test_a_file_is_read_as_what_it_holds_not_as_it_is_called() -> None:
    assert read_bulletin(pdf_of(SMALL), "alert.txt").deadline == parse(SMALL).deadline
    assert read_bulletin(word_of(SMALL), "alert.pdf").deadline == parse(SMALL).deadline
    assert read_bulletin(SMALL.encode(), "ALERT.TXT").deadline == parse(SMALL).deadline


def test_links_of_a_word_document_are_kept() -> None:
    document = docx.Document()
    document.add_paragraph("PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024")
    paragraph = document.add_paragraph("LINK TO PREVIOUS UA: ")
    target = "https://alerts.example/documents/asa33/7416/2023/en/"
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "the first alert"
    run.append(text)
    link.append(run)
    paragraph._p.append(link)
    bulletin = read_bulletin(saved(document), "alert.docx")
    assert bulletin.links == (target,)
    assert (bulletin.previous.url, bulletin.previous.index_reference) == (target, "ASA 33/7416/2023")


def test_a_table_and_the_margins_of_a_word_document_are_read() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "UA: 90/13 Index: ASA 33/001/2013 Pakistan Date: 2 December 2013"
    document.add_paragraph("PLEASE SEND APPEALS BEFORE 3 May 2014 TO:")
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "Minister of Bread\nAda Lum\nMill Road 4\nLahore, Pakistan\nFax: +92 42 555 01"
    bulletin = read_bulletin(saved(document), "alert.docx")
    assert bulletin.number == "UA 90/13"
    assert bulletin.officials[0].address == ("Mill Road 4", "Lahore, Pakistan")


def encrypted(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="owner", user="reader"))
    return buffer.getvalue()


def scan() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(buffer, "PDF")
    return buffer.getvalue()


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("empty", lambda: b"", "alert.txt", "is empty"),
    ("blank", lambda: b" \r\n\t\xef\xbb\xbf", "alert.txt", "is empty"),
    ("blank of another kind", "\u00a0\u200b\n".encode, "alert.txt", "no text"),
    ("binary", lambda: bytes(range(256)) * 40, "alert.txt", "is binary"),
    ("a picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "alert.png", "can import only"),
    ("a picture called text", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "alert.txt", "is binary"),
    ("too large", lambda: b"a" * (LARGEST + 1), "alert.txt", "larger than 20 MB"),
    ("an encrypted PDF", lambda: encrypted(pdf_of(SMALL)), "alert.pdf", "encrypted"),
    ("a scan", scan, "alert.pdf", "is a scan"),
    ("a broken PDF", lambda: pdf_of(SMALL)[:300], "alert.pdf", "is damaged"),
    ("no PDF", SMALL.encode, "alert.pdf", "not a PDF"),
    ("no Word document", SMALL.encode, "alert.docx", "not a Word document"),
    ("a broken Word document", lambda: word_of(SMALL)[:900], "alert.docx", "is damaged"),
    ("a Word document in parts", lambda: archive(word__document_xml=b"<w>"), "alert.docx", "is damaged"),
    ("another archive", lambda: archive(word__other_xml=b"<w>"), "alert.docx", "can import only"),
    ("a bomb", lambda: archive(word__document_xml=b" " * 130 * 1024 * 1024), "alert.docx", "unpacks to far more"),
    ("an old Word document", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "alert.doc", "can import only"),
    ("rich text", lambda: b"{\\rtf1 " + SMALL.encode() + b"}", "alert.rtf", "can import only"),
    ("a web page without a text", lambda: b"<!DOCTYPE html><html><body></body></html>", "alert.html", "no text"),
    ("no bulletin", lambda: b"Bread is dear this winter.", "alert.md", "not seem to be a bulletin"),
]


@pytest.mark.parametrize(("data", "name", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_imported_is_refused_in_one_sentence(data: Callable[[], bytes], name: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as refused:
        read_bulletin(data(), name)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_bomb_of_entities_is_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE b [<!ENTITY a "'
        + b"a" * 1000
        + b'">'.join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 50) for c in range(ord("b"), ord("h")))
        + b"]><b>&g;</b>"
    )
    document = zipfile.ZipFile(io.BytesIO(word_of(SMALL)))
    parts = {name: document.read(name) for name in document.namelist()}
    parts["word/document.xml"] = bomb
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    with pytest.raises(Unreadable):
        read_bulletin(buffer.getvalue(), "alert.docx")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000), st.sampled_from(["a.txt", "a.md", "a.pdf", "a.docx", "a", "a.xyz"]))
def test_any_bytes_are_a_bulletin_or_unreadable(data: bytes, name: str) -> None:
    try:
        read_bulletin(data, name)
    except Unreadable as refused:
        assert re.fullmatch(r"[A-Z].*\.", str(refused))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_file_is_a_bulletin_or_unreadable(data: st.DataObject) -> None:
    name, whole = data.draw(st.sampled_from([("a.docx", WORD), ("a.pdf", PDF)]))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + data.draw(st.integers(0, 40)) :]
    try:
        read_bulletin(damaged, name)
    except Unreadable as refused:
        assert str(refused)


WORD, PDF = word_of(SMALL), pdf_of(SMALL)


def test_a_path_is_only_a_name() -> None:
    assert read_bulletin(SMALL.encode(), str(Path("..") / "alert.txt")).deadline is not None


def test_twenty_megabytes_and_one_byte_are_refused_before_anything_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def reads(*_arguments: object) -> str:
        raise AssertionError("it was read")

    monkeypatch.setattr(sandbox, "read", reads)
    with pytest.raises(Unreadable, match="larger than 20 MB"):
        read_file(b"a" * (LARGEST + 1), "alert.txt")
    with pytest.raises(AssertionError, match="it was read"):
        read_file(b"a" * 20, "alert.txt")


def test_a_file_is_read_in_a_process_of_its_own_with_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(sandbox, "read", lambda reader, *arguments: asked.append(reader) or "a text")
    assert read_file(SMALL.encode(), "alert.txt") == "a text"
    assert asked == [read_text]
