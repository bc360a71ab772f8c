"""The rule "the best way to write now": by post while a letter arrives in time, else by what is faster.

One answer for the action page, the letter page, the thanks, the mails, the calendar and the board: what one of them
says, another never denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from campaign.channels import CHANNELS
from campaign.publication.posting_days import ELSEWHERE, posting_days
from campaign.publication.values import PublicAction, PublicRecipient
from campaign.vocabulary import ChannelKind


class Way(StrEnum):
    """How to write now. `late`: nothing but post leads there, and post is too slow: write all the same, at once."""

    POST = "post"
    FAST = "fast"
    LATE = "late"
    OVER = "over"


@dataclass(frozen=True)
class Advice:
    """What is best now. `by`: the last day to post, where the case is; `days`: how long a letter takes."""

    way: Way
    by: date | None
    days: int


def post_by(deadline: date, days: int) -> date:
    """The last day on which a letter may be posted to arrive by the deadline."""
    return deadline - timedelta(days=days)


def best_way(today: date, deadline: date | None, days: int, *, address: bool, faster: bool) -> Advice:
    """The best way on a day. `address`: there is one to post to; `faster`: there is e-mail, a form, fax, telephone."""
    if deadline is not None and today > deadline:
        return Advice(Way.OVER, None, days)
    by = post_by(deadline, days) if deadline is not None and address else None
    in_time = address and (by is None or today <= by)
    if in_time:
        return Advice(Way.POST, by, days)
    return Advice(Way.FAST if faster else Way.LATE, by, days)


@dataclass(frozen=True)
class Reach:
    """How an official can be reached, as far as this rule asks. `country`: ISO 3166 alpha-2 of their office."""

    country: str | None
    address: bool
    faster: bool


def best_of(officials: Iterable[Reach], today: date, deadline: date | None, settings: Mapping[str, int]) -> Advice:
    """The best way of an action as a whole: by post as long as a letter to any of those asked arrives in time, by the
    nearest of their last days to post. `settings` are the office's own posting days, by country."""
    each = [
        best_way(
            today, deadline, posting_days(official.country, settings), address=official.address, faster=official.faster
        )
        for official in officials
    ]
    if not each:
        return best_way(today, deadline, ELSEWHERE, address=False, faster=False)
    return min(each, key=lambda advice: (_ORDER.index(advice.way), advice.by or date.max))


_ORDER = (Way.POST, Way.FAST, Way.LATE, Way.OVER)


def advice_of(action: PublicAction, today: date, settings: Mapping[str, int]) -> Advice:
    """The same of an action as it is public."""
    return best_of((_reach(recipient) for recipient in action.asked), today, action.deadline, settings)


def _reach(recipient: PublicRecipient) -> Reach:
    return Reach(recipient.country, bool(recipient.address), bool(recipient.emails or recipient.channels))


class NextStep(StrEnum):
    """The one thing that a person is asked for once they have signed. `safe`: nothing that could name them; `over`:
    nothing, the deadline has passed."""

    SAFE = "safe"
    EMAIL = "email"
    ONLINE = "online"
    POST = "post"
    ASK = "ask"
    OVER = "over"


# With fewer days left than this, only what arrives at once is asked for.
HURRIED_DAYS = 2


def next_step(
    *, unnamed: bool, days_left: int | None, email: bool = False, online: bool = False, post: bool = False
) -> NextStep:
    """What helps next, by what still arrives and costs nothing.

    `unnamed`: they are at risk and asked for no name. `days_left`: 0 on the last day, None once it has passed.
    `email`: an official has an address; `online`: a form or a network where one writes in public; `post`: a letter
    that is posted today arrives in time.
    """
    if unnamed:
        return NextStep.SAFE
    if days_left is None:
        return NextStep.OVER
    if email:
        return NextStep.EMAIL
    if online and (days_left < HURRIED_DAYS or not post):
        return NextStep.ONLINE
    if post and days_left >= HURRIED_DAYS:
        return NextStep.POST
    return NextStep.ASK


def step_of(action: PublicAction, today: date, settings: Mapping[str, int], *, unnamed: bool) -> NextStep:
    """The same of an action as it is public. Without a sample letter there is nothing to send: then one person is
    asked."""
    left = None if action.deadline is None or today > action.deadline else (action.deadline - today).days
    asked = action.asked if action.letters else ()
    return next_step(
        unnamed=unnamed,
        days_left=left,
        email=any(it.emails for it in asked),
        online=any(_ONLINE & {*it.channels} for it in asked),
        post=advice_of(action, today, settings).way is Way.POST and bool(asked),
    )


_ONLINE = frozenset(it.key for it in CHANNELS if it.kind is ChannelKind.WEB_FORM or it.public is not None)
