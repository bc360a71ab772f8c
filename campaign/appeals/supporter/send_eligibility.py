"""Whether we may offer someone to send their letter, and to whom. What they then ask for is judged by `entrusting`."""

from __future__ import annotations

from datetime import datetime

from campaign.appeals.supporter.my_data import Mine
from campaign.errors import CampaignError, Gone, Refused, Why
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction, PublicRecipient
from campaign.vocabulary import SignatureStatus


def reachable(action: PublicAction) -> tuple[PublicRecipient, ...]:
    """Who can be written to by e-mail and has a model letter; those who are asked to act first."""
    written = {it.recipient_n for it in action.letters}
    found = [it for it in action.recipients if it.emails and it.n in written]
    return tuple(sorted(found, key=lambda it: it not in action.asked))


def possible(action: PublicAction, now: datetime) -> bool:
    """Whether letters of this action are sent at all."""
    return action.takes_signatures(now) and bool(reachable(action))


def refuse_impossible(stored: Mine, action: PublicAction, now: datetime) -> None:
    """Raises `Refused` or `Gone` where nothing could be sent for the owner of this signature."""
    for says_no in (_signature(stored), _action(action, now)):
        if says_no is not None:
            raise says_no


def _signature(stored: Mine) -> CampaignError | None:
    if stored.status is SignatureStatus.PENDING:
        return Refused("Confirm your signature first. The link is in the e-mail we sent you.")
    if stored.status is not SignatureStatus.CONFIRMED:
        return Gone("This signature was withdrawn. We send letters only for people who have signed.", Why.WITHDRAWN)
    return None


def _action(action: PublicAction, now: datetime) -> CampaignError | None:
    refuse_if_stopped(action)
    if not action.takes_signatures(now):
        return Gone("The deadline of this action has passed. We no longer send letters.", Why.LATE)
    if not reachable(action):
        return Refused("We have no e-mail address for this official. Print the letter and send it by post.")
    return None
