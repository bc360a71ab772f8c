"""The board: what is due, the most urgent first, and the one next step of each.

Rules and values alone; `board_rows` reads what they look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.cases.board.pace import Plot
from campaign.office.due_dates import Due, Duty
from campaign.strip import Strip
from campaign.vocabulary import ActionStatus, Outcome

WEEK = 7
# A deadline so near asks for a decision: extend, or let it close.
NEAR = 3
# A small office sees all it has. Where there is more, so many rows are drawn at first, so many of a group at least
# and at most, and the others are a press away.
ALL = 30
ROWS = 8
LEAST, MOST = 1, 5


class Group(StrEnum):
    """Where a row stands on the board, in this order."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    WAITING = "waiting"
    FINISHED = "finished"


class Step(StrEnum):
    """What to do next with an action."""

    MOVE_DEADLINE = "move_deadline"
    FINISH = "finish"
    SUBMIT = "submit"
    REVIEW = "review"
    AWAIT = "await"
    PUBLISH = "publish"
    OPENS = "opens"
    EXTEND = "extend"
    TRANSLATE = "translate"
    FIGURES = "figures"
    OFFICIALS = "officials"
    SIGNATURES = "signatures"
    DISPATCH = "dispatch"
    RECEIPT = "receipt"
    ANSWER = "answer"
    LETTERS = "letters"
    LOOK = "look"
    DOSSIER = "dossier"
    OUTCOME = "outcome"
    ARCHIVE = "archive"


class Need(StrEnum):
    """What is wrong and needs a person, in the order of how much harm it does."""

    PAUSED = "paused"
    SIGNING = "signing"
    OFFICIAL = "official"
    DISPATCH = "dispatch"
    RECEIPT = "receipt"
    ANSWER = "answer"
    QUEUE = "queue"  # letters that will not all leave by themselves
    FIGURES = "figures"
    TEXT = "text"
    LETTER = "letter"
    THREAT = "threat"


@dataclass(frozen=True)
class Flag:
    """One thing that needs a person; `words` say what, in English, and `on` by which day if there is one."""

    need: Need
    words: str
    on: date | None = None


@dataclass(frozen=True)
class Facts:
    """What the rules of one row look at. `mine`: the one who looks put it forward themselves."""

    status: ActionStatus
    deadline: date | None
    days: int | None  # until the deadline, where the case is
    dossier: bool
    outcome: Outcome | None
    approved: bool = False
    opens_at: datetime | None = None
    mine: bool = False
    reviewed: bool = True  # whether this office asks for a second person's yes
    whole: bool = True  # text, letter and an official are there


@dataclass(frozen=True)
class BoardFilter:
    """What somebody looks for on the board. `me` is an organiser's id."""

    words: str = ""
    status: ActionStatus | None = None
    country: str | None = None
    mine: bool = False
    whole: Group | None = None  # the group of which every row is shown
    me: int = 0


@dataclass(frozen=True)
class Row:
    """An action on the board. `days` are until `on`, the day by which `duty` is due."""

    id: int
    slug: str
    case_slug: str
    number: str | None
    title: str
    locale: str
    country: str
    status: ActionStatus
    deadline: date | None
    duty: Duty | None
    on: date | None
    days: int | None
    step: Step
    flags: tuple[Flag, ...]
    strip: Strip | None
    count: int
    goal: int | None
    expected: int | None
    plot: Plot | None
    waiting_since: datetime | None
    opens_at: datetime | None


@dataclass(frozen=True)
class Section:
    """One group: its threats and its actions, as far as they are shown, and how many there are."""

    group: Group
    rows: tuple[Row, ...]
    threats: tuple[Due, ...]
    all: int

    @property
    def hidden(self) -> int:
        """How many actions are not shown."""
        return self.all - len(self.rows)


@dataclass(frozen=True)
class Board:
    """The whole of it. `urgent`: how many things are due today or late."""

    sections: tuple[Section, ...]
    urgent: int
    countries: tuple[str, ...]  # of all actions, for the filter

    @property
    def waiting(self) -> int:
        """How many actions wait for a second person."""
        return sum(it.all for it in self.sections if it.group is Group.WAITING)


