"""Letters by official: how many stand where, and whether they will all have gone before the deadline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.relay import pacing
from campaign.appeals.relay import queue as letter_queue
from campaign.appeals.relay.content import label_of
from campaign.appeals.relay.pacing import Pace
from campaign.language import ORIGINAL
from campaign.publication.best_way import Way, best_way
from campaign.publication.posting_days import posting_days
from campaign.sentences import Sentence, counted, joined
from campaign.storage.tables import Action, Case, Letter, Official, Organisation, Recipient
from campaign.vocabulary import ActionStatus, LetterStatus

_S = LetterStatus
# How long after the end of an action what was not sent may still be printed and posted.
UNSENT_KEPT = timedelta(days=14)


TOO_LATE_BY_POST = Sentence("A posted letter would arrive after the deadline, too.")


@dataclass(frozen=True)
class Queue:
    """The letters of one action to one official.

    `counts` has every status, and adds up to the letters there are. Of those queued: `parked` wait for a person,
    since there is no address that works; `waiting` for the official to be cleared; `late` are not sure to leave
    before the deadline. `last_at`: by when the others have gone, at the latest; None if none will.
    `to_print` can go into a post run now. `unposted` were printed in runs that are not ticked off. `by_post`: what is
    posted today arrives in time, by the rule that supporters' pages have.
    """

    action_id: int
    official_id: int
    official: str
    counts: Mapping[LetterStatus, int]
    parked: int
    waiting: int
    late: int
    last_at: datetime | None
    to_print: int
    unposted: int
    bounced_at: datetime | None
    cleared: bool
    has_email: bool
    over: bool  # the action takes no letters any more
    by_post: bool = True

    @property
    def total(self) -> int:
        """All letters there are."""
        return sum(self.counts.values())


def of_action(
    session: Session, action_id: int, now: datetime, *, live: bool, own: Mapping[str, int] | None = None
) -> tuple[Queue, ...]:
    """The queues of one action, in the order of its recipients. `live`: an official must be cleared first; `own`: the
    posting days that this installation knows better."""
    placed = select(Recipient.official_id, Recipient.position).where(Recipient.action_id == action_id)
    places = dict(session.execute(placed).all())
    found = _queues(session, now, live, Letter.action_id == action_id, own or {})
    mine = (it for it in found if it.action_id == action_id)
    return tuple(sorted(mine, key=lambda it: (places.get(it.official_id, len(places) + 1), it.official_id)))


def flags(
    session: Session, now: datetime, *, live: bool, own: Mapping[str, int] | None = None
) -> dict[int, list[Sentence]]:
    """{action: what needs a person}, in sentences; of actions that are open or closed. The queries are always six."""
    underway = select(Action.id).where(Action.status.in_((ActionStatus.OPEN, ActionStatus.CLOSED)))
    told: defaultdict[int, list[Sentence]] = defaultdict(list)
    for queue in _queues(session, now, live, Letter.action_id.in_(underway.scalar_subquery()), own or {}):
        told[queue.action_id] += concerns(queue)
    return {action_id: said for action_id, said in told.items() if said}


def concerns(queue: Queue) -> list[Sentence]:
    """What a queue asks of the office, in sentences."""
    said, to = [], queue.official
    if queue.over:
        if queue.to_print:
            said.append(
                counted(
                    "%(n)s letter to %(official)s not sent before the deadline. Print them within %(days)s days after "
                    "it, or they are deleted.",
                    "%(n)s letters to %(official)s not sent before the deadline. Print them within %(days)s days after "
                    "it, or they are deleted.",
                    queue.to_print,
                    official=to,
                    days=UNSENT_KEPT.days,
                )
            )
    else:
        if queue.parked and queue.by_post and queue.bounced_at:
            said.append(
                counted(
                    "%(n)s letter to %(official)s on hold: e-mail bounced. Correct the address, or print them.",
                    "%(n)s letters to %(official)s on hold: e-mail bounced. Correct the address, or print them.",
                    queue.parked,
                    official=to,
                )
            )
        elif queue.parked and queue.by_post:
            said.append(
                counted(
                    "%(n)s letter to %(official)s on hold: there is no approved address. Correct the address, or print "
                    "them.",
                    "%(n)s letters to %(official)s on hold: there is no approved address. Correct the address, or "
                    "print them.",
                    queue.parked,
                    official=to,
                )
            )
        elif queue.parked and queue.bounced_at:
            held = counted(
                "%(n)s letter to %(official)s on hold: e-mail bounced. Correct the address.",
                "%(n)s letters to %(official)s on hold: e-mail bounced. Correct the address.",
                queue.parked,
                official=to,
            )
            said.append(joined((held, TOO_LATE_BY_POST)))
        elif queue.parked:
            held = counted(
                "%(n)s letter to %(official)s on hold: there is no approved address. Correct the address.",
                "%(n)s letters to %(official)s on hold: there is no approved address. Correct the address.",
                queue.parked,
                official=to,
            )
            said.append(joined((held, TOO_LATE_BY_POST)))
        if queue.waiting:
            said.append(
                counted(
                    "%(n)s letter to %(official)s waiting. A second person must approve this official.",
                    "%(n)s letters to %(official)s waiting. A second person must approve this official.",
                    queue.waiting,
                    official=to,
                )
            )
        if queue.late:
            if queue.by_post:
                said.append(
                    counted(
                        "%(n)s letter to %(official)s too late to send before the deadline. Print them.",
                        "%(n)s letters to %(official)s too late to send before the deadline. Print them.",
                        queue.late,
                        official=to,
                    )
                )
            else:
                late = counted(
                    "%(n)s letter to %(official)s too late to send before the deadline.",
                    "%(n)s letters to %(official)s too late to send before the deadline.",
                    queue.late,
                    official=to,
                )
                said.append(joined((late, TOO_LATE_BY_POST)))
    if queue.unposted:
        said.append(
            counted(
                "%(n)s letter to %(official)s printed. Mark as posted once sent.",
                "%(n)s letters to %(official)s printed. Mark as posted once sent.",
                queue.unposted,
                official=to,
            )
        )
    return said


@dataclass
class _Counts:
    """Of one action and official: how many there are, and how many of them still have their words."""

    there: dict[LetterStatus, int]
    whole: dict[LetterStatus, int]


def _queues(
    session: Session, now: datetime, live: bool, which: ColumnElement[bool], own: Mapping[str, int]
) -> list[Queue]:
    organisation = session.scalars(select(Organisation)).one()
    counted = _counted(session, which)
    actions = _actions(session, {it for it, _ in counted})
    officials = {
        it.id: it
        for it in session.scalars(select(Official).where(Official.id.in_({official for _, official in counted})))
    }
    recipients = set(
        session.execute(select(Recipient.action_id, Recipient.official_id).where(Recipient.action_id.in_(actions)))
    )
    recent = letter_queue.recent(session, sorted(officials), now)
    pace = Pace(organisation.letters_hourly, organisation.letters_daily)
    found: list[Queue] = []
    for official_id, official in officials.items():
        hours = pacing.hours_of(
            official.country, official.time_zone, organisation.office_opens, organisation.office_closes
        )
        theirs = sorted(
            (actions[action_id].end, action_id, counts)
            for (action_id, it), counts in counted.items()
            if it == official_id
        )
        ahead = 0
        for end, action_id, counts in theirs:
            queued = counts.there[_S.QUEUED]
            action = actions[action_id]
            over = action.status is not ActionStatus.OPEN or now >= end
            takes = posting_days(official.country, own)
            today = clock.local_day(now, action.zone)
            advice = best_way(today, action.deadline, takes, address=bool(official.address), faster=False)
            may = _may_be_written_to(official) and (action_id, official_id) in recipients
            parked = 0 if may or over else queued
            waiting = queued if may and live and official.cleared_at is None and not over else 0
            going = 0 if over or parked or waiting else queued
            fits = min(going, max(0, pacing.room(pace, hours, recent[official_id], now, end) - ahead)) if going else 0
            ahead += fits
            found.append(
                Queue(
                    action_id=action_id,
                    official_id=official_id,
                    official=label_of(official, ORIGINAL),
                    counts=counts.there,
                    parked=parked,
                    waiting=waiting,
                    late=going - fits,
                    last_at=pacing.last_at(pace, hours, recent[official_id], now, ahead) if fits else None,
                    to_print=counts.whole[_S.QUEUED] + counts.whole[_S.BOUNCED],
                    unposted=counts.whole[_S.PRINTED],
                    bounced_at=official.email_bounced_at,
                    cleared=official.cleared_at is not None,
                    has_email=bool(official.emails),
                    over=over,
                    by_post=advice.way is Way.POST,
                )
            )
    return found


def _may_be_written_to(official: Official) -> bool:
    return official.email_bounced_at is None and official.merged_into_id is None and bool(official.emails)


def _counted(session: Session, which: ColumnElement[bool]) -> dict[tuple[int, int], _Counts]:
    """Of the letters asked for; and of whatever else is queued to the same officials, since it takes its turn too."""
    same = select(Letter.official_id).where(which)
    queued_too = and_(Letter.status == _S.QUEUED, Letter.official_id.in_(same.scalar_subquery()))
    rows = session.execute(
        select(Letter.action_id, Letter.official_id, Letter.status, func.count(), func.count(Letter.content))
        .where(or_(which, queued_too))
        .group_by(Letter.action_id, Letter.official_id, Letter.status)
    )
    found: dict[tuple[int, int], _Counts] = {}
    for action_id, official_id, status, there, whole in rows:
        nothing = dict.fromkeys(LetterStatus, 0)
        counts = found.setdefault((action_id, official_id), _Counts(nothing, dict(nothing)))
        counts.there[status], counts.whole[status] = there, whole
    return found


@dataclass(frozen=True)
class _Ends:
    """Where an action stands, and when it ends, where the case is."""

    status: ActionStatus
    deadline: date
    zone: str

    @property
    def end(self) -> datetime:
        return clock.end_of(self.deadline, self.zone)


def _actions(session: Session, wanted: Iterable[int]) -> dict[int, _Ends]:
    """{action: when it ends}."""
    rows = session.execute(
        select(Action.id, Action.status, Action.deadline, Case.time_zone)
        .join(Case, Case.id == Action.case_id)
        .where(Action.id.in_(list(wanted)))
    )
    return {it.id: _Ends(it.status, it.deadline, it.time_zone) for it in rows}
