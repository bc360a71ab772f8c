"""Text out of a PDF: lines as they lie on the page, wrapped ones whole, in columns, from either side, with links."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from campaign.cases.importing.contacts import begins_with_contact, names_contact
from campaign.cases.importing.cues import cue_of
from campaign.cases.importing.lines import BULLET, is_capitals
from campaign.cases.importing.right_to_left import Glyph, read, runs_right_to_left
from campaign.cases.importing.titles import begins_official

PARTED = "\x02"  # stands for a hyphen at the end of a line until the whole text is known
_URL_END = re.compile(r"(?:https?://|www\.)\S{1,300}[/-]\s*$")
_SPACE = 2.4  # points between two words
_MARKS = 4  # characters; what is longer is a line of its own
_LINKS = 300  # of a page; a bulletin has a few
_LONGEST_ADDRESS = 2_000


@dataclass
class _Line:
    """A line of a page as it lies there: baselines of its first and last character, edges, width of its first word.

    The edges are those of its reading: `left` is where it begins, also where that is on the right.
    """

    glyphs: list[Glyph] = field(default_factory=list)
    text: str = ""
    first: float = 0.0
    last: float = 0.0
    left: float = 0.0
    right: float = 0.0
    word: float = 0.0


def text_of_pages(pages: Sequence[pypdfium2.PdfPage], most: int) -> str | None:
    """The text of all pages, a form feed between two; None if it has more than `most` characters."""
    told: list[str] = []
    for page in pages:
        told.append(_page(page, most))
        if sum(map(len, told)) > most:
            return None
    return _healed("\f".join(told))


def _page(page: pypdfium2.PdfPage, most: int) -> str:
    """A page's lines from top to bottom, wrapped ones whole; a gap stands where the page leaves more room."""
    lines = [line for line in _lines(page, most) if line.text.strip()]
    width = page.get_width()
    backwards = runs_right_to_left("".join(line.text for line in lines))
    if backwards and _aligned([line.right for line in lines]) >= _aligned([line.left for line in lines]):
        for line in lines:  # as in a mirror, so that all that follows knows one direction
            line.left, line.right = width - line.right, width - line.left
    return _laid(lines, width)


def _aligned(edges: Sequence[float]) -> int:
    """How many of the edges lie one under the other, at most."""
    return max((sum(abs(edge - it) < 2.0 for it in edges) for edge in set(edges)), default=0)


def _lines(page: pypdfium2.PdfPage, most: int) -> list[_Line]:
    textpage = page.get_textpage()
    links = list(_links(page))
    lines: list[_Line] = [_Line()]
    for at in range(min(textpage.count_chars(), most)):
        code = pdfium.FPDFText_GetUnicode(textpage, at)
        line = lines[-1]
        if code in (10, 13):
            if line.glyphs:
                lines.append(_Line())
        elif code in (2, 0xFFFE):  # a hyphen that ended a line; pdfium has put the two lines together
            line.glyphs.append(Glyph(PARTED, 0.0, 0.0))
        elif code > 32 and not 0xD800 <= code < 0xE000:
            left, bottom, right, top = textpage.get_charbox(at, loose=True)
            if not any(it.char.strip() for it in line.glyphs):
                line.first = bottom
            line.last = bottom
            line.glyphs.append(
                Glyph(chr(code), left, right, bottom, top - bottom, _link_at(links, left, right, bottom, top))
            )
        elif code:
            line.glyphs.append(Glyph(" ", 0.0, 0.0))
    backwards = runs_right_to_left("".join(it.char for line in lines for it in line.glyphs))
    lines = _whole(lines) if backwards else lines
    for line in lines:
        _measure(line, of_a_page_from_right=backwards)
    return lines


def _whole(lines: list[_Line]) -> list[_Line]:
    """Lines of a page from right to left: a mark that was taken for a line of its own lies on the one beside it."""
    whole: list[_Line] = []
    for line in lines:
        before = whole[-1] if whole else None
        if before and before.glyphs and line.glyphs and min(len(before.glyphs), len(line.glyphs)) < _MARKS:
            height = max(it.height for it in (*before.glyphs, *line.glyphs))
            if abs(before.last - line.first) < height * 0.4:
                before.glyphs += line.glyphs
                before.last = line.last if len(line.glyphs) >= _MARKS else before.last
                continue
        whole.append(line)
    return whole


def _measure(line: _Line, *, of_a_page_from_right: bool) -> None:
    """The text of a line, where it begins and ends, and how wide its first word is."""
    backwards = runs_right_to_left("".join(it.char for it in line.glyphs))
    glyphs = read(line.glyphs) if backwards or of_a_page_from_right else line.glyphs
    line.text = _linked(glyphs)
    drawn = [it for it in glyphs if it.right > it.left]
    if not drawn:
        return
    # Of two lines that a hyphen joined, the first begins and the last ends it.
    line.left, line.right = drawn[0].left, drawn[-1].right
    if backwards:
        line.left, line.right = min(it.left for it in drawn), max(it.right for it in drawn)
    if of_a_page_from_right:  # digits and words are of two fonts there, each with a foot of its own
        line.first = line.last = sorted(it.bottom for it in drawn)[len(drawn) // 2]
    word: list[Glyph] = []
    for it in glyphs:
        if it.char == " " and word:
            break
        if it.right > it.left:
            word.append(it)
    line.word = max(it.right for it in word) - min(it.left for it in word)


def _linked(glyphs: Sequence[Glyph]) -> str:
    """Glyphs as text, those with an address behind them as Markdown writes a link."""
    told: list[str] = []
    for link, run in groupby(glyphs, key=lambda it: it.link):
        shown = "".join(it.char for it in run)
        bare = shown.strip()
        plain = link is None or not bare or link.rstrip("/") in bare or set("[]()\n") & set(bare + link)
        told.append(shown if plain else shown.replace(bare, f"[{bare}]({link})", 1))
    return "".join(told)


def _links(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, float, float, float]]:
    """(address, left, bottom, right, top) of each link to the web or to a mailbox."""
    document, at, link = page.pdf, ctypes.c_int(0), pdfium.FPDF_LINK()
    for _ in range(_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, ctypes.byref(at), ctypes.byref(link)):
            return
        action = pdfium.FPDFLink_GetAction(link)
        if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
            continue
        size = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
        held = ctypes.create_string_buffer(min(size, _LONGEST_ADDRESS))
        pdfium.FPDFAction_GetURIPath(document, action, held, len(held))
        box = pdfium.FS_RECTF()
        address = held.value.decode("utf-8", "replace")
        if pdfium.FPDFLink_GetAnnotRect(link, ctypes.byref(box)) and re.match(r"(?:https?://|mailto:)\S+$", address):
            yield address, box.left, box.bottom, box.right, box.top


