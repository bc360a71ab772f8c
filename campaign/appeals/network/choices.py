"""What a member of the network asked for, and whether an action fits it: a rule of values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from campaign.vocabulary import Rhythm

# Of an action whose deadline is no further away when it goes out, even those hear who want the most urgent alone.
URGENT_DAYS = 7


@dataclass(frozen=True)
class Choices:
    """What someone asked for. No country and no theme means all of them. `discreet`: e-mails that say nothing."""

    locale: str
    countries: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm.EACH
    discreet: bool = False


@dataclass(frozen=True)
class News:
    """An action as far as this rule asks: where it is, what it is about, its deadline."""

    country: str
    themes: Collection[str]
    deadline: date | None


def fits(choices: Choices, action: News) -> bool:
    """Whether an action is about what they asked for, however often they want to hear."""
    here = not choices.countries or action.country in choices.countries
    return here and (not choices.themes or any(it in action.themes for it in choices.themes))


def at_once(choices: Choices, action: News, today: date) -> bool:
    """Whether they are told of this action by itself, today."""
    if not fits(choices, action) or choices.rhythm is Rhythm.WEEKLY:
        return False
    near = action.deadline is not None and (action.deadline - today).days <= URGENT_DAYS
    return choices.rhythm is Rhythm.EACH or near
