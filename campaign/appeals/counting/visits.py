"""Confirmed signatures by the tag of the link that led to them: numbers alone, and none that points at a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from campaign.publication.small_numbers import LEAST, pooled
from campaign.storage import guarded
from campaign.storage.tables import Visit, VisitDay, VisitLanguage
from campaign.storage.upsert import add_to

# One roll-up takes at most this many, so that it never holds SQLite's one writer for long.
MOST = 5_000
# So many tags of an action are told apart: whoever makes up others fills no table.
MOST_TAGS = 50
OTHER = ""


@dataclass(frozen=True)
class Source:
    """Signatures that came by links of one tag; `OTHER` stands for all beyond the most that are told apart.

    A count is None where it is less than `LEAST`. Then nothing else is told of it; else small languages are pooled, and
    days with fewer than that have no number.
    """

    tag: str
    count: int | None
    languages: tuple[tuple[str, int], ...]
    days: tuple[tuple[date, int | None], ...]


def owed() -> ColumnElement[bool]:
    """Whether a roll-up would find anything."""
    return exists(select(Visit.id).where(Visit.day.is_not(None)))


def roll_up(session: Session, most: int = MOST) -> int:
    """Bring the tallies up to date; returns how many visits were counted.

    One DELETE both finds them and takes them out, so two roll-ups never count the same one.
    """
    waiting = select(Visit.id).where(Visit.day.is_not(None)).order_by(Visit.id).limit(most)
    taken = guarded.rows(
        session,
        delete(Visit)
        .where(Visit.id.in_(waiting.with_for_update(skip_locked=True).scalar_subquery()))
        .returning(Visit.action_id, Visit.tag, Visit.day, Visit.locale),
    ).all()
    days: Counter[tuple[int, str, date]] = Counter()
    languages: Counter[tuple[int, str, str]] = Counter()
    known = _known(session, {action_id for action_id, *_rest in taken})
    for action_id, tag, day, locale in taken:
        told = _told_apart(known[action_id], tag)
        if day is not None:  # a CHECK says that what is confirmed has one
            days[action_id, told, day] += 1
            languages[action_id, told, locale] += 1
    add_to(session, VisitDay, "count", dict(days))
    add_to(session, VisitLanguage, "count", dict(languages))
    return len(taken)


def by_tag(session: Session, action_id: int) -> tuple[Source, ...]:
    """Where signatures of an action came from, the most first; what is too little to be told comes last."""
    days: dict[str, dict[date, int]] = {}
    for tag, day, n in session.execute(
        select(VisitDay.tag, VisitDay.day, VisitDay.count).where(VisitDay.action_id == action_id, VisitDay.count > 0)
    ):
        days.setdefault(tag, {})[day] = n
    languages: dict[str, dict[str, int]] = {}
    for tag, locale, n in session.execute(
        select(VisitLanguage.tag, VisitLanguage.locale, VisitLanguage.count).where(VisitLanguage.action_id == action_id)
    ):
        languages.setdefault(tag, {})[locale] = n
    totals = {tag: sum(of.values()) for tag, of in days.items()}
    # Among those that are too few to be told, their order would tell.
    order = sorted(totals, key=lambda tag: (-totals[tag] if totals[tag] >= LEAST else 0, tag == OTHER, tag))
    return tuple(_source(tag, days[tag], languages.get(tag, {})) for tag in order)


def _source(tag: str, days: Mapping[date, int], languages: Mapping[str, int]) -> Source:
    total = sum(days.values())
    if total < LEAST:
        return Source(tag, None, (), ())
    told = tuple((day, n if n >= LEAST else None) for day, n in sorted(days.items()))
    return Source(tag, total, pooled(languages), told)


def _known(session: Session, actions: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {it: set() for it in actions}
    tags = select(VisitDay.action_id, VisitDay.tag).where(VisitDay.action_id.in_(actions), VisitDay.tag != OTHER)
    for action_id, tag in session.execute(tags.distinct()):
        found[action_id].add(tag)
    return found


def _told_apart(known: set[str], tag: str) -> str:
    if tag not in known and len(known) >= MOST_TAGS:
        return OTHER
    known.add(tag)
    return tag
