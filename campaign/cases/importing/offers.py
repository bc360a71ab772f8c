"""What a bulletin says in passing that a case can keep: numbers as figures, days as points of the timeline.

They are offered, never taken: an organiser chooses. A number is offered with what is said around it, a day only where
the bulletin names the day, or the end of a month.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from campaign.cases.amounts import WRITTEN, amount
from campaign.cases.importing import dates
from campaign.cases.importing.lines import is_prose, plain

LONGEST_CAPTION = 110  # characters; the strip has room for a few words, and an organiser shortens it

_QUALIFIER = (
    r"at least|more than|over|nearly|almost|about|around|approximately|some|up to|as many as|fewer than|less than"
    r"|an estimated|estimated|a total of|roughly"
)
_FIGURE = re.compile(rf"(?:\b(?P<qualifier>{_QUALIFIER})\s+)?(?<![\w/.,:+-])(?P<number>{WRITTEN})(?![\w/:%-])", re.I)
_WORD = re.compile(r"(?:\s+\([A-Z]{2,6}\))?\s+(?P<word>[^\W\d_][\w'’-]*)")
_ENDS = re.compile(  # what is counted is said before such a word
    r"(?:in|from|of|have|has|had|were|was|are|is|who|whose|that|which|to|on|by|since|and|or|with|for|at|after|before|during|face|faces|need|needs|will|would|intensifying|million|thousand|days?|months?|years?|hours?)$",
    re.I,
)
_AS_OF = re.compile(r"\b(?:as of|by|to|until)\s+$", re.I)
_END_OF = re.compile(r"\b(?:the\s+)?end\s+of\s+(?P<month>[A-Z][a-z]{2,8})\s+(?P<year>(?:19|20)\d\d)\b")
_THREAT = re.compile(
    r"\b(?:expir\w*|due|set|scheduled|threaten\w*|deadline|evict\w*|execut\w*|before|hearing|until|by)\b[^.;]{0,24}$",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?")


@dataclass(frozen=True)
class OfferedFigure:
    """A number with what it counts, as the bulletin says it; `key` is one word for it, and `words` where it stood."""

    key: str
    value: int
    qualifier: str
    label: str
    as_of: date | None
    words: str


@dataclass(frozen=True)
class OfferedEvent:
    """A day the bulletin names, with the sentence it stands in; a threat if harm is expected on it."""

    on: date
    caption: str
    threat: bool


def figures(text: str) -> tuple[OfferedFigure, ...]:
    """The numbers that the prose of a bulletin counts something with, each value once, in order.

    A number alone (a year, a house, a line of a list) is none: it has thousands, or a word such as "more than".
    """
    found: dict[int, OfferedFigure] = {}
    keys: set[str] = set()
    for sentence in _sentences(text):
        for match in _FIGURE.finditer(sentence):
            written = match["number"]
            value = amount(written)
            counted = _counted(sentence[match.end() :])
            grouped = re.search(r"\d\D+\d|[a-z]", written, re.I)
            if value is None or not counted or not (grouped or match["qualifier"]) or _is_date(sentence, match):
                continue
            qualifier = (match["qualifier"] or "").lower().replace("a total of", "")
            if value in found and (found[value].qualifier or not qualifier):
                continue
            key = found[value].key if value in found else _key(counted, keys)
            keys.add(key)
            found[value] = OfferedFigure(key, value, qualifier, counted, _as_of(sentence[match.end() :]), sentence)
    return tuple(found.values())


def events(text: str, *without: date | None) -> tuple[OfferedEvent, ...]:
    """The days that the prose of a bulletin names, each once, soonest first, but those of `without`."""
    found: dict[date, OfferedEvent] = {}
    month_first = dates.is_month_first(text)
    for sentence in _sentences(text):
        for day, start in _days(sentence, month_first):
            threat = bool(_THREAT.search(sentence[:start])) and not re.search(r"\bsince\b", sentence[:start][-12:])
            if day in without or (day in found and (found[day].threat or not threat)):
                continue
            found[day] = OfferedEvent(day, _caption(sentence, start), threat)
    return tuple(sorted(found.values(), key=lambda one: one.on))


def _days(sentence: str, month_first: bool) -> Iterator[tuple[date, int]]:
    start = 0
    while (one := dates.find(sentence[start:], month_first=month_first)) is not None:
        yield one.day, start + one.start
        start += one.end
    for match in _END_OF.finditer(sentence):
        if found := dates.find(f"1 {match['month']} {match['year']}"):
            first = found.day
            yield first.replace(day=calendar.monthrange(first.year, first.month)[1]), match.start()


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        shown = plain(line)
        if is_prose(shown):
            yield from (match.group().strip() for match in _SENTENCE.finditer(shown) if match.group().strip())


def _counted(after: str) -> str:
    """What the words behind a number name, up to six of them: "Afghan refugees and asylum seekers" is two."""
    words: list[str] = []
    at = 0
    while len(words) < 6 and (match := _WORD.match(after, at)) and not _ENDS.match(match["word"]):
        words.append(match["word"])
        at = match.end()
    while len(words) > 1 and words[-1].endswith("ed"):  # "Afghans returned": what they did
        words.pop()
    return " ".join(words)


def _key(counted: str, taken: set[str]) -> str:
    plain_words = re.findall(r"[a-z]+", counted.lower())[:4] or ["figure"]
    base = "_".join(plain_words)[:60]
    return next(it for it in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if it not in taken)


def _is_date(sentence: str, match: re.Match[str]) -> bool:
    around = dates.find(sentence[max(0, match.start("number") - 15) : match.end() + 20])
    begins = max(0, match.start("number") - 15)
    return around is not None and begins + around.start <= match.start("number") < begins + around.end


def _as_of(after: str) -> date | None:
    found = dates.find(after)
    return found.day if found and _AS_OF.search(after[: found.start]) else None


def _caption(sentence: str, at: int) -> str:
    if len(sentence) <= LONGEST_CAPTION:
        return sentence.rstrip(".")
    begin = max(0, min(at - 70, len(sentence) - LONGEST_CAPTION))
    piece = sentence[begin : begin + LONGEST_CAPTION]
    if begin:
        piece = "… " + piece.partition(" ")[2]
    return piece.rpartition(" ")[0] + " …" if begin + LONGEST_CAPTION < len(sentence) else piece.rstrip(".")
