"""A signature sheet of an action as it is to be printed today, and by when it is to be back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaign import clock, language
from campaign.errors import Gone, Why
from campaign.printing.sheets.signature_sheet import SignatureSheet
from campaign.publication import posting_days as posting_rules
from campaign.publication.posting_days import posting_days
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction
from campaign.strip import Strip
from campaign.vocabulary import EventKind


@dataclass(frozen=True)
class Sender:
    """The organisation to which sheets go back, in the sheet's language. `posting_days` are its own, by country."""

    name: str
    address: tuple[str, ...]
    contact: str
    retention_days: int
    posting_days: Mapping[str, int]


def blank(action: PublicAction, sender: Sender, base_url: str, number: str, now: datetime) -> SignatureSheet:
    """A sheet in the language of the action's text. Raises `Gone` for an action that takes no signatures now."""
    refuse_if_stopped(action)
    if action.deadline is None or not action.takes_signatures(now):
        raise Gone("The deadline of this action has passed. You can no longer sign it.", Why.LATE)
    issued_on = action.issued_on or action.deadline
    threats = [(it.on, it.caption) for it in action.events if it.kind is EventKind.THREAT]
    days = max([posting_days(it.country, sender.posting_days) for it in action.asked], default=posting_rules.ELSEWHERE)
    return SignatureSheet(
        locale=action.locale,
        organisation=sender.name,
        address=sender.address,
        contact=sender.contact,
        title=action.title,
        country=language.country_name(action.country, action.locale),
        action_number=action.number,
        asked=tuple((it.label, (it.office or it.title) if it.name else None) for it in action.asked if it.label),
        demands=action.demands,
        # Without a today: a sheet lies about for weeks, and a count of days left would soon be wrong.
        strip=Strip.of(issued_on, action.deadline, issued_on - timedelta(days=1), threats),
        return_by=back_by(action.deadline, clock.local_day(now, action.time_zone), days),
        kept_days=sender.retention_days,
        number=number,
        url=f"{base_url}/sheets/{action.slug}/{number}",
    )


def back_by(deadline: date, today: date, days: int) -> date:
    """By when a sheet is to be with the organisation: so that what it then posts to the official is there in time.

    Where that day is over, what comes by the deadline can still be carried or faxed there.
    """
    by = deadline - timedelta(days=days)
    return by if by > today else deadline
