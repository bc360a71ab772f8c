"""Text out of a file: plain text, Markdown, Word, PDF, a web page, a mail. What is wrong with one is one sentence.

Each reader is a function from bytes to text, so that one place can run them all in a process with limits.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from pathlib import PurePath

import docx
import pypdfium2
import pypdfium2.raw as pdfium

from campaign import sandbox
from campaign.cases.importing.encodings import decoded
from campaign.cases.importing.mail_message import is_mail, parts_of_mail
from campaign.cases.importing.pdf import text_of_pages
from campaign.cases.importing.recognition import recognised
from campaign.cases.importing.web_page import is_page, text_of_page
from campaign.cases.importing.word import WordText
from campaign.errors import Unreadable

LARGEST = 20 * 1024 * 1024  # bytes
_UNPACKED = 120 * 1024 * 1024  # bytes a Word document may unpack to
_ENTRIES = 3_000  # parts a Word document may have
_PAGES = 80
_CHARACTERS = 600_000  # more than can be parsed: the parser says that it is too long

log = logging.getLogger(__name__)


def read_text(data: bytes, filename: str) -> str:
    """The text of a file, chosen by what it holds and then by its ending. Raises `Unreadable`, saying why."""
    if len(data) > LARGEST:
        raise Unreadable("This file is larger than 20 MB.")
    if not data.strip(b"\0 \t\r\n\f\xef\xbb\xbf"):
        raise Unreadable("This file is empty.")
    text = _reader(data, filename)(data)
    if not text.strip("\ufeff \t\r\n\f\v\u00a0\u200b"):
        raise Unreadable("There is no text in this file.")
    return text


def read_file(data: bytes, filename: str) -> str:
    """`read_text` in a process with limits: for whatever comes from outside, which may be made to take all there is."""
    if len(data) > LARGEST:
        return read_text(data, filename)  # refused by its size alone
    text: str = sandbox.read(read_text, data, filename)
    return text


def _reader(data: bytes, filename: str) -> Callable[[bytes], str]:
    ending = PurePath(filename.lower()).suffix
    if b"%PDF-" in data[:1024]:
        return _read_pdf
    if data.startswith(b"PK\x03\x04"):
        return _read_word
    if ending == ".eml" or (ending in _PLAIN and is_mail(data)):
        return _read_mail
    if data.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf", b"PK")) or ending not in _PLAIN | {".html", ".htm", ".xhtml"}:
        if ending == ".pdf":
            raise Unreadable("This is not a PDF, though its name says so.")
        if ending == ".docx":
            raise Unreadable("This is not a Word document (.docx), though its name says so.")
        raise Unreadable(_UNSUPPORTED)
    return _read_plain


_PLAIN = {".txt", ".md", ".markdown", ".text", ""}


def _(sentence: str) -> str:
    """Marks a sentence for translation: a child process that reads a file loads no catalogue."""
    return sentence


_UNSUPPORTED = _("You can import only .txt, .md, .docx, .pdf, .html and .eml files.")


def _read_plain(data: bytes) -> str:
    text = decoded(data)
    if text is None or _is_binary(text):
        raise Unreadable("This file is binary, not text.")
    return _read_page(text) if is_page(text) else text


def _read_page(text: str) -> str:
    try:
        return text_of_page(text)[: _CHARACTERS + 1]
    except Exception as error:  # a page that is none fails anywhere in two libraries
        log.info("Web page refused: %s", type(error).__name__)
        raise Unreadable("This web page is damaged and cannot be read.") from error


def _read_mail(data: bytes) -> str:
    try:
        body, attached = parts_of_mail(data)
    except Exception as error:  # a mail of broken parts fails in many ways
        log.info("Mail refused: %s", type(error).__name__)
        raise Unreadable("This e-mail is damaged and cannot be read.") from error
    told = [body]
    for content, name in attached:
        try:
            told.append(read_text(content, name))
        except Unreadable as unread:
            log.info("Attachment of a mail not read: %s", unread)
    return "\n\n".join(told)[: _CHARACTERS + 1]


def _is_binary(text: str) -> bool:
    """Whether control characters, of which a text has none, are more than a slip."""
    controls = sum(text.count(chr(code)) for code in range(32) if code not in {9, 10, 11, 12, 13})
    return text.count("\0") > 0 or controls * 200 > len(text)


def _read_word(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            if "word/document.xml" not in packed.namelist():
                raise Unreadable(_UNSUPPORTED)
        # The sizes are the archive's own word; zipfile reads no more than it says, so they bound the unpacking.
        if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED:
            raise Unreadable("This Word document unpacks to far more than a bulletin can hold.")
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(WordText(document).lines())
    except Unreadable:
        raise
    except Exception as error:  # a broken package fails anywhere in three libraries, in as many ways
        log.info("Word document refused: %s", type(error).__name__)
        raise Unreadable("This Word document is damaged and cannot be read.") from error
    return text[: _CHARACTERS + 1]


def _read_pdf(data: bytes) -> str:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise Unreadable("This PDF is encrypted: save it without a password first.") from error
        raise Unreadable("This PDF is damaged and cannot be read.") from error
    try:
        if len(document) > _PAGES:
            raise Unreadable("This PDF has more than %(pages)s pages: it cannot be a bulletin.", pages=_PAGES)
        text = text_of_pages(list(document), _CHARACTERS)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("This PDF is damaged and cannot be read.") from error
    finally:
        document.close()
    if text is None:
        raise Unreadable("This document is too long to be a bulletin.")
    if sum(map(str.isalnum, text)) < 20:
        if (told := recognised(data)) is not None:
            return told
        raise Unreadable("This PDF has no text: it is a scan, a picture of a page. Recognise its text (OCR) first.")
    return text