def shares(waiting: Mapping[Group, int], rows: int = ROWS) -> dict[Group, int]:
    """How many rows of each group are drawn: all, or a few of each, and what is left goes to the most urgent."""
    if sum(waiting.values()) <= ALL:
        return dict(waiting)
    drawn = {group: min(n, LEAST) for group, n in waiting.items()}
    left = rows - sum(drawn.values())
    for group in Group:
        more = max(0, min(waiting.get(group, 0), MOST) - drawn.get(group, 0))
        if more and left > 0:
            drawn[group] += min(more, left)
            left -= min(more, left)
    return drawn


def group_of(status: ActionStatus, days: int | None, duty: Duty | None) -> Group:
    """Where a row belongs. What is urgent is urgent, whoever it waits for."""
    if status is ActionStatus.IN_REVIEW and (days is None or days > WEEK):
        return Group.WAITING
    if status in (ActionStatus.STOPPED, ActionStatus.ARCHIVED) or (duty is None and status is ActionStatus.CLOSED):
        return Group.FINISHED
    if days is None or days > WEEK:
        return Group.LATER
    if days < 0:
        return Group.OVERDUE
    return Group.TODAY if days == 0 else Group.WEEK


def next_step(facts: Facts, flags: Sequence[Flag] = ()) -> Step:  # noqa: PLR0911 - a policy, read from the top
    """The one thing to do next with an action."""
    late = facts.days is not None and facts.days < 0
    match facts.status:
        case ActionStatus.STOPPED:
            return Step.ARCHIVE
        case ActionStatus.ARCHIVED:
            return Step.LOOK
        case ActionStatus.DRAFT | ActionStatus.IN_REVIEW if late:
            return Step.MOVE_DEADLINE
        case ActionStatus.DRAFT:
            if not facts.whole or facts.deadline is None:
                return Step.FINISH
            return Step.SUBMIT if facts.reviewed else Step.PUBLISH
        case ActionStatus.IN_REVIEW:
            if facts.approved:
                return Step.OPENS if facts.opens_at is not None else Step.PUBLISH
            return Step.AWAIT if facts.mine else Step.REVIEW
        case ActionStatus.OPEN if not late:
            mending = next((it.need for it in flags if it.need in _MENDS), None)
            near = facts.days is not None and facts.days <= NEAR
            return _MENDS[mending] if mending is not None and not near else Step.EXTEND if near else Step.LOOK
        case _:
            if not facts.dossier:
                return Step.DOSSIER
            underway = next((it.need for it in flags if it.need in UNDERWAY), None)
            if underway is not None:
                return _MENDS[underway]
            return Step.OUTCOME if facts.outcome is None else Step.ARCHIVE


_MENDS = {
    Need.PAUSED: Step.SIGNATURES,
    Need.SIGNING: Step.SIGNATURES,
    Need.OFFICIAL: Step.OFFICIALS,
    Need.DISPATCH: Step.DISPATCH,
    Need.RECEIPT: Step.RECEIPT,
    Need.ANSWER: Step.ANSWER,
    Need.QUEUE: Step.LETTERS,
    Need.FIGURES: Step.FIGURES,
    Need.TEXT: Step.TRANSLATE,
    Need.LETTER: Step.TRANSLATE,
}

# What goes on after the last day to write: a dossier on its way, letters that have not left.
UNDERWAY = (Need.DISPATCH, Need.RECEIPT, Need.ANSWER, Need.QUEUE)


def overdue_since(flags: Sequence[Flag], deadline: date | None) -> date | None:
    """Since when something that goes on after the last day to write lies about; None if nothing does."""
    days = (it.on or deadline for it in flags if it.need in UNDERWAY)
    return min(filter(None, days), default=None)


def missing(wanted: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    """The languages that are asked for and not there, in their order, each once."""
    return tuple(it for it in dict.fromkeys(wanted) if it not in there)
