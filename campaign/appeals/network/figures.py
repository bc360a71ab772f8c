"""How many are in the network, for organisers: numbers alone, and none so small that it points at somebody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.publication.small_numbers import LEAST, pooled
from campaign.storage.tables import Member
from campaign.vocabulary import MemberStatus, Rhythm


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
