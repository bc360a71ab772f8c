"""Signatures taken back that still stand in the public counts.

Whoever watches a count that falls by one knows who took theirs back, above all who told them to. So what is taken back
waits, apart for each action and each country of it, until the office's least number of them wait; then they leave the
public count together. Public counts are never too low, and too high by less than that number. Tallies stay exact: the
office, dossiers and mails to officials count by those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from campaign.publication.small_numbers import WHOLE, office_least
from campaign.storage import guarded
from campaign.storage.tables import TakenBack
from campaign.storage.upsert import add_to


def record(session: Session, countries: Mapping[tuple[int, str], int], *, moved: bool = False) -> None:
    """What left the tallies: {(action id, country): signatures}. `moved` to another country, they leave no action."""
    gone: Counter[tuple[int, str]] = Counter(countries)
    if not moved:
        for (action_id, _country), n in countries.items():
            gone[action_id, WHOLE] += n
    if not gone:
        return
    add_to(session, TakenBack, "count", gone)
    guarded.change(
        session,
        TakenBack,
        tuple_(TakenBack.action_id, TakenBack.country).in_(sorted(gone)),
        TakenBack.count >= office_least(session),
        count=0,
    )


def waiting(session: Session, action_id: int) -> Mapping[str, int]:
    """{country, or `WHOLE`: signatures} that are to be added to the tallies of an action for everyone's eyes."""
    found = session.execute(
        select(TakenBack.country, TakenBack.count).where(TakenBack.action_id == action_id, TakenBack.count > 0)
    )
    return dict(found.all())
