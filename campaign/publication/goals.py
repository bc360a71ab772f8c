"""The goal of an action and the steps on the way to it: a rule of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as counting
from itertools import takewhile


@dataclass(frozen=True)
class Milestones:
    """Where a count stands: the goal it is on the way to, the steps it has passed, the share of the way (0 to 1)."""

    target: int
    passed: tuple[int, ...]
    share: float


def milestones(count: int, goal: int | None, moves: bool) -> Milestones | None:
    """Where `count` signatures stand. `goal` is the organiser's, or None.

    Where goals move, one that is reached becomes a step, and the next step (100, 250, 500, 1,000, 2,500 …) the goal:
    up, never down. Where they do not, the goal stays, and without one there is none.
    """
    target = goal
    if moves and (goal is None or count >= goal):
        target = next(step for step in _steps() if step > count)
    if target is None:
        return None
    reached = {step for step in takewhile(lambda step: step <= count, _steps()) if step < target}
    if goal is not None and goal <= count and goal < target:
        reached.add(goal)
    return Milestones(target, tuple(sorted(reached)), min(count / target, 1.0))


def _steps() -> Iterator[int]:
    for power in counting(1):
        for step in (10, 25, 50):
            yield step * 10**power
