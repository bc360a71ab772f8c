"""An action that was stopped: nothing of it is sent, shown or taken any more, also when it lies in the archive."""

from __future__ import annotations

from campaign.errors import Gone, Why
from campaign.publication.values import PublicAction
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus


def stopped(action: Action | PublicAction) -> bool:
    """The rule: a stop holds for good. Archiving changes the status; the reason of the stop stays."""
    archived = action.status is ActionStatus.ARCHIVED
    return action.status is ActionStatus.STOPPED or (archived and bool(action.stop_reason))


def refuse_if_stopped(action: Action | PublicAction) -> None:
    """Raises `Gone` where writing would do harm."""
    if stopped(action):
        raise Gone("This action was stopped. Please do not write any more. It could do harm.", Why.STOPPED)
