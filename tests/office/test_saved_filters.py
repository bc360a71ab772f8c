"""Filters under a name: one's own, of what a page knows, and no more of them than a list of links bears."""

from __future__ import annotations

import pytest

from campaign.errors import Refused, Unknown
from campaign.office import organisers, saved_filters
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.office.saved_filters import Listing
from campaign.storage import Storage
from campaign.vocabulary import Role
from tests import made

pytestmark = pytest.mark.databases


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    with storage.writing() as session:
        for name in ("Eve", "Rob"):
            who = Invitee(name, f"{name.lower()}@office.example", Role.EDITOR)
            organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON)
    return storage


def listed(storage: Storage, organiser_id: int, listing: Listing = Listing.BOARD) -> list[tuple[str, dict[str, str]]]:
    with storage.reading() as session:
        return [(it.name, dict(it.asked)) for it in saved_filters.of_page(session, organiser_id, listing)]


def test_a_filter_keeps_what_its_page_knows_and_nothing_else(staffed: Storage) -> None:
    with staffed.writing() as session:
        asked = {"country": "BD", "status": "open", "words": "", "whole": "finished", "csrf_token": "x", "name": "y"}
        saved_filters.keep(session, 1, Listing.BOARD, "Bangladesh, open", asked)
        saved_filters.keep(session, 1, Listing.CASES, "Cards", {"q": "cards", "page": "2"})
    assert listed(staffed, 1) == [("Bangladesh, open", {"country": "BD", "status": "open"})]
    assert listed(staffed, 1, Listing.CASES) == [("Cards", {"q": "cards"})]
    assert listed(staffed, 2) == []


def test_the_same_name_takes_its_place_and_names_are_in_order(staffed: Storage) -> None:
    with staffed.writing() as session:
        for name, country in (("mine", "BD"), ("Zulu", "ZA"), ("Alpha", "PK"), ("mine", "KE")):
            saved_filters.keep(session, 1, Listing.BOARD, name, {"country": country})
    in_order = [(name, asked["country"]) for name, asked in listed(staffed, 1)]
    assert in_order == [("Alpha", "PK"), ("mine", "KE"), ("Zulu", "ZA")]


@pytest.mark.parametrize(("name", "asked"), [("", {"q": "x"}), ("n" * 61, {"q": "x"}), ("name", {"page": "2"})])
def test_what_cannot_be_kept_is_refused(staffed: Storage, name: str, asked: dict[str, str]) -> None:
    with pytest.raises(Refused), staffed.writing() as session:
        saved_filters.keep(session, 1, Listing.CASES, name, asked)
    assert listed(staffed, 1, Listing.CASES) == []


def test_twenty_are_enough_for_a_page(staffed: Storage) -> None:
    with staffed.writing() as session:
        for n in range(20):
            saved_filters.keep(session, 1, Listing.BOARD, f"filter {n}", {"country": "PK"})
    with pytest.raises(Refused, match="Remove one first"), staffed.writing() as session:
        saved_filters.keep(session, 1, Listing.BOARD, "one more", {"country": "PK"})
    with staffed.writing() as session:
        saved_filters.keep(session, 1, Listing.BOARD, "filter 3", {"country": "KE"})
        saved_filters.keep(session, 2, Listing.BOARD, "another's first", {"country": "KE"})


def test_one_removes_ones_own_alone(staffed: Storage) -> None:
    with staffed.writing() as session:
        saved = saved_filters.keep(session, 1, Listing.CASES, "Cards", {"q": "cards"})
    with pytest.raises(Unknown), staffed.writing() as session:
        saved_filters.remove(session, 2, saved.id)
    with staffed.writing() as session:
        assert saved_filters.remove(session, 1, saved.id) is Listing.CASES
    assert listed(staffed, 1, Listing.CASES) == []
