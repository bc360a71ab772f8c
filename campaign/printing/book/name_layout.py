"""The schedule: names, numbered and grouped by country, in columns on a fixed grid of rows; annexes likewise.

What stands in which row is decided here, before anything is drawn, one page after the other, so that pages can be
drawn in any order by any process. A name is never cut, and parted by the end of a column only if none could hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from campaign import language
from campaign.printing.book.page_writer import LEADING, Line
from campaign.printing.book.shaper import Style
from campaign.printing.engine.ruler import Ruler
from campaign.printing.engine.scripts import language_of
from campaign.printing.engine.text import clean, direction_of, one_line
from campaign.vocabulary import Paper

ROWS, TITLE_ROWS = 56, 3
TOP, LEFT, WIDE = 785.2, 42.5, 510.2  # points: 20 mm from the top of A4 and 15 mm from its left, 180 mm wide
LETTER_ROWS, LETTER_TOP, LETTER_LEFT = 52, 735.3, 50.9
BASELINE = 9.7  # from the top of a row

SANS = (
    '"Noto Sans", "Noto Naskh Arabic", "Noto Sans CJK SC", "Noto Sans Devanagari", "Noto Sans Tamil", '
    '"Noto Sans Bengali", "Noto Serif", sans-serif'
)
SERIF = (
    '"Noto Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", "Noto Serif Devanagari", "Noto Serif Tamil", '
    '"Noto Serif Bengali", "Noto Sans", serif'
)
RED, GREY = (0.64, 0.125, 0.05), (0.29, 0.31, 0.36)

# As wide as a figure, and a clear gap between a number and its name; neither is an ordinary space, which would
# be lost or take a line break.
_FIGURE_SPACE, _GAP = "\u2007", "\u2002"
# A name of letters from the right is a passage of its own in the line: it can turn nothing around it.
_ISOLATE, _END = "\u2068", "\u2069"


class Look(StrEnum):
    """What a row of the grid is."""

    HEADING = "heading"
    NAME = "name"
    BYLINE = "byline"
    WORDS = "words"
    BLANK = "blank"


STYLES = {
    Look.HEADING: Style(SERIF, 8.5, bold=True, ink=RED),
    Look.NAME: Style(SANS, 8.5),
    Look.BYLINE: Style(SANS, 8, bold=True),
    Look.WORDS: Style(SERIF, 9),
}
TITLE = Style(SERIF, 15, bold=True)


@dataclass(frozen=True)
class Grid:
    """Columns of a page: how many, how far apart, and how wide the text in one may be, in points; and on that paper,
    how many rows there are, and where the first begins."""

    columns: int
    step: float
    width: float
    rows: int = ROWS
    top: float = TOP
    left: float = LEFT

    def on(self, paper: Paper) -> Grid:
        """The same columns on a paper: US Letter is wider, and shorter by four rows."""
        return self if paper is Paper.A4 else replace(self, rows=LETTER_ROWS, top=LETTER_TOP, left=LETTER_LEFT)


# As many as stand on a full page, if all have one line.
NAMES_OF_A_PAGE = 3 * ROWS
NAMES = Grid(columns=3, step=172.9, width=163.5)
WORDS = Grid(columns=2, step=262.2, width=247)

Row = tuple[Look, str]


@dataclass(frozen=True)
class Entry:
    """A signature as the dossier prints it. A name erased since is empty: its number was given all the same.

    Names from paper have no number. `country` is the heading to stand under, `region` its ISO code where it is known.
    """

    number: int | None
    name: str
    country: str
    region: str = ""


@dataclass(frozen=True)
class Words:
    """A supporter's own words, of any number of lines; `who` says who wrote them."""

    who: str
    text: str


@dataclass
class Page:
    """One page of a schedule: its columns of rows, the first and last number on it, its headings in order.

    `opened` are those headings that stand on it, `headings` also the one that goes on from the page before. `items`
    gives the language of each name by the column and row where it begins, empty where its letters tell of none.
    """

    grid: Grid
    columns: list[list[Row]] = field(default_factory=list)
    first: int | None = None
    last: int | None = None
    headings: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    names: int = 0
    title: str | None = None  # of the section that begins here
    items: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def above(self) -> int:
        """The rows that the title takes from every column."""
        return 0 if self.title is None else TITLE_ROWS


def name_pages(
    entries: Iterable[Entry], most: int, title: str, paper: Paper = Paper.A4, locale: str = language.ORIGINAL
) -> Iterator[Page]:
    """Names on their pages, each given as soon as it is full; `most` is the highest number there will be, 0 for none.

    `entries` come ordered by number, those of a country together.
    """
    digits = len(str(most)) if most else 0
    ruler = Ruler(SANS, STYLES[Look.NAME].size)
    room = NAMES.width - (ruler.width(language.in_digits("0" * digits, locale) + _GAP) if digits else 0)
    flow = _Flow(NAMES.on(paper), title)
    for country, group in groupby(entries, key=lambda entry: entry.country):
        heading: str | None = one_line(country)
        for entry in group:
            lines = _numbered(entry.number, digits, ruler.broken(one_line(entry.name), room), locale)
            yield from flow.add(heading, country, lines, language_of(entry.name, entry.region))
            page, heading = flow.page, None
            page.first = page.first if page.first is not None else entry.number
            page.last = entry.number
            page.names += 1
    yield from flow.end()


