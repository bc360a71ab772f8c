"""What somebody copied out of a spreadsheet, read into rows of figures: nothing is certain, so every doubt is told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from campaign.cases.amounts import amount
from campaign.cases.evidence.figure_rows import MOST, NEW, Known, RowTyped, day, is_ambiguous, matching, plain
from campaign.errors import Refused
from campaign.language import decimal_sign
from campaign.sentences import Sentence, counted

# What people write above a column, in English, by the field it goes to; the form's own names of them come besides.
_HEADINGS = {
    "key": ("key",),
    "qualifier": ("qualifier", "qual"),
    "number": ("number", "figure", "value", "amount", "count", "total"),
    "unit": ("unit", "what is counted", "counted", "label", "what", "of what", "description"),
    "as_of": ("date", "as of", "day", "on"),
    "source": ("source", "publisher", "who published it", "published by"),
    "title": ("title", "report"),
    "published": ("published", "published on", "date of source", "publication date"),
    "quoted": ("quoted", "used", "use", "use in texts"),
}
_YES = frozenset({"yes", "y", "x", "1", "true", "✓"})
_QUALIFIED = re.compile(r"(?P<qualifier>\D*[^\W\d_]\D*?)\s+(?P<number>\d.*)")
_LONGEST = 100_000


def pasted(text: str, known: Known, locale: str, names: Mapping[str, str]) -> list[RowTyped]:
    """The rows of a pasted table, those with doubts first. `names` are the form's own names of its columns, by field.

    Raises `Refused` for more rows than fit a form.
    """
    lines, parted_by = _cells(text)
    if len(lines) > MOST + 1:
        raise Refused("Paste %(most)s rows at most.", most=MOST)
    if not lines:
        return []
    columns = _by_heading(lines[0], locale, names)
    if columns is not None:
        lines = lines[1:]
    elif parted_by == ",":
        # "1,080,312" without quotes: three cells that are one number.
        lines = [_rejoined(line) for line in lines]
    given = columns is not None
    columns = columns or _by_content(lines, known, locale)
    rows = [_row(line, columns, known, locale, given=given) for line in lines[:MOST]]
    return sorted(rows, key=lambda it: not it.doubts)


def _cells(text: str) -> tuple[list[list[str]], str]:
    """The filled lines of a table as cells, and by what they are parted: tabs if there is one, else what is most."""
    whole = text[:_LONGEST].lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    parted_by = "\t" if "\t" in whole else ";" if whole.count(";") > whole.count(",") else ","
    found = csv.reader(io.StringIO(whole), delimiter=parted_by)
    try:
        lines = [[" ".join(cell.split()) for cell in line] for line in found]
    except csv.Error as error:
        raise Refused("This is no table. Copy the cells in your spreadsheet and paste them here.") from error
    return [line for line in lines if any(line)], parted_by


def _rejoined(line: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for cell in line:
        if joined and re.fullmatch(r"\d{3}", cell) and re.fullmatch(r".*(?<!\d)\d{1,3}(,\d{3})*", joined[-1]):
            joined[-1] += f",{cell}"
        else:
            joined.append(cell)
    return joined


def _by_heading(line: Sequence[str], locale: str, names: Mapping[str, str]) -> list[str] | None:
    """The field of each column, if the line is a heading: it names two fields, and holds no number."""
    fields = {plain(word): name for name, words in _HEADINGS.items() for word in words}
    fields |= {plain(word): name for name, word in names.items()}
    found = [fields.get(plain(cell), "") for cell in line]
    if len({it for it in found if it}) < 2 or any(amount(cell, locale) is not None for cell in line):
        return None
    return found


def _by_content(lines: Sequence[Sequence[str]], known: Known, locale: str) -> list[str]:
    """The field of each column, by what most of its cells are; words that are left go in the order of the form."""
    width = max(len(line) for line in lines)
    columns = [[line[n] for line in lines if n < len(line) and line[n]] for n in range(width)]
    found = [""] * width

    def give(name: str, fits: list[int]) -> None:
        best = max((n for n in range(width) if not found[n]), key=lambda n: (fits[n], -n), default=None)
        if best is not None and fits[best]:
            found[best] = name

    give("as_of", [sum(day(cell) is not None for cell in column) for column in columns])
    give("number", [sum(_number(cell, locale)[1] is not None for cell in column) for column in columns])
    give("source", [sum(bool(matching(known.sources, it, "", None)) for it in column) for column in columns])
    words = [n for n in range(width) if not found[n] and columns[n]]
    left = [it for it in ("qualifier", "unit", "source", "title") if it not in found]
    if "qualifier" in left and not any(_is_qualifier(columns[n], known) for n in words[:1]):
        left.remove("qualifier")
    for n, name in zip(words, left, strict=False):
        found[n] = name
    return found


def _is_qualifier(column: Sequence[str], known: Known) -> bool:
    """Whether a column of words stands before numbers: its cells are short, and repeat or are known."""
    return all(len(cell.split()) <= 3 for cell in column) and (
        any(plain(cell) in known.qualifiers for cell in column) or any(plain(cell) in _QUALIFIERS for cell in column)
    )


_QUALIFIERS = frozenset(
    [
        "at least",
        "more than",
        "over",
        "nearly",
        "almost",
        "about",
        "around",
        "approximately",
        "some",
        "up to",
        "as many as",
        "fewer than",
        "less than",
        "an estimated",
        "estimated",
        "roughly",
        "exactly",
    ]
)


def _row(line: Sequence[str], columns: Sequence[str], known: Known, locale: str, *, given: bool) -> RowTyped:
    cells: dict[str, str] = {}
    left_out = 0
    for n, cell in enumerate(line):
        name = columns[n] if n < len(columns) else ""
        if name and name not in cells:
            cells[name] = cell
        elif cell:
            left_out += 1
    doubts: dict[str, Sentence] = {}
    if left_out:
        doubts["unit"] = counted(
            "%(n)s more cell of this row was left out.", "%(n)s more cells of this row were left out.", left_out
        )
    row = RowTyped(
        key=cells.get("key", ""),
        unit=cells.get("unit", ""),
        # Only a column that says so chooses what texts use.
        quoted="yes" if given and plain(cells.get("quoted", "")) in _YES else "",
    )
    row = _with_number(row, cells.get("qualifier", ""), cells.get("number", ""), locale, doubts)
    row = _with_day(row, cells.get("as_of", ""), doubts)
    row = _with_source(row, cells, known, doubts)
    if not row.unit:
        doubts.setdefault("unit", Sentence("What is counted was not found."))
    return replace(row, doubts=doubts)


def _with_number(row: RowTyped, qualifier: str, cell: str, locale: str, doubts: dict[str, Sentence]) -> RowTyped:
    before, number = _number(cell, locale)
    if number is None:
        doubts["number"] = Sentence("No number was read from “%(cell)s”.", cell=cell)
        return replace(row, qualifier=qualifier, number=cell)
    written = cell[len(before) :].strip()
    if re.fullmatch(rf"\d{{1,3}}{re.escape(decimal_sign(locale))}\d{{3}}", written):
        doubts["number"] = Sentence("Read as %(number)s, a whole number.", number=number)
    return replace(row, qualifier=qualifier or before.lower(), number=written)


def _number(cell: str, locale: str) -> tuple[str, int | None]:
    """(the words before the number, the number): "at least 1.3 million"."""
    whole = amount(cell, locale)
    if whole is not None:
        return "", whole
    match = _QUALIFIED.fullmatch(cell)
    return (match["qualifier"], amount(match["number"], locale)) if match else ("", None)


def _with_day(row: RowTyped, cell: str, doubts: dict[str, Sentence]) -> RowTyped:
    if not cell:
        return row
    found = day(cell)
    if found is None:
        doubts["as_of"] = Sentence("No day was read from “%(cell)s”.", cell=cell)
        return replace(row, as_of=cell)
    if is_ambiguous(cell):
        doubts["as_of"] = Sentence("“%(cell)s” was read as %(day)s. Check the month.", cell=cell, day=found)
    return replace(row, as_of=found.isoformat())


def _with_source(row: RowTyped, cells: Mapping[str, str], known: Known, doubts: dict[str, Sentence]) -> RowTyped:
    publisher, title, published = cells.get("source", ""), cells.get("title", ""), cells.get("published", "")
    if not publisher:
        doubts["source"] = Sentence("No source was found. Choose one.")
        return row
    means = matching(known.sources, publisher, title, day(published) if published else None)
    if len(means) == 1:
        return replace(row, source=str(means[0].id))
    if means:
        doubts["source"] = Sentence("Several sources of the case are called “%(name)s”. Choose one.", name=publisher)
        return row
    doubts["source"] = Sentence("The case has no source “%(name)s” yet. It will be a new one.", name=publisher)
    on = day(published) if published else None
    return replace(
        row, source=NEW, publisher=publisher, title=title, published=on.isoformat() if on is not None else published
    )
