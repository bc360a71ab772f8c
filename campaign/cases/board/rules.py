"""The board: what is due, the most urgent first.

Rules and values alone; `board_rows` reads what they look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.cases.board.pace import Plot
from campaign.office.due_dates import Due, Duty
from campaign.office.next_steps import UNDERWAY, Flag, Step
from campaign.strip import Strip
from campaign.vocabulary import ActionStatus

WEEK = 7
# A small office sees all it has. Where there is more, all that is due today or late is drawn; of the rest so many rows
# at first, so many of a group at least and at most, and the others are a press away.
ALL = 30
ROWS = 8
LEAST, MOST = 1, 5


class Group(StrEnum):
    """Where a row stands on the board, in this order."""

    TODAY = "today"
    OVERDUE = "overdue"
    WEEK = "week"
    LATER = "later"
    WAITING = "waiting"
    FINISHED = "finished"


@dataclass(frozen=True)
class BoardFilter:
    """What somebody looks for on the board. `me` is an organiser's id."""

    words: str = ""
    status: ActionStatus | None = None
    country: str | None = None
    mine: bool = False
    tag: str = ""
    whole: Group | None = None  # the group of which every row is shown
    unfolded: bool = False  # every row of every group, as a file has them
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
    closed_on: date | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None  # by name


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
    tags: tuple[str, ...] = ()  # likewise

    @property
    def waiting(self) -> int:
        """How many actions wait for a second person."""
        return sum(it.all for it in self.sections if it.group is Group.WAITING)


# What is late, the worst first: people write to an office whose day has passed, someone is not protected yet, names
# are not handed over, nobody was told how it ended.
_HARM = {Duty.APPEALS: 0, Duty.OPEN: 1, Duty.DOSSIER: 2, None: 3, Duty.OUTCOME: 4}
DUE = (Group.TODAY, Group.OVERDUE)


def harm(status: ActionStatus, duty: Duty | None) -> int:
    """The rank of what is late, by the harm that its being late does; 0 is the worst."""
    return 0 if status is ActionStatus.OPEN else _HARM.get(duty, len(_HARM))


def shares(waiting: Mapping[Group, int], rows: int = ROWS) -> dict[Group, int]:
    """How many rows of each group are drawn: of what is due every one; of the rest all, or a few of each, and what is
    left goes to the most urgent."""
    if sum(waiting.values()) <= ALL:
        return dict(waiting)
    drawn = {group: n if group in DUE else min(n, LEAST) for group, n in waiting.items()}
    rest = [group for group in Group if group not in DUE]
    left = rows - sum(drawn.get(group, 0) for group in rest)
    for group in rest:
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


def overdue_since(flags: Sequence[Flag], deadline: date | None) -> date | None:
    """Since when something that goes on after the last day to write lies about; None if nothing does."""
    days = (it.on or deadline for it in flags if it.need in UNDERWAY)
    return min(filter(None, days), default=None)


def missing(wanted: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    """The languages that are asked for and not there, in their order, each once."""
    return tuple(it for it in dict.fromkeys(wanted) if it not in there)
