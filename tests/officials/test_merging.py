"""Officials that look alike are decided about in groups: they become one with the best of each, or stay apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select

from campaign.errors import Conflict, Refused
from campaign.office.audit import COMMAND_LINE
from campaign.officials import directory, duplicates, merging, validation
from campaign.officials.merging import ALL
from campaign.officials.validation import Entry
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, DistinctOfficials, Official
from tests import made

EMBASSY = {"en": "Embassy"}
FIRST = Entry(name="Ada Example", country="GB", emails=("ada@gov.example",), languages=("en",))
SECOND = Entry(name="Ada Exampel", country="GB", emails=("office@gov.example",), note="Rings back.")
THIRD = Entry(office=EMBASSY, country="FR", emails=("office@gov.example", "ada@gov.example"))
ENTRIES = {3: FIRST, 5: SECOND, 8: THIRD}


def ties(*pairs: tuple[int, int]) -> list[tuple[int, ...]]:
    return duplicates.connected(pairs)


def test_who_is_tied_by_another_is_in_one_group() -> None:
    assert ties() == []
    assert ties((4, 7), (1, 2), (2, 3), (9, 7)) == [(1, 2, 3), (4, 7, 9)]
    assert ties((1, 2), (3, 4), (2, 3)) == [(1, 2, 3, 4)]


def test_a_group_says_why_and_whom_someone_told_apart_ties_nobody() -> None:
    lone = Entry(name="Grace Hopper", country="GB")
    (group,) = duplicates.groups([*ENTRIES.items(), (9, lone)])
    assert group.members == (3, 5, 8)
    assert group.reasons == ("A similar name in the same country.", "The same e-mail.")
    assert [it.members for it in duplicates.groups(ENTRIES.items(), {(3, 8)})] == [(3, 5, 8)]
    assert [it.members for it in duplicates.groups(ENTRIES.items(), {(3, 5), (3, 8)})] == [(5, 8)]
    assert duplicates.groups(ENTRIES.items(), {(3, 5), (3, 8), (5, 8)}) == []


def test_many_with_one_address_are_one_group_and_not_every_pair() -> None:
    many = [(n, Entry(name=f"Somebody {n * n * 7919}", emails=("shared@gov.example",))) for n in range(58)]
    assert len(duplicates.pairs(many)) == 1_653
    assert [len(it.members) for it in duplicates.groups(many)] == [58]


def test_where_they_differ_what_the_kept_one_has_stays_and_what_it_lacks_is_taken() -> None:
    found = {it.name: it for it in merging.parts(ENTRIES, 5)}
    assert list(found) == ["name", "office", "country", "emails", "languages"]
    assert found["name"].values == ((5, "Ada Exampel"), (3, "Ada Example"))
    assert (found["name"].taken, found["name"].together) == (5, False)
    assert (found["office"].values, found["office"].taken) == (((8, EMBASSY),), 8)
    assert (found["emails"].taken, found["emails"].together) == (5, True)
    assert (found["languages"].values, found["languages"].together) == (((3, ("en",)),), False)


def test_the_parts_that_were_chosen_are_put_together() -> None:
    assert merging.combined(ENTRIES, 5, {}) == replace(SECOND, office=EMBASSY, languages=("en",))
    chosen = merging.combined(ENTRIES, 5, {"name": 3, "emails": ALL, "office": 5, "country": 8})
    assert chosen == Entry(
        name="Ada Example",
        country="FR",
        emails=("office@gov.example", "ada@gov.example"),
        languages=("en",),
        note="Rings back.",
    )


@pytest.mark.parametrize("taken", [{"name": 4}, {"name": ALL}, {"emails": -1}])
def test_what_was_not_offered_is_not_taken(taken: Mapping[str, int]) -> None:
    with pytest.raises(Refused, match="offered"):
        merging.combined(ENTRIES, 5, taken)


def test_parts_that_do_not_go_together_are_told() -> None:
    entries = {1: Entry(name="A", country="GB", address=("1 Road",)), 2: Entry(office=EMBASSY)}
    with pytest.raises(Refused) as refused:
        merging.combined(entries, 2, {"country": 2})
    assert str(refused.value) == "Choose the country. It is printed under the address on every letter."


def test_who_is_asked_most_stays_else_who_is_approved_else_the_eldest() -> None:
    three = [Official(id=number, cleared_at=at) for number, at in ((1, None), (2, made.NOON), (3, None))]
    assert merging.to_keep(three, {3: 2, 1: 1}) == 3
    assert merging.to_keep(three, {}) == 2
    assert merging.to_keep([three[0], three[2]], {}) == 1


def stored(storage: Storage) -> list[int]:
    """The official of an action, and two more."""
    with storage.writing() as session:
        kept = made.action(session).recipients[0].official_id
        more = [directory.add(session, storage.vault, COMMAND_LINE, it, made.NOON).id for it in (SECOND, THIRD)]
    return [kept, *more]


def merge(storage: Storage, kept: int, revisions: Mapping[int, int], taken: Mapping[str, int]) -> None:
    with storage.writing() as session:
        merging.merge(session, storage.vault, COMMAND_LINE, kept, revisions, taken, made.NOON)


@pytest.mark.databases
def test_several_become_one_with_what_was_chosen(storage: Storage) -> None:
    first, second, third = stored(storage)
    with storage.reading() as session:
        was = validation.of(directory.one(session, first))
        assert merging.asked_in(session, [first, second]) == {first: 1}
    merge(storage, first, {first: 0, second: 0, third: 0}, {"note": second, "emails": ALL})
    with storage.reading() as session:
        kept = directory.one(session, first)
        assert [session.get_one(Official, it).merged_into_id for it in (second, third)] == [first, first]
        assert [it.id for it in directory.directory(session)] == [first]
        whats = session.scalars(select(AuditEvent.what).where(AuditEvent.object_id == first)).all()
    assert (kept.name, kept.note) == (was.name, "Rings back.")
    assert kept.emails == [*was.emails, "office@gov.example", "ada@gov.example"]
    assert whats == ["official changed", "officials merged", "officials merged"]


@pytest.mark.databases
def test_of_a_group_that_was_changed_since_nothing_is_merged(storage: Storage) -> None:
    first, second, third = stored(storage)
    with storage.writing() as session:
        changed = replace(THIRD, name="Someone Else")
        directory.change(session, storage.vault, COMMAND_LINE, third, 0, changed, made.NOON)
    with pytest.raises(Conflict):
        merge(storage, first, {first: 0, second: 0, third: 0}, {})
    with pytest.raises(Refused, match="stays"):
        merge(storage, first, {second: 0, third: 1}, {})
    with pytest.raises(Refused, match="at least two"):
        merge(storage, first, {first: 0}, {})
    with storage.reading() as session:
        assert {it.merged_into_id for it in session.scalars(select(Official))} == {None}


@pytest.mark.databases
def test_different_people_are_remembered_until_someone_asks_again(storage: Storage) -> None:
    numbers = stored(storage)
    first, second, third = numbers
    with storage.writing() as session:
        assert merging.tell_apart(session, storage.vault, COMMAND_LINE, numbers[1:], made.NOON) == 1
        assert merging.tell_apart(session, storage.vault, COMMAND_LINE, numbers, made.NOON) == 2
        assert merging.tell_apart(session, storage.vault, COMMAND_LINE, numbers, made.NOON) == 0
    with storage.reading() as session:
        assert merging.distinct(session) == {(first, second), (first, third), (second, third)}
    with storage.writing() as session:
        assert merging.ask_again(session, storage.vault, COMMAND_LINE, numbers[:2], made.NOON) == 1
        assert merging.ask_again(session, storage.vault, COMMAND_LINE, numbers[:2], made.NOON) == 0
    with storage.reading() as session:
        assert merging.distinct(session) == {(first, third), (second, third)}
        whats = session.scalars(select(AuditEvent.what).where(AuditEvent.object_id.is_(None))).all()
        assert session.scalars(select(DistinctOfficials.organiser_id)).all() == [None, None]
    assert whats == ["officials told apart", "officials told apart", "officials to be compared again"]


def test_who_is_a_duplicate_by_now_is_decided_about_no_more(storage: Storage) -> None:
    first, second, third = stored(storage)
    merge(storage, first, {first: 0, second: 0}, {})
    with storage.writing() as session, pytest.raises(Conflict):
        merging.tell_apart(session, storage.vault, COMMAND_LINE, [second, third], made.NOON)
