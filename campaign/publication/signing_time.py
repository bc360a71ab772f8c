"""The rule "it may be signed now": one function for the form, the page, the mails, the letters and the sheets."""

from __future__ import annotations

from datetime import date, datetime

from campaign import clock
from campaign.vocabulary import ActionStatus


def may_be_signed(status: ActionStatus, deadline: date | None, zone: str, at: datetime) -> bool:
    """Whether an action takes signatures, and asks for letters, at an instant: open, and before its deadline's last
    instant in the case's IANA zone."""
    return status is ActionStatus.OPEN and deadline is not None and clock.signing_open(at, deadline, zone)
