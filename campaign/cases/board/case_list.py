"""The list of cases: those with open actions first, each with what is ahead of it and what needs attention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.cases.evidence.figure_conflicts import EvidenceFlag, flags
from campaign.publication.slugs import case_named
from campaign.storage.tables import Action, Case, Event
from campaign.vocabulary import ActionStatus, EventKind

PER_PAGE = 40


@dataclass(frozen=True)
class Listed:
    """A case in the list. `threat` is the nearest day of harm ahead; `sensitive`: only named colleagues see it."""

    slug: str
    title: str
    country: str
    actions: int
    open: int
    threat: date | None
    flags: tuple[EvidenceFlag, ...]
    sensitive: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseList:
    """One page of the list, or all of it; `total` counts the cases of every page."""

    cases: tuple[Listed, ...]
    total: int
    page: int
    pages: int


def read(session: Session, now: datetime, among: Collection[int] | None, page: int | None) -> CaseList:
    """The cases of these ids (None: all of them): a page, the nearest there is; or for None the whole list."""
    cases = [it for it in session.scalars(select(Case).order_by(Case.slug)) if among is None or it.id in among]
    statuses: dict[int, list[ActionStatus]] = defaultdict(list)
    standing = select(Action.case_id, Action.status).where(Action.discarded_at.is_(None))
    for case_id, status in session.execute(standing):
        statuses[case_id].append(status)
    opened = {it.id: statuses[it.id].count(ActionStatus.OPEN) for it in cases}
    cases.sort(key=lambda it: (-opened[it.id], case_named(it.slug, it.country)))
    pages = max(1, -(-len(cases) // PER_PAGE))
    at = 1 if page is None else min(max(1, page), pages)
    shown = cases if page is None else cases[(at - 1) * PER_PAGE : at * PER_PAGE]
    ids = {it.id for it in shown}
    threats: dict[int, list[date]] = defaultdict(list)
    dated = select(Event.case_id, Event.on).where(Event.kind == EventKind.THREAT)
    for case_id, on in session.execute(dated if page is None else dated.where(Event.case_id.in_(ids))):
        threats[case_id].append(on)
    raised = flags(session, list(ids), now)
    listed = tuple(
        Listed(
            slug=it.slug,
            title=case_named(it.slug, it.country),
            country=it.country,
            actions=len(statuses[it.id]),
            open=opened[it.id],
            threat=min((on for on in threats[it.id] if on >= clock.local_day(now, it.time_zone)), default=None),
            flags=tuple(raised.get(it.id, ())),
            sensitive=it.sensitive_since is not None,
            tags=tuple(it.tags),
        )
        for it in shown
    )
    return CaseList(listed, len(cases), at, pages)
