"""Text out of a Word document: every word that a reader sees, and none that was deleted, hidden or printed twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.table import Table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_DELETED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}delInstrText", f"{_W}rPr", f"{_W}pPr"}
_DELETED |= {f"{_W}sdtPr", f"{_W}sdtEndPr", f"{_W}commentReference"}
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": ""}
_NOTES = {f"{_W}footnoteReference": "footnotes", f"{_W}endnoteReference": "endnotes"}
_DEEPEST = 60  # elements within elements; a document that goes deeper was made to
_LONG = 70  # characters of a paragraph that a gap follows


class WordText:
    """One document's lines: header, body in the order of the page, notes, footer."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.notes: list[tuple[str, str]] = []  # (part, id) of each note met, in order

    def lines(self) -> list[str]:
        """All lines. A text box stands under the paragraph it hangs on, a note under everything."""
        body = list(self._blocks(self.document.element.body, self.document.part))
        return [*self._margins("header"), *body, *self._noted(), *self._margins("footer")]

    def _margins(self, side: str) -> list[str]:
        """The headers or footers of all sections, each once: later sections mostly repeat the first."""
        told: list[str] = []
        for section in self.document.sections:
            for kind in (f"first_page_{side}", side, f"even_page_{side}"):
                margin = getattr(section, kind)
                if margin.is_linked_to_previous:
                    continue
                shown = [line for line in self._blocks(margin._element, margin.part) if line]
                told += [line for line in shown if line not in told]
        return told

    def _blocks(self, element: Any, part: Any, depth: int = 0) -> Iterator[str]:
        """Paragraphs and cells under an element; a gap after what is longer than a line of an address."""
        if depth > _DEEPEST:
            return
        for child in element.iterchildren():
            if child.tag == f"{_W}p":
                yield from self._paragraph(child, part)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child, part, depth)
            elif child.tag == _ALTERNATE:
                for choice in child.iterchildren(_CHOICE):
                    yield from self._blocks(choice, part, depth + 1)
            elif child.tag not in _DELETED:
                yield from self._blocks(child, part, depth + 1)

    def _table(self, element: Any, part: Any, depth: int) -> Iterator[str]:
        seen: set[int] = set()
        for row in Table(element, part).rows:
            for cell in row.cells:
                if id(cell._tc) not in seen:  # a merged cell is met once a column
                    seen.add(id(cell._tc))
                    yield from self._blocks(cell._tc, part, depth + 1)

    def _paragraph(self, element: Any, part: Any) -> Iterator[str]:
        boxes: list[Any] = []
        shown = "".join(self._inline(element, part, boxes)).strip()
        style = element.find(f"{_W}pPr/{_W}pStyle")
        named = str(style.get(qn("w:val"))) if style is not None else ""
        listed = element.find(f"{_W}pPr/{_W}numPr") is not None or named.startswith("List")
        bullet = "• " if shown and listed else ""
        yield bullet + shown
        if len(shown) > _LONG and not bullet and (len(shown) > 130 or shown[-1] in ".!?:"):
            yield ""
        for box in boxes:
            yield from self._blocks(box, part)

    def _inline(  # noqa: PLR0912 - a kind of element a branch
        self, element: Any, part: Any, boxes: list[Any], depth: int = 0
    ) -> Iterator[str]:
        """The text of runs, of tracked insertions, content controls, smart tags, fields and links."""
        if depth > _DEEPEST:
            return
        for child in element.iterchildren():
            tag = child.tag
            if not isinstance(tag, str) or tag in _DELETED:
                continue
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag in _MARKS:
                yield _MARKS[tag]
            elif tag == f"{_W}sym":
                yield "•"
            elif tag in _NOTES:
                self.notes.append((_NOTES[tag], str(child.get(qn("w:id")))))
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag == _ALTERNATE:
                for choice in child.iterchildren(_CHOICE):
                    yield from self._inline(choice, part, boxes, depth + 1)
            elif tag == f"{_W}hyperlink":
                yield self._link(child, part, boxes, depth)
            elif tag == f"{_W}r" and child.find(f"{_W}rPr/{_W}vanish") is not None:
                continue
            else:
                yield from self._inline(child, part, boxes, depth + 1)

    def _link(self, element: Any, part: Any, boxes: list[Any], depth: int) -> str:
        """A link as Markdown writes it, since only its target tells where it leads."""
        text = "".join(self._inline(element, part, boxes, depth + 1))
        relation = part.rels.get(element.get(qn("r:id"), ""))
        target = str(relation.target_ref) if relation is not None and relation.is_external else ""
        web = target.startswith(("http://", "https://")) and text.strip() and target not in text
        return f"[{text}]({target})" if web and not set("[]()") & set(text + target) else text

    def _noted(self) -> Iterator[str]:
        for name, number in self.notes:
            related = (rel.target_part for rel in self.document.part.rels.values() if rel.reltype.endswith(f"/{name}"))
            for part in related:
                element = _parsed(part.blob)
                for note in element.iterchildren() if element is not None else ():
                    if note.get(qn("w:id")) == number:
                        yield ""
                        yield from self._blocks(note, part)


def _parsed(blob: bytes) -> Any:
    return parse_xml(blob)  # by a parser that expands no entity
