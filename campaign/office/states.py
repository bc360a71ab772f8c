"""Where an action stands, in a word: for what rooms say of it."""

from __future__ import annotations

from campaign.sentences import Sentence
from campaign.vocabulary import ActionStatus

_CALLED = {
    ActionStatus.DRAFT: Sentence("draft"),
    ActionStatus.IN_REVIEW: Sentence("in review"),
    ActionStatus.OPEN: Sentence("open"),
    ActionStatus.CLOSED: Sentence("closed"),
    ActionStatus.STOPPED: Sentence("stopped"),
    ActionStatus.ARCHIVED: Sentence("archived"),
}


def called(status: ActionStatus) -> Sentence:
    """A state of an action as a sentence names it."""
    return _CALLED[status]
