"""Finding actions in a list: a rule of values, so that a list of four hundred is as right as an empty one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.folding import folded
from campaign.publication.values import ListedAction
from campaign.vocabulary import Theme

PER_PAGE = 40
DAYS = (2, 7, 30)


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for. Empty is anything; `within` is days until the deadline."""

    words: str = ""
    country: str = ""
    theme: str = ""
    language: str = ""
    within: int | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing in particular is wanted."""
        return self == Wanted()


@dataclass(frozen=True)
class Found:
    """One page of what was found. `total` counts all pages; `page` and `pages` from 1."""

    actions: tuple[ListedAction, ...]
    total: int
    page: int
    pages: int


def find(actions: Sequence[ListedAction], wanted: Wanted, today: date, page: int = 1) -> Found:
    """The actions that fit all of what is wanted, in the order given; a page beyond the last is the last."""
    fitting = [action for action in actions if _fits(action, wanted, today)]
    pages = max(1, -(-len(fitting) // PER_PAGE))
    page = min(max(page, 1), pages)
    return Found(tuple(fitting[(page - 1) * PER_PAGE : page * PER_PAGE]), len(fitting), page, pages)


def countries_of(actions: Sequence[ListedAction]) -> tuple[str, ...]:
    """The countries that there are actions for."""
    return tuple(sorted({action.country for action in actions}))


def themes_of(actions: Sequence[ListedAction]) -> tuple[Theme, ...]:
    """The themes that there are actions for, in the order of the vocabulary."""
    there = {theme for action in actions for theme in action.themes}
    return tuple(theme for theme in Theme if theme in there)


def languages_of(actions: Sequence[ListedAction]) -> tuple[str, ...]:
    """The languages that an action can be read in."""
    return tuple(sorted({tag for action in actions for tag in action.locales}))


def _fits(action: ListedAction, wanted: Wanted, today: date) -> bool:
    searched = folded(f"{action.title} {action.number or ''}")
    return (
        all(word in searched for word in folded(wanted.words).split())
        and wanted.country in ("", action.country)
        and (not wanted.theme or wanted.theme in action.themes)
        and (not wanted.language or wanted.language in action.locales)
        and (wanted.within is None or today <= action.deadline <= today + timedelta(days=wanted.within))
    )
