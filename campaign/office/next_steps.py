"""The next step of an action: one rule for the board, the action's own page and the daily mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.sentences import Sentence
from campaign.vocabulary import ActionStatus, Outcome

# A deadline so near asks for a decision: extend, or let it close.
NEAR = 3


class Step(StrEnum):
    """What to do next with an action."""

    MOVE_DEADLINE = "move_deadline"
    FINISH = "finish"
    STATEMENT = "statement"
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
    UPDATES = "updates"
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
    UPDATE = "update"  # one that was planned and could not be sent
    FIGURES = "figures"
    TEXT = "text"
    LETTER = "letter"
    THREAT = "threat"
    TASK = "task"  # what an organiser wrote down is due today or late


@dataclass(frozen=True)
class Flag:
    """One thing that needs a person; `words` say what, and `on` by which day if there is one."""

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
    weighed: bool = True  # somebody has signed that it does no harm


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
            if not facts.weighed:
                return Step.STATEMENT
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
    Need.UPDATE: Step.UPDATES,
    Need.FIGURES: Step.FIGURES,
    Need.TEXT: Step.TRANSLATE,
    Need.LETTER: Step.TRANSLATE,
}

# What goes on after the last day to write: a dossier on its way, letters that have not left, news that was held back.
UNDERWAY = (Need.DISPATCH, Need.RECEIPT, Need.ANSWER, Need.QUEUE, Need.UPDATE)

# What each step is called, as a button says it and a mail repeats it.
SAID: dict[Step, Sentence] = {
    Step.MOVE_DEADLINE: Sentence("Set a new deadline"),
    Step.FINISH: Sentence("Finish writing"),
    Step.STATEMENT: Sentence("Sign the do-no-harm statement"),
    Step.SUBMIT: Sentence("Submit for review"),
    Step.REVIEW: Sentence("Review"),
    Step.AWAIT: Sentence("See the review"),
    Step.PUBLISH: Sentence("Publish"),
    Step.OPENS: Sentence("See when it opens"),
    Step.EXTEND: Sentence("Extend or close"),
    Step.TRANSLATE: Sentence("Add the language"),
    Step.FIGURES: Sentence("Review figures"),
    Step.OFFICIALS: Sentence("Fix the address"),
    Step.SIGNATURES: Sentence("Check signatures"),
    Step.LOOK: Sentence("Open"),
    Step.DISPATCH: Sentence("Send the signature book"),
    Step.RECEIPT: Sentence("Record the receipt"),
    Step.ANSWER: Sentence("Answer the reply"),
    Step.LETTERS: Sentence("Manage letters"),
    Step.UPDATES: Sentence("See the update"),
    Step.DOSSIER: Sentence("Create the signature book"),
    Step.OUTCOME: Sentence("Close with an outcome"),
    Step.ARCHIVE: Sentence("Archive"),
}
