"""The rule "the best way to write now": by post while a letter arrives in time, else by what is faster.

One answer for the action page, the letter page, the thanks, the mails, the calendar and the board: what one of them
says, another never denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from campaign.publication.posting_days import ELSEWHERE, posting_days
from campaign.publication.values import PublicAction, PublicRecipient


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
