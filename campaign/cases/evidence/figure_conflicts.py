"""Figures weighed against each other: side by side for a page, and as flags for the board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from campaign import clock
from campaign.cases.evidence import figure_rules as rules
from campaign.cases.evidence.figure_rules import Clash, Difference, Freshness, Reading
from campaign.language import ORIGINAL
from campaign.publication.figures import said, written
from campaign.sentences import Sentence, content, counted, joined, listed
from campaign.storage.tables import Case, Figure, Organisation

_Name = Mapping[str, str]  # {locale: name}


@dataclass(frozen=True)
class EvidenceFlag:
    """Something about a case's evidence that needs a person.

    `decided`: somebody chose which figure is quoted and wrote why, so it is to be known rather than done.
    """

    words: Sentence
    decided: bool = False


@dataclass(frozen=True)
class DatedFigure:
    """One figure as organisers see it; `age` is in days, None where nothing dates it."""

    figure: Figure
    text: Sentence
    freshness: Freshness
    age: int | None


@dataclass(frozen=True)
class SideBySide:
    """All figures for one thing, the quoted one first; how they differ, in sentences.

    `conflicts` need a person, `updates` are news; `decided` says that somebody wrote why one is quoted.
    """

    key: str
    figures: tuple[DatedFigure, ...]
    conflicts: tuple[Sentence, ...]
    updates: tuple[Sentence, ...]
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
        words = counted(
            "%(n)s figure out of date (over %(days)s days)",
            "%(n)s figures out of date (over %(days)s days)",
            old,
            days=stale_days,
        )
        raised.append(EvidenceFlag(words))
    if undated := fresh.count(Freshness.UNDATED):
        raised.append(EvidenceFlag(counted("%(n)s figure without a date", "%(n)s figures without a date", undated)))
    for key, decided in rules.in_conflict(readings).items():
        if decided:
            words = Sentence("Sources disagree about %(key)s; one was chosen, with a reason", key=named(key))
        else:
            words = Sentence("Sources disagree about %(key)s", key=named(key))
        raised.append(EvidenceFlag(words, decided))
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


def _group(key: str, members: Sequence[Figure], stale_days: int, today: date) -> SideBySide:
    readings = {it.id: reading_of(it) for it in members}
    publishers = {it.source_id: it.source.publisher for it in members}
    weighed = [
        DatedFigure(
            figure=it,
            text=joined((partial(written, int(it.value), it.qualifier),)),
            freshness=rules.freshness(readings[it.id], stale_days, today),
            age=rules.age(readings[it.id], today),
        )
        for it in sorted(members, key=lambda it: (not it.quoted, it.id))
    ]
    differ = rules.differences(readings.values())
    news = rules.successive(it for it in differ if not it.in_conflict)
    first = next((it.value for it in readings.values() if it.quoted), None)
    return SideBySide(
        key=key,
        figures=tuple(weighed),
        conflicts=_told((it for it in differ if it.in_conflict), publishers, first),
        updates=_told(news, publishers, first),
        decided=rules.in_conflict(readings.values()).get(key, False),
    )


def _told(differ: Iterable[Difference], publishers: Mapping[int, _Name], first: int | None) -> tuple[Sentence, ...]:
    """Differences as sentences, with all who say each number; the quoted one goes `first`.

    Of a conflict there is one for each number, with all that it has not been told to contradict yet: ten sources that
    disagree are nine sentences, not forty-five.
    """
    sides: dict[tuple[Clash, int, int], tuple[list[_Name], list[_Name]]] = {}
    for it in differ:
        here, there = it.one, it.other
        if it.in_conflict and (there.value == first or (here.value != first and there.value > here.value)):
            here, there = there, here
        named_here, named_there = sides.setdefault((it.kind, here.value, there.value), ([], []))
        named_here.append(publishers[here.source])
        named_there.append(publishers[there.source])
    by_figure: dict[tuple[Clash, int], list[int]] = defaultdict(list)
    for kind, number, another in sides:
        by_figure[kind, number].append(another)
    sentences: list[Sentence] = []
    for (kind, number), others in sorted(by_figure.items(), key=lambda it: it[0][1] != first):
        told = [(it, *sides[kind, number, it]) for it in others]
        if len(told) > 1 and kind in _OF_SEVERAL:
            sentences.append(_against(kind, number, told))
        else:
            sentences += [_sentence(kind, number, it, *who) for it, *who in told]
    return tuple(sentences)


_OF_SEVERAL = {
    Clash.SAME_DATE: Sentence("%(one)s (%(who)s) against %(others)s, all for the same day."),
    Clash.DATES_UNCLEAR: Sentence("%(one)s (%(who)s) against %(others)s. Their dates do not show which is newer."),
}


def _against(kind: Clash, number: int, told: Sequence[tuple[int, list[_Name], list[_Name]]]) -> Sentence:
    """One number and all that contradict it in the same way."""
    who = [name for _other, here, _there in told for name in here]
    others = listed(Sentence("%(n)s (%(who)s)", n=it, who=_names(there)) for it, _here, there in told)
    return _OF_SEVERAL[kind].filled(one=number, who=_names(who), others=others)


def _sentence(kind: Clash, here: int, there: int, say_here: list[_Name], say_there: list[_Name]) -> Sentence:
    said_of = {"one": here, "other": there, "who": _names(say_here), "whose": _names(say_there)}
    match kind:
        case Clash.WITHIN_A_SOURCE:
            return Sentence(
                "%(who)s gives both %(one)s and %(other)s for the same date. The source contradicts itself.", **said_of
            )
        case Clash.SAME_DATE:
            return Sentence("%(one)s (%(who)s) or %(other)s (%(whose)s), both for the same day.", **said_of)
        case Clash.DATES_UNCLEAR:
            return Sentence(
                "%(one)s (%(who)s) or %(other)s (%(whose)s). Their dates do not show which is newer.", **said_of
            )
        case Clash.UPDATE:
            later = Sentence("%(one)s (%(who)s), and later %(other)s (%(whose)s).", **said_of)
            return joined((later, Sentence("The later number is lower."))) if there < here else later


def _names(publishers: list[_Name]) -> Callable[[str], str]:
    """Who published something, each once."""
    return listed(content(partial(said, name)) for name in {said(it, ORIGINAL): it for it in publishers}.values())
