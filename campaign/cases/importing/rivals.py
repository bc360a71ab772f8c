"""Values that compete: where a document gives two of one kind and nothing tells which is meant, neither is certain.

Which of two numbers, references or days stands first is chance once a page was copied in pieces. So what has a rival is
left blank and both are offered. Two ways of writing one value are no rivals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from campaign.cases.importing import dates
from campaign.cases.importing.lines import plain
from campaign.sentences import Sentence

TWO_OF_A_KIND = Sentence("The document gives more than one. It does not say which is meant.")


def same_reference(one: str, other: str) -> bool:
    """Whether two index references are one, written short and in full: "AFR 32/11/97" and "AFR 32/011/1997"."""
    return _normal(one) == _normal(other)


def fullest(reference: str | None, other: str | None) -> str | None:
    """Of two ways of writing one reference the longer, wherever it stands; the first where they are not one."""
    if reference is None or other is None:
        return reference or other
    return max(reference, other, key=len) if same_reference(reference, other) else reference


def days_alone(lines: Iterable[str], *, month_first: bool) -> list[date]:
    """The days that stand alone on a line of the head, as the day of issue does, each once."""
    alone = [day for line in lines if (day := _day_alone(line, month_first))]
    return list(dict.fromkeys(alone))


def all_days(text: str, *, month_first: bool) -> list[date]:
    """Every day that a text names with its year, each once, in order."""
    days: list[date] = []
    start = 0
    while (found := dates.find(text[start:], month_first=month_first)) is not None:
        days.append(found.day)
        start += found.end
    return list(dict.fromkeys(days))


def differ(values: Iterable[object]) -> bool:
    """Whether there are two of different value among them."""
    return any(one != other for one, other in pairwise(values))


def _day_alone(line: str, month_first: bool) -> date | None:
    shown = plain(line)
    found = dates.find(shown, month_first=month_first)
    if found is None:
        return None
    beside = re.findall(r"[^\W\d_]+", shown[: found.start] + " " + shown[found.end :])
    return found.day if all(word.casefold() in dates.weekdays() for word in beside) else None


def _normal(reference: str) -> tuple[str, ...]:
    area, _, rest = reference.upper().partition(" ")
    *before, year = rest.split("/")
    return (area, *(part.lstrip("0") for part in before), year[-2:])
