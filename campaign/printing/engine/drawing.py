"""Lines of text, drawn so that what is read out of a PDF is what was written into it.

A PDF holds glyphs; a reader, a search or a screen reader wants characters back, and a font gives each glyph one
text. That breaks where scripts shape: Nastaliq builds letters from skeletons and dots that many letters share,
Indic vowels stand before the consonant they follow, marks stack. Such a run is therefore drawn twice, as scanned
books are: its glyphs as outlines, which hold no text, and over them its characters one by one in an invisible
font, each mapped to itself. All other runs are drawn as ordinary text.

Inside `TextLayer.drawing()` this replaces one function of WeasyPrint (pinned exactly for that reason);
outside of it WeasyPrint is untouched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any

import weasyprint.draw.text
from PIL import Image
from weasyprint.images import RasterImage
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import FROM_UNITS, pango
from weasyprint.text.fonts import get_hb_object_data, get_pango_font_key

from campaign.printing.engine import glyphless, last_resort
from campaign.printing.engine.marks import (
    LEFT_TO_RIGHT_MARK,
    RIGHT_TO_LEFT_MARK,
    Marks,
    marked,
    strings,
    tipping,
    words,
)
from campaign.printing.engine.outlines import Outlines
from campaign.printing.engine.shaping import Glyph, Run, is_silent, runs_of, stands_on_another

_original_draw_first_line = weasyprint.draw.text.draw_first_line
_current: ContextVar[TextLayer | None] = ContextVar("text_layer", default=None)

# A mark further than this from its line, in em, is left undrawn (never unsaid): stacked without end, marks would
# cover what other people wrote.
_REACH = 1.3


@dataclass
class TextLayer:
    """The invisible text of one document, and the outlines under it."""

    direction: str  # of the document: extractors guess it from the page, and it decides where marks are needed
    codes: dict[str, int] = field(default_factory=dict)
    fonts: dict[int, Font] = field(default_factory=dict)
    outlines: Outlines = field(default_factory=Outlines)
    letters: dict[int, Counter[str]] = field(default_factory=dict)  # by direction, for each page's content stream

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Within, every line that WeasyPrint draws is drawn by this layer."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def finish(self, _document: object, pdf: Any) -> None:
        """Add the invisible font to a finished `pydyf.PDF`; a WeasyPrint `finisher`."""
        for content in pdf.objects:
            if (letters := self.letters.get(id(content))) is not None:
                self._tip(content, letters)
        if self.codes:
            glyphless.add_to(pdf, self.codes)

    def _tip(self, stream: Any, letters: Counter[str]) -> None:
        """Tip a page to the document's direction, if most of its letters are of the other.

        Extractors take a page's direction from the majority of its letters, and put lines of both directions
        together by it: a few addresses would turn the figures of an Urdu page round. Invisible marks are letters.
        """
        ours, others = ("R", "L") if self.direction == "rtl" else ("L", "R")
        lacking = letters[others] - letters[ours] + 1
        if lacking <= 0:
            return
        stream.begin_marked_content("Artifact")
        foot = 0.75 * stream.page_rectangle[3] - 12
        shown = f"<{self._codes(tipping(self.direction))}> Tj " * lacking
        stream.stream.append(f"BT 3 Tr /{glyphless.NAME} 1 Tf 1 0 0 -1 20 {foot:.1f} Tm {shown}ET".encode())
        stream.end_marked_content()

    def font_key(self, pango_font: Any) -> tuple[int, Any, float]:
        """What a Pango font is known by, its description and its size."""
        key, description, size = get_pango_font_key(pango_font)
        return key, description, size

    def draw_line(self, stream: Any, textbox: Any, matrix: Any) -> list[tuple[Any, ...]]:
        """Draw the one line of a text box; gives back the pictures WeasyPrint is to draw after the text."""
        if not textbox.text.strip() or textbox.style["font_size"] < 1e-6:
            return []
        pango.pango_layout_set_single_paragraph_mode(textbox.pango_layout.layout, True)
        line, _ = textbox.pango_layout.get_first_line()
        stream.set_text_matrix(*matrix.values)
        letters = self.letters.setdefault(id(stream), Counter())
        pen = 0.0
        pictures = Pictures(self.outlines)
        runs = runs_of(line, textbox.pango_layout.text.encode())
        for run, marks in marked(runs, textbox.style["direction"], self.direction):
            key, description, size = self.font_key(run.pango_font)
            font = stream._fonts.get(key) or self.fonts.get(key)
            if font is None:
                font = self.fonts[key] = Font(run.pango_font, description, size)
            if font.png:
                size = textbox.style["font_size"]  # a font of pictures knows no size but that of its pictures
            if not marks and _is_plain(run, font):
                stream._fonts[key] = font  # embedded, as only fonts of visible text are
                _show(stream, run, font, size)
            else:
                self._show_invisibly(stream, run, size, marks)
                pictures.add(run, font, size, pen)
            pen += sum(cluster.advance for cluster in run.clusters)
            letters["R" if run.right_to_left else "L"] += sum(map(str.isalpha, run.text))
            letters["R"] += marks.count(RIGHT_TO_LEFT_MARK)
            letters["L"] += marks.count(LEFT_TO_RIGHT_MARK)
        return [(pictures, None, 1, 1, 0, 0)] if pictures.drawn or pictures.images else []

    def _show_invisibly(self, stream: Any, run: Run, size: float, marks: Marks) -> None:
        stream.set_text_rendering(3)
        stream.set_font_size(glyphless.NAME, size)
        for word, width in words(run, marks):
            stretch = 100 * width / (len(word) * glyphless.ADVANCE * size)
            shown = " ".join(f"<{self._codes(string)}> Tj" for string in strings(word))
            stream.stream.append(f"{stretch:.3f} Tz {shown}".encode())
        stream.stream.append(b"100 Tz")
        stream.set_text_rendering(0)

    def _codes(self, chars: str) -> str:
        """The codes of characters in the invisible font, in hexadecimal; a new character gets the next."""
        return "".join(f"{self.codes.setdefault(char, len(self.codes) + 1):04x}" for char in chars)


@dataclass
class Pictures:
    """Outlines and emoji of a line, drawn after its text: a text object may hold no pictures."""

    outlines: Outlines
    drawn: list[tuple[str, float, float, float]] = field(default_factory=list)  # name, x, y, scale
    images: list[tuple[Any, float, float, float, float]] = field(default_factory=list)  # image, x, y, width, height

    def add(self, run: Run, font: Font, size: float, pen: float) -> None:
        """Add the glyphs of a run whose first one stands at `pen`."""
        for cluster in run.clusters:
            for glyph in cluster.glyphs:
                x, y = pen + glyph.x, glyph.y
                pen += glyph.advance
                if (code := last_resort.code_of(glyph.number)) is not None:
                    scale = min(size / 1000, 0.94 * glyph.advance / last_resort.WIDE)
                    self.drawn.append((self.outlines.last_resort(code), x, y, scale))
                    continue
                if not _has_shape(font, glyph) or abs(y) > _REACH * size:
                    continue
                if font.png:
                    self._add_image(font, glyph, size, x)
                elif name := self.outlines.name(font, glyph.number):
                    self.drawn.append((name, x, y, size / font.upem))

    def _add_image(self, font: Font, glyph: Glyph, size: float, x: float) -> None:
        image = self.outlines.picture(f"{font.hash}{glyph.number}", partial(_picture, font, glyph.number))
        if image:
            self.images.append((image, x, -0.97 * size, glyph.advance * image.ratio, glyph.advance))

    def draw(self, stream: Any, _width: float, _height: float, style: Any) -> None:
        """Draw all, from the line's origin."""
        for name, x, y, scale in self.drawn:
            self.outlines.register(stream, name)
            stream.stream.append(f"q {scale:.5f} 0 0 {-scale:.5f} {x:.3f} {y:.3f} cm /{name} Do Q".encode())
        for image, x, y, width, height in self.images:
            with stream.stacked():
                stream.transform(e=x, f=y)
                image.draw(stream, width, height, style)


