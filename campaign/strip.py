"""The deadline strip: one line from the day of issue to the deadline, with today and the threats on it.

Geometry only. Positions are percent of the line, counted from the day of issue, so one macro can draw the
strip on a page, in print and in a picture, from the left or from the right.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

# Captions stand under their ticks on lines at least this wide, in em of the caption: the style sheet shows
# them from the same width on, and A4 between its margins is wider at 7.5 pt.
ROOM = 64.0
# The deadline's disc stands a little before the right edge: some renderers cut a drawing off at its box.
_INSET = 0.989
_GLYPH = 0.5  # a letter of running text, in em, not the narrowest
_GAP = 0.7  # between two captions, in em
_FIRST = 6.5  # "17 June 2025" over "issued", in em
_LAST = 8.4  # "15 September 2025" over "last day to write", in em
_WIDEST = 22  # letters in a line of a caption
_MOST_LINES = 2


class StripState(StrEnum):
    """Where today stands: before the day of issue, on the line, on its last day, or past it."""

    NOT_YET = "not_yet"
    RUNNING = "running"
    LAST_DAY = "last_day"
    OVER = "over"


@dataclass(frozen=True)
class Threat:
    """A date by which harm falls: its tick `at` percent of the line, the middle of its caption at `under` percent."""

    on: date
    caption: str
    at: float = 0.0
    under: float = 0.0

    @property
    def lines(self) -> list[str]:
        """The caption, broken for the place under its tick."""
        return textwrap.wrap(self.caption, _WIDEST, break_long_words=False)

    def tick(self, rtl: bool = False) -> str:
        """Where the tick stands from the left edge, as an SVG length."""
        return across(self.at, rtl)

    def caption_at(self, rtl: bool = False) -> str:
        """Where the caption's middle stands from the left edge, as an SVG length."""
        return across(self.under, rtl)


@dataclass(frozen=True)
class Strip:
    """One action's time. `gone` is percent of the line; `days_left` is 0 on the deadline, negative after it.

    `threats` stand on the line, `earlier` and `later` fall outside of it. `placed` says that every caption
    has room under its tick where the line is at least `ROOM` wide; else they are listed.
    """

    issued_on: date
    deadline: date
    today: date
    state: StripState
    days_left: int
    gone: float
    threats: tuple[Threat, ...]
    earlier: tuple[Threat, ...]
    later: tuple[Threat, ...]
    placed: bool

    @classmethod
    def of(cls, issued_on: date, deadline: date, today: date, threats: Sequence[tuple[date, str]] = ()) -> Strip:
        """Lay out the strip. `threats` are (day, caption) in any order; a deadline before the issue counts as on it."""
        deadline = max(deadline, issued_on)
        known = [Threat(on, caption) for on, caption in sorted(set(threats))]
        on_line = [
            replace(threat, at=_percent(threat.on, issued_on, deadline))
            for threat in known
            if issued_on <= threat.on <= deadline
        ]
        placed = _place(on_line)
        return cls(
            issued_on=issued_on,
            deadline=deadline,
            today=today,
            state=_state(issued_on, deadline, today),
            days_left=(deadline - today).days,
            gone=_percent(min(max(today, issued_on), deadline), issued_on, deadline),
            threats=tuple(on_line if placed is None else placed),
            earlier=tuple(threat for threat in known if threat.on < issued_on),
            later=tuple(threat for threat in known if threat.on > deadline),
            placed=placed is not None,
        )

    @property
    def one_year(self) -> bool:
        """Whether the line lies in this calendar year: then its captions need not say which."""
        return self.issued_on.year == self.deadline.year == self.today.year

    @property
    def caption_lines(self) -> int:
        """The most lines any caption under a tick takes, its date not counted; at least one, for the two ends."""
        return max([1, *(len(threat.lines) for threat in self.threats)])

    def now(self, rtl: bool = False) -> str:
        """Where today stands, as an SVG length."""
        return across(self.gone, rtl)

    def end(self, rtl: bool = False) -> str:
        """Where the deadline stands, as an SVG length."""
        return across(100, rtl)


def across(percent: float, rtl: bool) -> str:
    """A position as an SVG length from the left edge, whichever side the line begins on."""
    x = percent * _INSET
    return f"{100 - x if rtl else x:.2f}%"


def _state(issued_on: date, deadline: date, today: date) -> StripState:
    if today > deadline:
        return StripState.OVER
    if today == deadline:
        return StripState.LAST_DAY
    return StripState.NOT_YET if today < issued_on else StripState.RUNNING


def _percent(day: date, first: date, last: date) -> float:
    whole = (last - first).days
    return round(100 * (day - first).days / whole, 2) if whole else 100.0


def _place(threats: Iterable[Threat]) -> list[Threat] | None:
    """Each threat with its caption as near under its tick as the others let it, or None if one would leave its tick."""
    placed: list[Threat] = []
    free = _FIRST + _GAP
    for threat in threats:
        tick, half = threat.at * ROOM / 100, _width(threat) / 2
        middle = max(min(tick, ROOM - _LAST - _GAP - half), free + half)
        if len(threat.lines) > _MOST_LINES or abs(middle - tick) > half or middle + half > ROOM - _LAST - _GAP:
            return None
        placed.append(replace(threat, under=round(100 * middle / ROOM, 2)))
        free = middle + half + _GAP
    return placed


def _width(threat: Threat) -> float:
    return _GLYPH * max(len(line) for line in ("30 September", *threat.lines))
