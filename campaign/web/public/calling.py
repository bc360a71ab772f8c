"""Calling an official: the number, when somebody is there, and what to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from sqlalchemy import select

from campaign import channels, clock
from campaign.appeals.letters import calling
from campaign.appeals.relay import pacing
from campaign.appeals.relay.pacing import Hours
from campaign.errors import Unknown
from campaign.publication.reading import published
from campaign.publication.values import PublicAction, PublicRecipient
from campaign.storage.tables import Organisation
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.public.pages import cached
from campaign.web.public.prints import writable
from campaign.web.rendering import page

blueprint = Blueprint("calling", __name__)


@dataclass(frozen=True)
class Office:
    """When an office answers: its days (0 is Monday), the next opening as instants, and whether it is open now."""

    first: int
    last: int
    opens: datetime
    closes: datetime
    zone: str
    is_open: bool


@blueprint.get("/<locale:locale>/actions/<slug>/call")
def call(locale: str, slug: str) -> Response:
    """What to say on the telephone. `official` is its number, `lang` the language of the words."""
    number = request.args.get("official", type=numbers.whole)
    tongue = request.args.get("lang", "")[:16]
    return cached(("call", locale, slug, number, tongue), lambda: _page(locale, slug, number, tongue))


def _page(locale: str, slug: str, number: int | None, tongue: str) -> str:
    now = clock.now()
    with door().storage.reading() as session:
        action = writable(published(session, slug, locale))
        spoken = published(session, slug, tongue) if tongue in action.languages else action
        organisation = session.scalars(select(Organisation)).one()
        opens, closes = organisation.office_opens, organisation.office_closes
    recipient = _with_telephone(action, number)
    hours = pacing.hours_of(recipient.country, recipient.time_zone, opens, closes)
    telephone = channels.BY_KEY["phone"]
    return page(
        "public/call.html",
        action=action,
        to=recipient,
        numbers=[
            (telephone.shown(it), telephone.link(it, recipient.country)) for it in recipient.channels[telephone.key]
        ],
        office=_office(hours, now),
        now=now,
        spoken=spoken,
        script=calling.script(spoken, _with_telephone(spoken, recipient.n)),
        over=not action.takes_signatures(now),
        token=door().links.form(slug),
    )


def _with_telephone(action: PublicAction, number: int | None) -> PublicRecipient:
    """The official of that number, or the first who can be called."""
    for recipient in action.recipients:
        if recipient.channels.get("phone") and number in (None, recipient.n):
            return recipient
    raise Unknown("We have no telephone number of this official.")


def _office(hours: Hours, now: datetime) -> Office:
    first, last = pacing.open_days(hours)
    day = now.astimezone(ZoneInfo(hours.zone)).date()
    opening = None
    while opening is None:
        opening, day = hours.opening(day), day + timedelta(days=1)
    return Office(first, last, *opening, hours.zone, pacing.open_at(hours, now))
