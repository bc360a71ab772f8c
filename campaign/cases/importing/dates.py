"""Dates as bulletins print them: "15 September 2025", "June 20, 2022", "15 Septmber 19", "17/06/2025"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache

from babel import Locale

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10}
_SHORT |= {"nov": 11, "dec": 12} | {month: number for number, month in enumerate(_MONTHS, 1)}

_LANGUAGES = ("en", "es", "fr", "de", "nl", "pt", "ar")  # those there are cues for

_DAY = r"(?P<day>\d{1,2})(?i:\s?(?:st|nd|rd|th|er|ste|º|°))?"
_YEAR = r"(?P<year>(?:19|20)\d{2}|['’]?\d{2})(?![\d/:])"
_OF = r"(?i:\s+(?:of|de|del|do)\b)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_FORMS = (
    re.compile(r"(?<![\d/.-])(?P<year>(?:19|20)\d{2})-(?P<numeral>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
    re.compile(rf"(?<![\d/.]){_DAY}{_OF}[\s,.-]{{0,3}}{_MONTH}\.?{_OF}[\s,-]{{0,3}}{_YEAR}"),
    re.compile(rf"\b{_MONTH}\.?\s{{0,3}}{_DAY}(?:\s?[,.]\s{{0,3}}|\s{{1,3}}){_YEAR}"),
    re.compile(
        r"(?<![\d/.-])(?P<day>\d{1,2})[/.-](?P<numeral>\d{1,2})[/.-](?P<year>(?:19|20)\d{2}|\d{2})(?![\d/]|\.\d)"
    ),
)
_YEARLESS = (
    re.compile(rf"(?<![\d/.]){_DAY}{_OF}\.?\s{{0,3}}{_MONTH}\b"),
    re.compile(rf"\b{_MONTH}\.?\s{{0,3}}{_DAY}\b"),
)

_LONGEST = 2_000  # characters looked through: comparing spellings is dear, and a date stands near its label


@dataclass(frozen=True)
class Found:
    """A date and where it stands in the text it was found in."""

    day: date
    start: int
    end: int


def find(text: str, year: int | None = None, *, month_first: bool = False) -> Found | None:
    """The first date in `text`. One printed without a year is taken in `year`, or not at all if that is None.

    `month_first` decides what "02/11/2021" means where both readings are dates.
    """
    found = _first(_FORMS, text, None, month_first)
    return found or (_first(_YEARLESS, text, year, month_first) if year is not None else None)


def is_month_first(text: str) -> bool:
    """Whether a text writes its dates as the United States do: "June 20, 2022" and never "20 June 2022"."""
    written = [match for form in _FORMS[1:3] for match in form.finditer(text[:20_000]) if _month(match["month"])]
    return bool(written) and all(match.start("month") < match.start("day") for match in written)


def _first(forms: tuple[re.Pattern[str], ...], text: str, year: int | None, month_first: bool) -> Found | None:
    matches = (match for form in forms for match in form.finditer(text[:_LONGEST]))
    found = [read for match in matches if (read := _read(match, year, month_first))]
    return min(found, key=lambda one: one.start, default=None)


def _read(match: re.Match[str], year: int | None, month_first: bool) -> Found | None:
    parts = match.groupdict()
    numeral = parts.get("numeral")
    month = int(numeral) if numeral else _month(parts["month"])
    day = int(parts["day"])
    if year is None:
        written = parts["year"].strip("'’")
        year = int(written)
        if len(written) == 2:
            year += 1900 if year >= 70 else 2000
    swapped = month is not None and numeral and match.re is _FORMS[3] and day <= 12
    if month is not None and swapped and (month > 12 or month_first):
        day, month = month, day
    try:
        return Found(date(year, month or 0, day), match.start(), match.end())
    except ValueError:
        return None


@cache
def _month(word: str) -> int | None:
    """The number of a month, written out, cut short or misspelt; None if it is none."""
    folded = word.casefold()
    if folded in _SHORT:
        return _SHORT[folded]
    if folded in _elsewhere():
        return _elsewhere()[folded]
    if len(folded) < 5:  # "many", "more", "Mayo": too short to tell a slip from another word
        return None
    near = get_close_matches(folded, _MONTHS, n=1, cutoff=0.78)
    return _MONTHS.index(near[0]) + 1 if near and near[0][0] == folded[0] else None


@cache
def _elsewhere() -> dict[str, int]:
    """Names of months in the other languages, in full and cut short."""
    names: dict[str, int] = {}
    for language in _LANGUAGES[1:]:
        months = Locale(language).months["format"]
        for number in range(1, 13):
            for form in (months["abbreviated"][number], months["wide"][number]):
                folded = form.casefold().rstrip(".")
                if len(folded) > 2:
                    names.setdefault(folded, number)
                    names.setdefault(folded.replace("é", "e").replace("û", "u").replace("ä", "a"), number)
    return names


@cache
def weekdays() -> frozenset[str]:
    """Names of the days of the week, which say nothing beside a date."""
    return frozenset(
        name.casefold().rstrip(".")
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for name in Locale(language).days["format"][width].values()
    )
