"""The geometry of plots: days as columns and a line that goes on to the deadline, and counts as bars.

Numbers only, in the units of a view box: pages draw them as SVG with attributes alone, since they allow no inline
style, and set the same figures beside them as a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaign.appeals.signature_admin.statistics import Day, Expected

WIDTH, HEIGHT = 720, 290
# Room for the scale at the side and for dates below.
LEFT, RIGHT, TOP, BOTTOM = 76, 8, 16, 36
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Mark:
    """A line of the scale: its value and its height in the box."""

    value: int
    y: float


@dataclass(frozen=True)
class Column:
    """One day."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class DayPlot:
    """The total as it grew, `ahead` as it would go on, each day's own as a column, the goal as a level."""

    columns: tuple[Column, ...]
    grown: str  # points of a polyline
    ahead: str | None
    goal: float | None
    marks: tuple[Mark, ...]
    dates: tuple[tuple[float, date, str], ...]  # where, which day, how its caption is anchored


@dataclass(frozen=True)
class Bar:
    """A count under its name; `width` is percent of the longest."""

    name: str
    count: int
    width: float


def days(of: Sequence[Day], expected: Expected | None, goal: int | None) -> DayPlot | None:
    """A plot of the days; None if there are none."""
    if not of:
        return None
    first, last = of[0].on, of[-1].on
    ends = max(last, expected.deadline) if expected else last
    top = max(of[-1].total, expected.count if expected else 0, goal or 0, 1)
    step = scale(top)
    height = step * math.ceil(top / step)
    slot = (WIDTH - LEFT - RIGHT) / ((ends - first).days + 1)

    def x(on: date) -> float:
        return round(LEFT + slot * ((on - first).days + 0.5), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / height, 1)

    wide = max(round(slot * 0.7, 2), 0.5)
    shown = ((first, "start"), (ends, "end")) if ends != first else ((first, "middle"),)
    return DayPlot(
        columns=tuple(
            Column(round(x(it.on) - wide / 2, 1), y(it.count), wide, round(y(0) - y(it.count), 1))
            for it in of
            if it.count
        ),
        grown=" ".join(f"{x(it.on)},{y(it.total)}" for it in of),
        ahead=f"{x(last)},{y(of[-1].total)} {x(ends)},{y(expected.count)}" if expected else None,
        goal=y(goal) if goal else None,
        marks=tuple(Mark(value, y(value)) for value in range(0, height + 1, step)),
        dates=tuple((x(on), on, anchor) for on, anchor in shown),
    )


def scale(top: int) -> int:
    """The distance between the lines of a scale that reaches `top`: four or five of a round number."""
    rough = max(top / 4, 1)
    power = 10 ** math.floor(math.log10(rough))
    return max(1, int(next(it for it in (step * power for step in _STEPS) if it >= rough)))


def bars(counts: Sequence[tuple[str, int]], most: int = 12) -> tuple[Bar, ...]:
    """The largest counts as bars; what is smaller stands in the table alone."""
    longest = max((n for _name, n in counts), default=0)
    return tuple(Bar(name, n, round(100 * n / longest, 1)) for name, n in counts[:most] if n)
