"""How many are in the network, for organisers: numbers alone, and none so small that it points at somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.storage.tables import Member
from campaign.vocabulary import MemberStatus, Rhythm

LEAST = 5
# What the groups stand under that are too small to be shown.
OTHERS = ""


@dataclass(frozen=True)
class Figures:
    """Members who have confirmed: all, by language (BCP 47), and by how often they want to hear. `total` is None where
    there are some, and fewer than `LEAST`."""

    total: int | None
    languages: tuple[tuple[str, int], ...]
    rhythms: tuple[tuple[str, int], ...]


def gathered(session: Session) -> Figures:
    """The figures now."""
    found = session.execute(
        select(Member.locale, Member.rhythm, func.count())
        .where(Member.status == MemberStatus.CONFIRMED)
        .group_by(Member.locale, Member.rhythm)
    ).all()
    languages: dict[str, int] = {}
    rhythms: dict[str, int] = {str(it): 0 for it in Rhythm}
    for locale, rhythm, n in found:
        languages[locale] = languages.get(locale, 0) + n
        rhythms[str(rhythm)] += n
    total = sum(rhythms.values())
    if 0 < total < LEAST:
        return Figures(None, (), ())
    return Figures(total, pooled(languages), pooled(rhythms))


def pooled(groups: Mapping[str, int], least: int = LEAST) -> tuple[tuple[str, int], ...]:
    """The rule of small groups: those under `least` are one, last; were that small too, the next smallest joins it."""
    largest = sorted(((n, name) for name, n in groups.items() if n), key=lambda it: (-it[0], it[1]))
    shown, rest = [it for it in largest if it[0] >= least], [n for n, _ in largest if n < least]
    while shown and 0 < sum(rest) < least:
        rest.append(shown.pop()[0])
    named = tuple((name, n) for n, name in shown)
    return (*named, (OTHERS, sum(rest))) if rest else named
