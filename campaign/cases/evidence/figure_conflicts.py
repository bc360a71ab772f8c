"""Figures weighed against each other: side by side for a page, and as flags for the board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from campaign import clock
from campaign.cases.evidence import figure_rules as rules
from campaign.cases.evidence.figure_rules import Clash, Difference, Freshness, Reading
from campaign.language import ORIGINAL, number
from campaign.publication.figures import said, written
from campaign.storage.tables import Case, Figure, Organisation


@dataclass(frozen=True)
class EvidenceFlag:
    """Something about a case's evidence that needs a person, in English.

    `decided`: somebody chose which figure is quoted and wrote why, so it is to be known rather than done.
    """

    words: str
    decided: bool = False


@dataclass(frozen=True)
class DatedFigure:
    """One figure as organisers see it; `age` is in days, None where nothing dates it."""

    figure: Figure
    text: str
    freshness: Freshness
    age: int | None


@dataclass(frozen=True)
class SideBySide:
    """All figures for one thing, the quoted one first; how they differ, in sentences.

    `conflicts` need a person, `updates` are news; `decided` says that somebody wrote why one is quoted.
    """

    key: str
    figures: tuple[DatedFigure, ...]
    conflicts: tuple[str, ...]
    updates: tuple[str, ...]
    decided: bool

    @property
    def quoted(self) -> Figure | None:
        """The one that letters quote."""
        return next((it.figure for it in self.figures if it.figure.quoted), None)


def flags(session: Session, case_ids: Collection[int], now: datetime) -> dict[int, list[EvidenceFlag]]:
    """What about the evidence of each case needs a person; cases without anything are left out. Two queries."""
    stale_days = session.scalar(select(Organisation.stale_days)) or 90
    found = session.execute(
        select(Figure, Case.time_zone)
        .join(Case, Case.id == Figure.case_id)
        .where(Figure.case_id.in_(case_ids))
        .options(joinedload(Figure.source))
    ).all()
    readings: dict[int, list[Reading]] = defaultdict(list)
    today: dict[int, date] = {}
    for figure, zone in found:
        readings[figure.case_id].append(reading_of(figure))
        today[figure.case_id] = clock.local_day(now, zone)
    raised = {case_id: flags_of(its, stale_days, today[case_id]) for case_id, its in readings.items()}
    return {case_id: its for case_id, its in raised.items() if its}


def flags_of(readings: Sequence[Reading], stale_days: int, today: date) -> list[EvidenceFlag]:
    """The flags of one case. Only figures that pages put first count as too old: others are shown with their dates."""
    fresh = [rules.freshness(it, stale_days, today) for it in rules.leading(readings)]
    raised: list[EvidenceFlag] = []
    if old := fresh.count(Freshness.STALE):
        raised.append(EvidenceFlag(f"{_counted(old)} out of date (over {stale_days} days)"))
    if undated := fresh.count(Freshness.UNDATED):
        raised.append(EvidenceFlag(f"{_counted(undated)} without a date"))
    for key, decided in rules.in_conflict(readings).items():
        words = f"Sources disagree about {named(key)}"
        raised.append(EvidenceFlag(f"{words}; one was chosen, with a reason" if decided else words, decided))
    return raised


def side_by_side(figures: Iterable[Figure], stale_days: int, today: date) -> tuple[SideBySide, ...]:
    """Figures by what they count, in alphabetical order of their keys."""
    by_key: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_key[figure.key].append(figure)
    return tuple(_group(key, by_key[key], stale_days, today) for key in sorted(by_key))


def reading_of(figure: Figure) -> Reading:
    """A stored figure as the rules look at it."""
    source = figure.source
    return Reading(
        id=figure.id,
        key=figure.key,
        value=int(figure.value),
        source=figure.source_id,
        when=rules.period(figure.as_of, source.published_on, source.published_about),
        quoted=figure.quoted,
        weighed=bool(figure.why),
    )


def named(key: str) -> str:
    """A figure's key as words: "card holders"."""
    return key.replace("_", " ")


def _counted(n: int) -> str:
    return f"{n} figure" if n == 1 else f"{n} figures"


def _group(key: str, members: Sequence[Figure], stale_days: int, today: date) -> SideBySide:
    readings = {it.id: reading_of(it) for it in members}
    publishers = {it.source_id: said(it.source.publisher, ORIGINAL) for it in members}
    weighed = [
        DatedFigure(
            figure=it,
            text=written(int(it.value), it.qualifier, ORIGINAL),
            freshness=rules.freshness(readings[it.id], stale_days, today),
            age=rules.age(readings[it.id], today),
        )
        for it in sorted(members, key=lambda it: (not it.quoted, it.id))
    ]
    differ = rules.differences(readings.values())
    first = next((it.value for it in readings.values() if it.quoted), None)
    return SideBySide(
        key=key,
        figures=tuple(weighed),
        conflicts=_told((it for it in differ if it.in_conflict), publishers, first),
        updates=_told((it for it in differ if not it.in_conflict), publishers, first),
        decided=rules.in_conflict(readings.values()).get(key, False),
    )


def _told(differ: Iterable[Difference], publishers: dict[int, str], first: int | None) -> tuple[str, ...]:
    """Differences as sentences, one for each two numbers, with all who say them; the quoted number goes `first`."""
    sides: dict[tuple[Clash, int, int], tuple[list[str], list[str]]] = {}
    for it in differ:
        here, there = it.one, it.other
        if it.in_conflict and (there.value == first or (here.value != first and there.value > here.value)):
            here, there = there, here
        named_here, named_there = sides.setdefault((it.kind, here.value, there.value), ([], []))
        named_here.append(publishers[here.source])
        named_there.append(publishers[there.source])
    return tuple(_sentence(*key, *its) for key, its in sides.items())


def _sentence(kind: Clash, here: int, there: int, say_here: list[str], say_there: list[str]) -> str:
    one, other = number(here, ORIGINAL), number(there, ORIGINAL)
    who, whose = ", ".join(dict.fromkeys(say_here)), ", ".join(dict.fromkeys(say_there))
    match kind:
        case Clash.WITHIN_A_SOURCE:
            return f"{who} gives both {one} and {other} for the same date. The source contradicts itself."
        case Clash.SAME_DATE:
            return f"{one} ({who}) or {other} ({whose}), both for the same day."
        case Clash.DATES_UNCLEAR:
            return f"{one} ({who}) or {other} ({whose}). Their dates do not show which is newer."
        case Clash.UPDATE:
            lower = "  The later number is lower." if there < here else ""
            return f"{one} ({who}), and later {other} ({whose}).{lower}"