def _link_at(
    links: Sequence[tuple[str, float, float, float, float]], left: float, right: float, bottom: float, top: float
) -> str | None:
    """The address behind what lies at a place, by its middle."""
    across, up = (left + right) / 2, (bottom + top) / 2
    return next((it[0] for it in links if it[1] <= across <= it[3] and it[2] <= up <= it[4]), None)


def _laid(lines: list[_Line], width: float) -> str:
    """Lines as text: one that had no room for the next one's first word goes on in it, and a gap ends what went on.

    The last line of a column that had no room goes on at the head of the next column.
    """
    steps = sorted(step for one, other in pairwise(lines) if 0 < (step := one.last - other.first) < 60)
    usual = steps[len(steps) // 3] if steps else 0.0
    starts = _columns(lines, width)
    edges = _edges(lines, width, starts)
    shown = [lines[0].text.strip()] if lines else []
    running = False
    for one, other in pairwise(lines):
        step = one.last - other.first
        turned = len(starts) > 1 and _column(other, starts) == _column(one, starts) + 1 and step < 0
        apart = bool(usual) and not turned and (step > usual * 1.35 or step < -usual)
        room = edges[_column(one, starts)] - one.right
        full = other.word + _SPACE > room and (turned or other.left < one.right)
        if full and not apart and not _begins_anew(other.text.strip(), one.text):
            shown.append("" if _URL_END.search(one.text) else " ")
            running = True
        else:
            ended = running and re.search(r"[.!?:؟۔][\"”’)]*\s*$", one.text[-12:])
            shown.append("\n\n" if apart or ended or turned else "\n")
            running = False
        shown.append(other.text.strip())
    return "".join(shown)


def _columns(lines: Sequence[_Line], width: float) -> list[float]:
    """Where each column of a page begins: one, unless several lines stand beside others and none reaches over."""
    starts = [min((line.left for line in lines), default=0.0)]
    for _ in range(2):  # three columns at most
        beside = [line.left for line in lines if line.left > starts[-1] + width * 0.2]
        if not beside:
            break
        begins = min(beside, key=lambda left: -sum(abs(left - it) < 2.0 for it in beside))  # where most of them do
        inside = [line for line in lines if starts[-1] - 1.0 <= line.left < begins - 2.0]
        over = sum(line.right > begins - 1.0 for line in inside)
        aligned = sum(abs(left - begins) < 2.0 for left in beside)
        reaches = max((line.right for line in inside), default=0.0)  # a column of many lines comes near the next one
        full = not over and len(inside) > 7 and begins - reaches < width * 0.12
        if not full and (aligned < 3 or len(inside) < 3 or over * 5 > len(inside)):
            break
        starts.append(begins)
    return starts


def _column(line: _Line, starts: Sequence[float]) -> int:
    return max((at for at, start in enumerate(starts) if line.left >= start - 2.0), default=0)


def _edges(lines: Sequence[_Line], width: float, starts: Sequence[float]) -> list[float]:
    """Where the lines of each column end."""
    edges = []
    for at, start in enumerate(starts):
        inside = [line for line in lines if _column(line, starts) == at]
        if at + 1 < len(starts):
            within = [line.right for line in inside if line.right < starts[at + 1]]
            edges.append(max(within, default=starts[at + 1]))
        elif len(starts) > 1:
            edges.append(max(max((line.right for line in inside), default=0.0), start + edges[-1] - starts[at - 1]))
        else:
            edges.append(_edge(inside, width))
    return edges


def _begins_anew(text: str, before: str) -> bool:
    """What begins a line of its own however full the one before it is: a bullet, a cue, a contact, another official."""
    if BULLET.match(text) or is_capitals(text) or cue_of(text) or begins_with_contact(text):
        return True
    return begins_official(text) and names_contact(before)


def _edge(lines: Sequence[_Line], width: float) -> float:
    """Where lines end on the right: where many do, else as far from the page's edge as they begin on the left."""
    rights = [line.right for line in lines]
    farthest = max(rights, default=0.0)
    if sum(right > farthest - width * 0.06 for right in rights) > max(3, len(rights) * 0.3):
        return farthest
    return max(farthest, width - min((line.left for line in lines), default=0.0))


def _healed(text: str) -> str:
    """The text with words parted at the end of a line whole again; compounds keep their hyphen."""
    compounds = set(re.findall(r"\w{1,40}-\w{1,40}", text))
    return re.sub(
        rf"(\w{{0,40}}){PARTED}\s?(\w{{0,40}})",
        lambda match: match[1] + ("-" if f"{match[1]}-{match[2]}" in compounds else "") + match[2],
        text,
    )
