"""Goals and the steps on the way to them, as a table of examples."""

from __future__ import annotations

import pytest

from campaign.publication.goals import Milestones, milestones


@pytest.mark.parametrize(
    ("count", "goal", "moves", "target", "passed"),
    [
        (0, 500, True, 500, ()),
        (7, 500, True, 500, ()),
        (313, 500, True, 500, (100, 250)),
        (499, 500, True, 500, (100, 250)),
        (500, 500, True, 1_000, (100, 250, 500)),
        (512, 500, False, 500, (100, 250)),
        (120, 100, True, 250, (100,)),
        (310, 300, True, 500, (100, 250, 300)),  # a goal between the steps is passed like one
        (0, None, True, 100, ()),
        (100, None, True, 250, (100,)),
        (26_000, None, True, 50_000, (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000)),
    ],
)
def test_a_goal_that_is_reached_moves_up_to_the_next_step(
    count: int, goal: int | None, moves: bool, target: int, passed: tuple[int, ...]
) -> None:
    found = milestones(count, goal, moves)
    assert found is not None
    assert (found.target, found.passed) == (target, passed)


def test_without_a_goal_that_moves_there_is_none() -> None:
    assert milestones(41, None, moves=False) is None


def test_the_bar_is_honest_in_small_numbers_and_never_longer_than_its_track() -> None:
    assert milestones(1, 500, moves=True) == Milestones(500, (), 0.002)
    assert milestones(512, 500, moves=False) == Milestones(500, (100, 250), 1.0)


def test_a_goal_never_moves_down() -> None:
    targets = [found.target for count in range(3_000) if (found := milestones(count, 500, moves=True))]
    assert targets == sorted(targets)