def _picture(font: Font, glyph: int) -> RasterImage | None:
    """The picture that a font of pictures has for a glyph."""
    png = get_hb_object_data(font.hb_font, "png", glyph)
    return RasterImage(Image.open(BytesIO(png)), f"{font.hash}{glyph}", png) if png else None


def active() -> bool:
    """Whether a text layer is being laid out or drawn in this thread."""
    return _current.get() is not None


def _draw_first_line(
    stream: Any, textbox: Any, text_overflow: Any, block_ellipsis: Any, matrix: Any
) -> list[tuple[Any, ...]]:
    layer = _current.get()
    if layer is None or text_overflow == "ellipsis" or block_ellipsis != "none":
        return _original_draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)  # type: ignore[no-any-return]
    return layer.draw_line(stream, textbox, matrix)


weasyprint.draw.text.draw_first_line = _draw_first_line


def _is_plain(run: Run, font: Font) -> bool:
    """Whether each glyph stands for one character and always the same, so that a font can say which.

    Learns the glyphs of a plain run; one run at fault leaves the font as it was.
    """
    if font.png or font.svg or font.colr or font.bitmap:
        return False
    if run.text.isspace():
        return False  # some readers drop a visible text that has no ink
    learnt: dict[int, str] = {}
    for cluster in run.clusters:
        glyph = cluster.glyphs[0]
        if not _has_shape(font, glyph) and is_silent(cluster.text):
            continue
        # A sign that stands on another takes no room: readers that go by places put it behind the next letter.
        if len(cluster.glyphs) != 1 or glyph.y or not _has_shape(font, glyph) or stands_on_another(cluster.text):
            return False
        # A ligature may stand for several characters, but readers turn those round where lines run from the right.
        if run.right_to_left and len(cluster.text) > 1:
            return False
        known = font.to_unicode.get(glyph.number) or learnt.get(glyph.number)
        if known is not None and known.replace("\u00a0", " ") != cluster.text.replace("\u00a0", " "):
            return False
        learnt[glyph.number] = cluster.text
    for number, text in learnt.items():
        font.to_unicode.setdefault(number, text)
    return True


