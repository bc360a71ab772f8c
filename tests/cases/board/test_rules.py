"""The board's rules: where a row belongs, what comes next, where the pace ends. None of them needs a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.cases.board import pace
from campaign.cases.board.rules import (
    ALL,
    MOST,
    ROWS,
    Group,
    group_of,
    harm,
    missing,
    overdue_since,
    shares,
)
from campaign.office import due_dates
from campaign.office.due_dates import Duty
from campaign.office.next_steps import Facts, Flag, Need, Step, next_step
from campaign.vocabulary import ActionStatus, Outcome

TODAY = date(2025, 8, 22)
S = ActionStatus


def facts(status: ActionStatus, days: int | None = 20, **more: object) -> Facts:
    deadline = None if days is None else TODAY + timedelta(days=days)
    return Facts(**{"status": status, "deadline": deadline, "days": days, "dossier": False, "outcome": None, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "days", "duty", "group"),
    [
        (S.OPEN, -1, Duty.DOSSIER, Group.OVERDUE),
        (S.OPEN, 0, Duty.APPEALS, Group.TODAY),
        (S.DRAFT, 7, Duty.OPEN, Group.WEEK),
        (S.OPEN, 8, Duty.APPEALS, Group.LATER),
        (S.DRAFT, None, None, Group.LATER),
        (S.IN_REVIEW, 8, Duty.OPEN, Group.WAITING),
        (S.IN_REVIEW, None, None, Group.WAITING),
        (S.IN_REVIEW, 2, Duty.OPEN, Group.WEEK),
        (S.IN_REVIEW, -2, Duty.OPEN, Group.OVERDUE),
        (S.CLOSED, -3, Duty.OUTCOME, Group.OVERDUE),
        (S.CLOSED, 12, Duty.OUTCOME, Group.LATER),
        (S.CLOSED, None, None, Group.FINISHED),
        (S.STOPPED, None, None, Group.FINISHED),
    ],
)
def test_a_row_stands_where_its_urgency_puts_it(
    status: ActionStatus, days: int | None, duty: Duty | None, group: Group
) -> None:
    assert group_of(status, days, duty) is group


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (facts(S.DRAFT, whole=False), Step.FINISH),
        (facts(S.DRAFT, None), Step.FINISH),
        (facts(S.DRAFT, whole=False, weighed=False), Step.FINISH),
        (facts(S.DRAFT, weighed=False), Step.STATEMENT),
        (facts(S.DRAFT, -1, weighed=False), Step.MOVE_DEADLINE),
        (facts(S.DRAFT), Step.SUBMIT),
        (facts(S.DRAFT, reviewed=False), Step.PUBLISH),
        (facts(S.DRAFT, -1), Step.MOVE_DEADLINE),
        (facts(S.IN_REVIEW), Step.REVIEW),
        (facts(S.IN_REVIEW, mine=True), Step.AWAIT),
        (facts(S.IN_REVIEW, approved=True), Step.PUBLISH),
        (facts(S.IN_REVIEW, approved=True, opens_at=datetime(2025, 8, 23, tzinfo=UTC)), Step.OPENS),
        (facts(S.IN_REVIEW, -1, approved=True), Step.MOVE_DEADLINE),
        (facts(S.OPEN), Step.LOOK),
        (facts(S.OPEN, 3), Step.EXTEND),
        (facts(S.OPEN, 0), Step.EXTEND),
        (facts(S.OPEN, -1), Step.DOSSIER),
        (facts(S.CLOSED, -1), Step.DOSSIER),
        (facts(S.CLOSED, -1, dossier=True), Step.OUTCOME),
        (facts(S.CLOSED, -1, dossier=True, outcome=Outcome.MIXED), Step.ARCHIVE),
        (facts(S.STOPPED), Step.ARCHIVE),
        (facts(S.ARCHIVED), Step.LOOK),
    ],
)
def test_one_step_comes_next(known: Facts, step: Step) -> None:
    assert next_step(known) is step


def test_what_is_wrong_is_mended_first_unless_the_end_is_near() -> None:
    flags = (Flag(Need.FIGURES, "2 figures older than 90 days"), Flag(Need.TEXT, "Text in French missing"))
    assert next_step(facts(S.OPEN), flags) is Step.FIGURES
    assert next_step(facts(S.OPEN, 2), flags) is Step.EXTEND
    assert next_step(facts(S.OPEN), (Flag(Need.THREAT, "cards expire"),)) is Step.LOOK


@pytest.mark.parametrize(
    ("need", "step"),
    [
        (Need.DISPATCH, Step.DISPATCH),
        (Need.RECEIPT, Step.RECEIPT),
        (Need.ANSWER, Step.ANSWER),
        (Need.QUEUE, Step.LETTERS),
    ],
)
def test_what_is_on_its_way_comes_before_the_outcome_and_before_the_archive(need: Need, step: Step) -> None:
    flags = (Flag(need, "lies about"),)
    assert next_step(facts(S.CLOSED, -9, dossier=True), flags) is step
    assert next_step(facts(S.CLOSED, -9, dossier=True, outcome=Outcome.MIXED), flags) is step
    assert next_step(facts(S.CLOSED, -9), flags) is Step.DOSSIER
    assert next_step(facts(S.OPEN), flags) is step


def test_a_row_is_late_since_the_first_thing_that_lies_about() -> None:
    told = (Flag(Need.RECEIPT, "a"), Flag(Need.RECEIPT, "b", TODAY), Flag(Need.ANSWER, "c", TODAY - timedelta(days=3)))
    assert overdue_since(told, TODAY + timedelta(days=1)) == TODAY - timedelta(days=3)
    assert overdue_since(told[:1], TODAY) == TODAY
    assert overdue_since((Flag(Need.FIGURES, "old"),), TODAY) is None


def test_languages_that_are_asked_for_and_not_there_are_missing_once() -> None:
    assert missing(["en", "ur", "fr", "ur"], ["en"]) == ("ur", "fr")


def test_a_small_office_sees_everything() -> None:
    assert shares({Group.OVERDUE: 10, Group.LATER: ALL - 10}) == {Group.OVERDUE: 10, Group.LATER: ALL - 10}


def test_a_large_office_sees_all_that_is_due_and_something_of_each_of_the_rest() -> None:
    drawn = shares({Group.OVERDUE: 100, Group.TODAY: 6, Group.WEEK: 3, Group.LATER: 200, Group.WAITING: 50})
    assert (drawn[Group.TODAY], drawn[Group.OVERDUE]) == (6, 100)
    assert (drawn[Group.WEEK], drawn[Group.LATER], drawn[Group.WAITING]) == (3, 4, 1)
    assert ROWS == 3 + 4 + 1
    assert max(drawn[Group.WEEK], drawn[Group.LATER]) <= MOST


@pytest.mark.parametrize(
    ("status", "duty", "rank"),
    [
        (S.OPEN, Duty.DOSSIER, 0),  # people still write, to an office whose day has passed
        (S.DRAFT, Duty.OPEN, 1),
        (S.CLOSED, Duty.DOSSIER, 2),
        (S.CLOSED, None, 3),  # its dossier lies about
        (S.CLOSED, Duty.OUTCOME, 4),
    ],
)
def test_what_is_late_is_ranked_by_the_harm_it_does(status: S, duty: Duty | None, rank: int) -> None:
    assert harm(status, duty) == rank


@pytest.mark.parametrize(
    ("status", "over", "dossier", "outcome", "expected"),
    [
        (S.DRAFT, True, True, None, (Duty.OPEN, TODAY)),
        (S.OPEN, False, True, None, (Duty.APPEALS, TODAY)),
        (S.OPEN, True, False, None, (Duty.DOSSIER, TODAY + timedelta(days=7))),
        (S.CLOSED, True, False, Outcome.MIXED, (Duty.DOSSIER, TODAY + timedelta(days=7))),
        (S.CLOSED, True, True, None, (Duty.OUTCOME, TODAY + timedelta(days=30))),
        (S.CLOSED, True, True, Outcome.MIXED, None),
        (S.STOPPED, True, False, None, None),
        (S.ARCHIVED, True, False, None, None),
    ],
)
def test_what_is_due_follows_from_where_the_action_stands(
    status: ActionStatus, over: bool, dossier: bool, outcome: Outcome | None, expected: tuple[Duty, date] | None
) -> None:
    assert due_dates.duty(status, TODAY, over, dossier, outcome) == expected


def test_the_pace_is_that_of_the_last_seven_whole_days() -> None:
    daily = {TODAY - timedelta(days=n): 10 for n in range(1, 8)} | {TODAY - timedelta(days=30): 700}
    # Ten a day for today and the four days after it.
    assert pace.projected(daily, TODAY, TODAY + timedelta(days=4)) == 770 + 50


def test_today_is_no_measure_and_its_signatures_are_not_counted_twice() -> None:
    daily = {TODAY - timedelta(days=1): 10, TODAY: 4}
    assert pace.projected(daily, TODAY, TODAY) == 20
    assert pace.projected({**daily, TODAY: 40}, TODAY, TODAY) == 50


def test_an_action_that_began_today_has_no_pace_yet() -> None:
    assert pace.projected({TODAY: 40}, TODAY, TODAY + timedelta(days=10)) is None
    assert pace.projected({}, TODAY, TODAY + timedelta(days=10)) is None


def test_when_people_have_stopped_coming_it_ends_where_it_is() -> None:
    assert pace.projected({TODAY - timedelta(days=20): 300}, TODAY, TODAY + timedelta(days=10)) == 300


@pytest.mark.parametrize(("count", "told"), [(7, 7), (94, 94), (4_713, 4_700), (17_091, 17_000), (0, 0)])
def test_a_guess_is_told_as_one(count: int, told: int) -> None:
    assert pace.about(count) == told


def test_the_line_rises_from_nothing_and_the_guess_goes_on_from_its_end() -> None:
    daily = {TODAY - timedelta(days=n): 10 for n in range(10)}
    drawn = pace.plot(daily, TODAY - timedelta(days=10), TODAY, TODAY + timedelta(days=10), 500, 200)
    assert drawn is not None
    assert drawn.pace.startswith("M0 37.0L")
    end = drawn.pace.rpartition("L")[2]
    assert end.startswith("100 ")
    assert drawn.will == f"M{end}L200 {37 - 34 * 200 / 500:.1f}"
    assert drawn.goal == 3


def test_where_nobody_signed_nothing_is_drawn() -> None:
    assert pace.plot({}, TODAY, TODAY, TODAY, 500, None) is None
