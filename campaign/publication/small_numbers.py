"""Small numbers tell of persons: from how many on a group is shown in public.

One signature from a small country, seen three seconds after it was given, tells who gave it; a count that falls by one
tells whoever watches it who took theirs back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from campaign.publication.risk import at_risk
from campaign.storage.tables import Organisation, TakenBack, Tally

# Where being named may be dangerous, a group is shown from this many times the office's number on.
AT_RISK_TIMES = 4
# Stands for an action as a whole, where a country stands otherwise.
WHOLE = ""
# Of groups that stand side by side, the fewest that one of them has.
LEAST = 5
# What the groups stand under that are too small to be shown.
OTHERS = ""


def least_shown(country: str, risky: Collection[str], least: int) -> int:
    """From how many signatures on a country is shown. `least` is the office's number; with 1 it hides nothing."""
    return least * AT_RISK_TIMES if least > 1 and at_risk(country, risky) else least


def pooled(
    groups: Mapping[str, int], least: int = LEAST, at_least: Callable[[str], int] | None = None
) -> tuple[tuple[str, int], ...]:
    """The rule of small groups: those under `least` are one, last; were that small too, the next smallest joins it.

    `at_least` says of a group that it is shown only from more on.
    """
    largest = sorted(((n, name) for name, n in groups.items() if n), key=lambda it: (-it[0], it[1]))
    enough = at_least or (lambda _name: least)
    shown = [it for it in largest if it[0] >= enough(it[1])]
    rest = [n for n, name in largest if n < enough(name)]
    while shown and 0 < sum(rest) < least:
        rest.append(shown.pop()[0])
    named = tuple((name, n) for n, name in shown)
    return (*named, (OTHERS, sum(rest))) if rest else named


def office_least(session: Session) -> int:
    """The office's least number: a group of fewer is not shown."""
    return session.scalar(select(Organisation.least_country)) or 1


@dataclass(frozen=True)
class Counts:
    """What of an action's numbers is public; `by_country` has each country of at least `least` signatures."""

    count: int = 0
    by_country: dict[str, int] = field(default_factory=dict)
    least: int = 1

    def countries(self, risky: Collection[str]) -> int:
        """How many countries are shown; `risky` are those where being named may be dangerous."""
        return sum(n >= least_shown(country, risky, self.least) for country, n in self.by_country.items())


def counts(session: Session, listed: ScalarSelect[int]) -> Mapping[int, Counts]:
    """{action id: its public numbers}, of the actions that `listed` selects and that somebody has signed."""
    least = office_least(session)
    each = (
        select(Tally.action_id, Tally.country, func.sum(Tally.count).label("count"))
        .where(Tally.action_id.in_(listed))
        .group_by(Tally.action_id, Tally.country)
        .subquery("each")
    )
    waits = func.coalesce(TakenBack.count, 0)
    totals = (
        select(each.c.action_id, func.sum(each.c.count) + func.max(waits))
        .outerjoin(TakenBack, (TakenBack.action_id == each.c.action_id) & (TakenBack.country == WHOLE))
        .group_by(each.c.action_id)
    )
    countries = (
        select(each.c.action_id, each.c.country, each.c.count + waits)
        .outerjoin(TakenBack, (TakenBack.action_id == each.c.action_id) & (TakenBack.country == each.c.country))
        .where(each.c.count > 0, each.c.count + waits >= least)
    )
    found = {action_id: Counts(int(n), {}, least) for action_id, n in session.execute(totals)}
    for action_id, country, n in session.execute(countries):
        found[action_id].by_country[country] = int(n)
    return found
