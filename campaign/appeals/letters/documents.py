"""A letter as files to edit: a word processor's document and plain text, with the words of the printed sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from babel.core import get_global
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from campaign import language
from campaign.appeals.letters.blocks import Block, Run, blocks, by_direction
from campaign.printing.engine.text import clean, direction_of, one_line
from campaign.printing.sheets.letter import LetterSheet
from campaign.vocabulary import Paper

# As in print: (width, height, margin at the top, at the sides), and how far down the window's lines begin and end.
_PAPERS: dict[Paper, tuple[Length, Length, Length, Length]] = {
    Paper.A4: (Mm(210), Mm(297), Mm(20), Mm(25)),
    Paper.LETTER: (Mm(215.9), Mm(279.4), Mm(18), Mm(25.4)),
}
_ABOVE_WINDOW: dict[Paper, Length] = {Paper.A4: Mm(28), Paper.LETTER: Mm(36)}
_WINDOW: dict[Paper, Length] = {Paper.A4: Mm(46), Paper.LETTER: Mm(33)}
_RETURN_LINE, _DAY_LINE, _ADDRESS_LINE = Pt(12), Pt(26), Pt(13.5)  # room for Nastaliq, which is tall

# Faces that systems bring along; where one is missing, word processors choose another that has the letters.
_FACE = "Times New Roman"
_FACES = {"ur": "Noto Nastaliq Urdu"}
_SIZE = {"ur": Pt(12), "ar": Pt(14), "fa": Pt(14), "ps": Pt(14)}
_ORDINARY = Pt(11)


def letter_docx(sheets: Iterable[LetterSheet], paper: Paper) -> bytes:
    """One document (.docx) of one letter or several, each beginning on a new page."""
    first, *others = sheets
    document: WordDocument = Document()
    _set_up(document, first, paper)
    _write(document, first, paper)
    for sheet in others:
        document.add_section(WD_SECTION.NEW_PAGE)
        _write(document, sheet, paper)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def letter_text(sheets: Iterable[LetterSheet]) -> bytes:
    """The letters as plain text: UTF-8 with a byte order mark, lines ending in CRLF, so that any editor reads it.

    A form feed stands between two letters: printers take it for a new page.
    """
    text = "\f".join(f"{_head(sheet)}\n\n{words(sheet)}\n" for sheet in sheets)
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def words(sheet: LetterSheet) -> str:
    """The letter without day and address, as e-mail carries it: paragraphs a blank line apart."""
    body = "\n\n".join(_body(blocks(sheet.paragraphs)))
    signed = "\n".join(it for it in (one_line(sheet.close), *_sender(sheet)) if it)
    return f"{one_line(sheet.salutation)}\n\n{body}\n\n{signed}"


def _head(sheet: LetterSheet) -> str:
    day = language.day(sheet.day, sheet.locale)
    parts = (sheet.return_lines, (day,), sheet.addressee.postal_lines, filter(None, (sheet.subject_line,)))
    return "\n\n".join(filter(None, map("\n".join, parts)))


def _sender(sheet: LetterSheet) -> tuple[str, ...]:
    return tuple(filter(None, (one_line(sheet.sender_name or ""), one_line(sheet.sender_place or ""))))


def _body(body: Iterable[Block]) -> Iterable[str]:
    """Paragraphs; the items of one list stay together."""
    gathered: list[str] = []
    for block in body:
        text = f"{block.marker} {block.text}" if block.marker else block.text
        if gathered and block.marker and not block.begins_list:
            gathered[-1] += f"\n{text}"
        else:
            gathered.append(text)
    return gathered


def _set_up(document: WordDocument, sheet: LetterSheet, paper: Paper) -> None:
    width, height, top, side = _PAPERS[paper]
    section = document.sections[0]
    section.page_width, section.page_height = width, height
    section.top_margin, section.bottom_margin = top, Mm(16)
    section.left_margin = section.right_margin = side
    normal = document.styles["Normal"]
    if not isinstance(normal, ParagraphStyle):
        raise TypeError("Word's own Normal style is a paragraph style")
    normal.font.name, normal.font.size = _FACE, _ORDINARY
    normal.paragraph_format.space_after = Pt(8)
    normal.paragraph_format.line_spacing = 1.15
    _set_type(normal.element.get_or_add_rPr(), sheet.locale)
    about = document.core_properties
    # The template says who made it, and when: a letter says nothing of its writer but what they wrote.
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.title = clean(next(iter(sheet.addressee.lines), ""))
    about.language = _regional(sheet.locale)
    about.created = about.modified = datetime.combine(sheet.day, time.min, UTC)
    about.revision = 1


def _set_type(properties: Any, locale: str) -> None:
    """Face, size and language of scripts written from the right stand beside those of the others, under other names."""
    properties.get_or_add_rFonts().set(qn("w:cs"), _FACES.get(locale, _FACE))
    size = OxmlElement("w:szCs")
    size.set(qn("w:val"), str(int(_SIZE.get(locale, _ORDINARY).pt * 2)))
    properties.append(size)
    spoken = OxmlElement("w:lang")
    right_to_left = language.direction(locale) == "rtl"
    spoken.set(qn("w:val"), "en-GB" if right_to_left else _regional(locale))
    spoken.set(qn("w:bidi"), _regional(locale) if right_to_left else "ar-SA")
    properties.append(spoken)


def _regional(locale: str) -> str:
    """A language tag with the region that word processors want: `ur` is "ur-PK". English is the international one."""
    if locale == "en":
        return "en-GB"
    likely = str(get_global("likely_subtags").get(locale, locale)).split("_")
    return f"{likely[0]}-{likely[-1]}" if len(likely) > 1 else locale


def _write(document: WordDocument, sheet: LetterSheet, paper: Paper) -> None:
    way = language.direction(sheet.locale)
    for line in sheet.return_lines:
        _space(_paragraph(document, [Run(line)], direction_of(line, way)), _RETURN_LINE, Length(0))
    day = _paragraph(document, [Run(language.day(sheet.day, sheet.locale))], way)
    day.alignment = WD_ALIGN_PARAGRAPH.RIGHT  # in a paragraph from the right, "right" is the line's end: the left
    above = _ABOVE_WINDOW[paper] - _DAY_LINE - len(sheet.return_lines) * _RETURN_LINE
    _space(day, _DAY_LINE, Length(max(above, 0)))
    lines = sheet.addressee.postal_lines
    address = document.add_paragraph()
    for number, line in enumerate(lines):
        if number:
            address.add_run().add_break()
        _add_runs(address, [Run(line)], sheet.addressee.direction)
    _turn(address, sheet.addressee.direction)
    below = _WINDOW[paper] - len(lines) * _ADDRESS_LINE
    _space(address, _ADDRESS_LINE, Length(max(below, Mm(6))))
    if sheet.subject_line:
        _paragraph(document, [Run(sheet.subject_line, bold=True)], way)
    _paragraph(document, [Run(one_line(sheet.salutation))], way)
    for block in blocks(sheet.paragraphs):
        marker = [Run(f"{block.marker} ")] if block.marker else []
        _paragraph(document, [*marker, *block.runs], way)
    close = _paragraph(document, [Run(one_line(sheet.close))], way)
    # The close, the hand that signs and the name stay on one page.
    close.paragraph_format.keep_with_next = True
    close.paragraph_format.space_after = Mm(13)
    for line in _sender(sheet):
        _paragraph(document, [Run(line)], direction_of(line, way)).paragraph_format.space_after = Pt(0)


def _paragraph(document: WordDocument, runs: Iterable[Run], way: str) -> Paragraph:
    paragraph = document.add_paragraph()
    _add_runs(paragraph, runs, way)
    _turn(paragraph, way)
    return paragraph


def _turn(paragraph: Paragraph, way: str) -> None:
    if way == "rtl":
        # The schema wants its elements in order: Word calls a file with others damaged.
        paragraph._p.get_or_add_pPr().insert_element_before(
            OxmlElement("w:bidi"), "w:adjustRightInd", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"
        )


def _add_runs(paragraph: Paragraph, runs: Iterable[Run], way: str) -> None:
    for run in runs:
        for text, from_the_right in by_direction(clean(run.text), way):
            added = paragraph.add_run(text)
            added.bold, added.italic = run.bold or None, run.italic or None
            if from_the_right:
                added.font.cs_bold, added.font.cs_italic = added.bold, added.italic
                added.font.rtl = True


def _space(paragraph: Paragraph, line: Length, after: Length) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing, form.space_after = WD_LINE_SPACING.EXACTLY, line, after