def _show(stream: Any, run: Run, font: Font, size: float) -> None:
    """Show a plain run as ordinary text."""
    stream.set_font_size(font.hash, size)
    shown, moved = [], 0.0  # moved: thousandths of the size, to the left as PDF counts
    for cluster in run.clusters:
        glyph = cluster.glyphs[0]
        if not _has_shape(font, glyph):
            continue
        natural = font.widths.get(glyph.number)
        if natural is None:
            pango.pango_font_get_glyph_extents(run.pango_font, glyph.number, stream.ink_rect, stream.logical_rect)
            natural = font.widths[glyph.number] = round(stream.logical_rect.width * 1000 * FROM_UNITS / size)
        offset = 1000 * glyph.x / size
        moved -= offset
        if abs(moved) >= 1:
            shown.append(f">{moved:.0f}<")
            moved -= round(moved)
        shown.append(f"{glyph.number:04x}")
        moved += natural + offset - 1000 * glyph.advance / size
    if abs(moved) >= 1:
        shown.append(f">{moved:.0f}<")
    stream.show_text(f"<{''.join(shown)}>".replace("<>", ""))


def _has_shape(font: Font, glyph: Glyph) -> bool:
    """Whether the font has the glyph: Pango also gives numbers out for "nothing here" and "no such glyph"."""
    return bool(glyph.number < font.glyph_count)
