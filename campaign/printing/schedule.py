"""The schedule of names: numbered, grouped by country, set by hand in three columns on a fixed line grid.

Which name stands where is decided here, before anything is printed, so that the page of each number is known and
pages can be laid out in any order. A name is never cut, and never parted by the end of a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup, escape

from campaign.printing.ruler import Ruler
from campaign.printing.text import one_line

# The grid of letters/dossier.css, which says the same in its own words: points.
FACES = (
    '"Noto Sans", "Noto Naskh Arabic", "Noto Sans CJK SC", "Noto Sans Devanagari", "Noto Sans Tamil", '
    '"Noto Sans Bengali", "Noto Serif", sans-serif'
)
TYPE_SIZE = 8.5
COLUMNS = 3
COLUMN_WIDTH = 164.0  # 58 mm, less half a millimetre in which a rounding may go wrong
ROWS = 56

# As wide as a figure, and a clear gap between a number and its name; neither is an ordinary space, which would
# be lost or take a line break.
_FIGURE_SPACE, _GAP = "\u2007", "\u2002"
# A name of letters from the right is a passage of its own in the line: it can turn nothing around it.
_ISOLATE, _END = Markup("&#x2068;"), Markup("&#x2069;")


@dataclass(frozen=True)
class Entry:
    """A signature as the dossier prints it. A name erased since is empty: its number was given all the same."""

    number: int
    name: str
    country: str


@dataclass
class Column:
    """Lines of one column: stretches of names, each under the heading of its country or going on without."""

    stretches: list[tuple[str | None, list[Markup]]] = field(default_factory=list)
    rows: int = 0


@dataclass
class NamePage:
    """One page of names: its columns, the numbers on it and their countries in order."""

    columns: list[Column] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)

    @property
    def markup(self) -> Markup:
        """The columns as HTML."""
        return Markup("").join(
            Markup('<div class="c{}">{}</div>').format(place, _column(column))
            for place, column in enumerate(self.columns)
        )


def name_pages(entries: Iterable[Entry]) -> list[NamePage]:
    """All names on their pages. `entries` come ordered by number, those of a country together."""
    entries = list(entries)
    digits = len(str(max((entry.number for entry in entries), default=0)))
    ruler = Ruler(FACES, TYPE_SIZE)
    room = COLUMN_WIDTH - ruler.width("0" * digits + _GAP)
    pages: list[NamePage] = []
    for country, group in groupby(entries, key=lambda entry: entry.country):
        heading: str | None = country
        for entry in group:
            lines = _lines(entry, digits, ruler.broken(one_line(entry.name), room))
            column = _column_for(pages, len(lines), heading is not None)
            if heading is not None:
                column.rows += 2 if column.stretches else 1
                column.stretches.append((one_line(heading), []))
                heading = None
            elif not column.stretches:
                column.stretches.append((None, []))
            column.stretches[-1][1].extend(lines)
            column.rows += len(lines)
            page = pages[-1]
            page.numbers.append(entry.number)
            if page.countries[-1:] != [country]:
                page.countries.append(country)
    return pages


def pages_of(pages: Sequence[NamePage], first: int) -> Mapping[int, int]:
    """The page each number stands on, if the first page of names is page `first` of the print."""
    return {number: first + place for place, page in enumerate(pages) for number in page.numbers}


def _column_for(pages: list[NamePage], lines: int, headed: bool) -> Column:
    """The column that takes the next name, with its heading if it has one: the last, if there is room, or a new one."""
    if pages and pages[-1].columns:
        column = pages[-1].columns[-1]
        if column.rows + lines + (2 if headed else 0) <= ROWS:
            return column
    if not pages or len(pages[-1].columns) == COLUMNS:
        pages.append(NamePage())
    pages[-1].columns.append(Column())
    return pages[-1].columns[-1]


def _lines(entry: Entry, digits: int, name: Sequence[str]) -> list[Markup]:
    # The longest names that are stored take half a column; one that took more than a whole would fit nowhere.
    first, *others = name[: ROWS - 2]
    number = escape(str(entry.number).rjust(digits, _FIGURE_SPACE) + _GAP)
    indent = escape(_FIGURE_SPACE * digits + _GAP)
    return [number + _isolated(first), *(indent + _isolated(other) for other in others)]


def _isolated(name: str) -> Markup:
    return escape(name) if name.isascii() or not _turns(name) else _ISOLATE + escape(name) + _END


def _turns(name: str) -> bool:
    # All right-to-left scripts lie in these two stretches of Unicode.
    return any("\u0590" <= char <= "\u08ff" or "\ufb1d" <= char <= "\ufefc" or char >= "\U00010800" for char in name)


def _column(column: Column) -> Markup:
    parts = []
    for place, (heading, lines) in enumerate(column.stretches):
        if heading is not None:
            parts.append(Markup("<h3{}>{}</h3>").format(Markup(' class="top"') if place == 0 else "", heading))
        parts.append(Markup("<p>{}</p>").format(Markup("\n").join(lines)))
    return Markup("").join(parts)
