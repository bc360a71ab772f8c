"""A letter's paragraphs as runs of words: what a document without HTML needs of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby

from markupsafe import Markup

from campaign.printing.engine.text import clean, one_line

_BULLET = "•"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True)
class Run:
    """Words in one style. A line feed in them is a line break."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass
class Block:
    """A paragraph, or an item of a list with its marker; `begins_list` says that it is the first."""

    marker: str = ""
    begins_list: bool = False
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def blocks(paragraphs: Iterable[str | Markup]) -> tuple[Block, ...]:
    """The paragraphs of a `LetterSheet`: text as it was typed, or one block of `campaign.prose`'s HTML each."""
    return tuple(block for paragraph in paragraphs for block in _blocks(paragraph) if block.text.strip())


def by_direction(text: str, way: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, each with whether it is written from the right.

    What stands between two words of one direction goes with them; all else, digits too, goes with the paragraph.
    """
    strong = [_strong(sign) for sign in text]
    right_to_left = way == "rtl"
    before, resolved = right_to_left, []
    after = _next_strong(strong, right_to_left)
    for own, following in zip(strong, after, strict=True):
        if own is not None:
            before = own
        resolved.append(own if own is not None else before if before == following else right_to_left)
    for from_the_right, piece in groupby(zip(text, resolved, strict=True), key=lambda it: it[1]):
        yield "".join(sign for sign, _ in piece), from_the_right


def _strong(sign: str) -> bool | None:
    """Whether a sign is written from the right; None if its neighbours decide."""
    match unicodedata.bidirectional(sign):
        case "L":
            return False
        case "R" | "AL" | "AN":
            return True
    return None


def _next_strong(strong: list[bool | None], otherwise: bool) -> list[bool]:
    after, following = [], otherwise
    for own in reversed(strong):
        if own is not None:
            following = own
        after.append(following)
    return after[::-1]


def _blocks(paragraph: str | Markup) -> Iterable[Block]:
    if isinstance(paragraph, Markup):
        return _Reader(clean(paragraph)).blocks
    return (Block(runs=[Run("\n".join(one_line(line) for line in paragraph.strip().split("\n")))]),)


class _Reader(HTMLParser):
    """Reads the few tags that `campaign.prose` makes."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._numbers: list[int | None] = []  # of the lists around: the next item's number; None for bullets
        self._begins = False
        self._bold = self._italic = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"ul", "ol"}:
            self._numbers.append(int(dict(attrs).get("start") or 1) if tag == "ol" else None)
            self._begins = len(self._numbers) == 1
        elif tag == "li":
            number = self._numbers[-1]
            if number is not None:
                self._numbers[-1] = number + 1
            self.blocks.append(Block(_BULLET if number is None else f"{number}.", self._begins))
            self._begins = False
        elif (tag == "p" or tag in _HEADINGS) and not self._at_an_items_start():
            self.blocks.append(Block())
        elif tag == "br":
            self._add("\n")
        self._bold += tag in {"strong", *_HEADINGS}
        self._italic += tag == "em"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._numbers.pop()
        self._bold -= tag in {"strong", *_HEADINGS}
        self._italic -= tag == "em"

    def handle_data(self, data: str) -> None:
        # A line feed in HTML is a space; behind <br> and between blocks it is nothing.
        said = data.replace("\n", " ")
        if not self.blocks or self.blocks[-1].text[-1:] in {"", "\n"}:
            said = said.lstrip(" ")
        if said:
            self._add(said)

    def _add(self, text: str) -> None:
        if self.blocks:
            self.blocks[-1].runs.append(Run(text, self._bold > 0, self._italic > 0))

    def _at_an_items_start(self) -> bool:
        return bool(self._numbers and self.blocks and self.blocks[-1].marker and not self.blocks[-1].runs)