def words_pages(all_words: Iterable[Words], title: str, paper: Paper = Paper.A4) -> Iterator[Page]:
    """What supporters wrote, on pages of two columns."""
    bylines = Ruler(SANS, STYLES[Look.BYLINE].size)
    ruler = Ruler(SERIF, STYLES[Look.WORDS].size)
    flow = _Flow(WORDS.on(paper), title)
    for words in all_words:
        who = [(Look.BYLINE, line) for line in bylines.broken(one_line(words.who), WORDS.width - 8)]
        lines: list[Row] = []
        for paragraph in filter(None, map(one_line, clean(words.text).split("\n"))):
            # All lines of a paragraph take its direction, whatever they begin with.
            mark = "\u200f" if direction_of(paragraph) == "rtl" else "\u200e"
            lines += [(Look.WORDS, mark + line) for line in ruler.broken(paragraph, WORDS.width)]
        yield from flow.add_words(who, lines)
        flow.page.names += 1
    yield from flow.end()


def lines_of(page: Page, direction: str) -> Iterator[tuple[str, list[Line]]]:
    """(tag, lines) of each passage of a page in the order of reading."""
    if page.title is not None:
        to_the_left = direction == "rtl"
        x = page.grid.left + (WIDE if to_the_left else 0)
        yield "H2", [Line(page.title, x, round(page.grid.top - 1.5 * LEADING, 2), TITLE, to_the_left, direction)]
    for place, column in enumerate(page.columns):
        left = page.grid.left + page.grid.step * (place if direction == "ltr" else page.grid.columns - 1 - place)
        at = 0
        for (look, _), group in groupby(enumerate(column), key=_passages(page, place)):
            rows = [text for _, (_, text) in group]
            if look is not Look.BLANK:
                above = page.above + at
                tag = "H3" if look is Look.HEADING else _item(page, place, at) if look is Look.NAME else "P"
                yield tag, [_line(text, look, page.grid, left, above + n, direction) for n, text in enumerate(rows)]
            at += len(rows)


def _passages(page: Page, place: int) -> Callable[[tuple[int, Row]], tuple[Look, int]]:
    """What tells the rows of a column apart: how they look, and which name they are of."""
    begun = 0

    def of(row: tuple[int, Row]) -> tuple[Look, int]:
        nonlocal begun
        at, (look, _) = row
        if look is Look.NAME and (place, at) in page.items:
            begun = at
        return look, begun if look is Look.NAME else 0

    return of


def _item(page: Page, place: int, at: int) -> str:
    """ "LI" or, of a name in a language of its own, "LI uk"."""
    return f"LI {page.items.get((place, at), '')}".rstrip()


def _line(text: str, look: Look, grid: Grid, left: float, row: int, direction: str) -> Line:
    y = round(grid.top - LEADING * row - BASELINE, 2)
    if look is Look.WORDS:
        direction = "rtl" if text.startswith("\u200f") else "ltr"
        text = text[1:]
    to_the_left = direction == "rtl"
    return Line(text, left + grid.width if to_the_left else left, y, STYLES[look], to_the_left, direction)


class _Flow:
    """Rows flowing into columns and pages."""

    def __init__(self, grid: Grid, title: str) -> None:
        self.page = Page(grid, title=title)
        self._full: list[Page] = []

    def add(self, heading: str | None, under: str, lines: Sequence[str], tongue: str = "") -> Iterator[Page]:
        """Put the lines of a name, with its heading if it opens one; gives the pages that are full by now."""
        rows = [(Look.NAME, line) for line in lines]
        column = self._column(len(rows) + (2 if heading is not None else 0))
        if heading is not None:
            column += [(Look.BLANK, "")] * bool(column) + [(Look.HEADING, heading)]
            self.page.opened.append(under)
        self._fill(rows, under, tongue)
        yield from self._given()

    def add_words(self, byline: list[Row], lines: list[Row]) -> Iterator[Page]:
        """Put someone's words: the byline stays with two lines at least, the rest may go on in the next column."""
        column = self._column(len(byline) + min(2, len(lines)) + 1)
        if column:
            column.append((Look.BLANK, ""))
        self._fill(byline + lines)
        yield from self._given()

    def end(self) -> Iterator[Page]:
        """The last page, if there is anything on it."""
        if self.page.columns:
            self._full.append(self.page)
        yield from self._given()

    def _fill(self, rows: list[Row], under: str | None = None, tongue: str = "") -> None:
        for n, row in enumerate(rows):
            column = self._column(1)
            column.append(row)
            if row[0] is Look.NAME and (n == 0 or len(column) == 1):
                self.page.items[len(self.page.columns) - 1, len(column) - 1] = tongue
            if under is not None and self.page.headings[-1:] != [under]:
                self.page.headings.append(under)

    def _column(self, room: int) -> list[Row]:
        """The column that has room for so many rows, or for as many as a column has: the last, or a new one."""
        columns, most = self.page.columns, self.page.grid.rows - self.page.above
        if columns and len(columns[-1]) + min(room, most) <= most:
            return columns[-1]
        if len(columns) == self.page.grid.columns:
            self._full.append(self.page)
            self.page = Page(self.page.grid)
        self.page.columns.append([])
        return self.page.columns[-1]

    def _given(self) -> Iterator[Page]:
        yield from self._full
        self._full.clear()


def _numbered(number: int | None, digits: int, name: Sequence[str], locale: str) -> list[str]:
    first, *others = name
    if number is None:
        return [_isolated(line) for line in name]
    indent = _FIGURE_SPACE * digits + _GAP
    return [
        language.in_digits(str(number), locale).rjust(digits, _FIGURE_SPACE) + _GAP + _isolated(first),
        *(indent + _isolated(it) for it in others),
    ]


def _isolated(name: str) -> str:
    return name if name.isascii() or not _turns(name) else _ISOLATE + name + _END


def _turns(name: str) -> bool:
    # All right-to-left scripts lie in these two stretches of Unicode.
    return any("\u0590" <= char <= "\u08ff" or "\ufb1d" <= char <= "\ufefc" or char >= "\U00010800" for char in name)
