"""The pace at which an action is signed: where it ends if it goes on like this, and the line that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

# The present pace is that of the last week: it evens out weekends, and still notices that people have stopped coming.
PRESENT_DAYS = 7
# The box that a plot is drawn in, in units of its own; the page stretches it.
WIDTH, HEIGHT, MARGIN = 200, 40, 3
MOST_POINTS = 24


@dataclass(frozen=True)
class Plot:
    """Signatures over the days as SVG path data, from the day of issue to the deadline; `will` is what is expected."""

    pace: str
    will: str | None
    goal: float | None  # the height of the goal's line


def projected(daily: Mapping[date, int], today: date, deadline: date) -> int | None:
    """How many will have signed at the deadline at the present pace; None if there is no pace to speak of yet.

    `daily` is signatures by day. The pace is the mean of the last seven whole days, fewer if it began later: today,
    which is not over, is no measure, and what it has brought counts as a part of what it will bring.
    """
    begun = min((day for day, n in daily.items() if n), default=today)
    days = min(PRESENT_DAYS, (today - begun).days)
    if days < 1:
        return None
    week = sum(daily.get(today - timedelta(days=n), 0) for n in range(1, days + 1))
    until_today = sum(n for day, n in daily.items() if day < today)
    to_come = max(0, (deadline - today).days + 1)
    return max(sum(daily.values()), until_today + round(week / days * to_come))


def about(count: int) -> int:
    """A number as a guess is told: with two digits that mean something."""
    return int(round(count, -max(0, len(str(count)) - 2)))


def plot(
    daily: Mapping[date, int], first: date, today: date, deadline: date, goal: int | None, expected: int | None
) -> Plot | None:
    """The line of an action's signatures; None if nobody signed yet."""
    whole = max(1, (deadline - first).days)
    end = min(max(today, first), deadline)
    total = sum(daily.values())
    if not total:
        return None
    top = max(total, goal or 0, expected or 0)
    box = HEIGHT - 2 * MARGIN

    def at(day: date, count: int) -> str:
        across = WIDTH * min(max((day - first).days / whole, 0), 1)
        return f"{across:.0f} {HEIGHT - MARGIN - box * count / top:.1f}"

    steps = list(zip(sorted(daily), accumulate(daily[day] for day in sorted(daily)), strict=True))
    thinned = steps[:: len(steps) // MOST_POINTS + 1]
    points = [at(first, 0), *(at(min(day, end), count) for day, count in thinned), at(end, total)]
    ahead = expected is not None and end < deadline
    return Plot(
        pace="M" + "L".join(dict.fromkeys(points)),
        will=f"M{at(end, total)}L{at(deadline, expected or 0)}" if ahead else None,
        goal=round(HEIGHT - MARGIN - box * goal / top, 1) if goal else None,
    )
