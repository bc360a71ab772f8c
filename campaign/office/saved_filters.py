"""Filters that somebody keeps under a name: theirs alone, and no more of an address than its page itself knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.errors import Refused, Unknown
from campaign.storage import guarded
from campaign.storage.tables import SavedFilter
from campaign.storage.upsert import insert_or_leave

LONGEST = 60
LONGEST_VALUE = 200
MOST = 20  # of one page


class Listing(StrEnum):
    """A page that can be narrowed down."""

    BOARD = "board"
    CASES = "cases"
    OFFICIALS = "officials"
    AUDIT = "audit"


# The parameters by which each narrows down: the pages themselves read them from here.
KNOWN: Mapping[Listing, tuple[str, ...]] = {
    Listing.BOARD: ("words", "status", "country", "tag", "mine"),
    Listing.CASES: ("q", "tag"),
    Listing.OFFICIALS: ("q", "country"),
    Listing.AUDIT: ("who", "kind", "id", "action", "case", "since", "until"),
}


@dataclass(frozen=True)
class Saved:
    """A filter: its number, its name, and what its address asks for."""

    id: int
    name: str
    asked: Mapping[str, str]


def narrowed(listing: Listing, asked: Mapping[str, str]) -> dict[str, str]:
    """What of an address its page knows, and says something."""
    return {name: asked[name][:LONGEST_VALUE] for name in KNOWN[listing] if asked.get(name)}


def of_page(session: Session, organiser_id: int, listing: Listing) -> tuple[Saved, ...]:
    """The filters that somebody keeps for a page, by name."""
    found = session.scalars(
        select(SavedFilter).where(SavedFilter.organiser_id == organiser_id, SavedFilter.page == listing)
    )
    return tuple(sorted((_saved(it) for it in found), key=lambda it: (it.name.casefold(), it.id)))


def keep(session: Session, organiser_id: int, listing: Listing, name: str, asked: Mapping[str, str]) -> Saved:
    """Keep a filter; one of the same name takes its place. Raises `Refused` for none, or for one too many.

    No audit event: it is somebody's own, like their place in a list.
    """
    values = narrowed(listing, asked)
    if not name or len(name) > LONGEST:
        raise Refused("Give the filter a name of at most 60 characters.")
    if not values:
        raise Refused("Filter the list first, then save the filter.")
    mine = (SavedFilter.organiser_id == organiser_id, SavedFilter.page == listing)
    if not guarded.change(session, SavedFilter, *mine, SavedFilter.name == name, asked=values):
        if (session.scalar(select(func.count()).select_from(SavedFilter).where(*mine)) or 0) >= MOST:
            raise Refused("You can save 20 filters for a page. Remove one first.")
        insert_or_leave(session, SavedFilter, organiser_id=organiser_id, page=listing, name=name, asked=values)
    return _saved(session.scalars(select(SavedFilter).where(*mine, SavedFilter.name == name)).one())


def remove(session: Session, organiser_id: int, filter_id: int) -> Listing:
    """Forget one of one's own filters; returns of which page. Raises `Unknown` for any other."""
    mine = (SavedFilter.id == filter_id, SavedFilter.organiser_id == organiser_id)
    page = session.scalar(select(SavedFilter.page).where(*mine))
    if page is None or not guarded.remove(session, SavedFilter, *mine):
        raise Unknown("There is no such filter.")
    return Listing(page)


def _saved(it: SavedFilter) -> Saved:
    return Saved(it.id, it.name, narrowed(Listing(it.page), it.asked))
