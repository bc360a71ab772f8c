"""Officials that stand in the directory twice are found by what they share, and made one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from campaign.errors import Conflict, Refused
from campaign.office.audit import COMMAND_LINE
from campaign.officials import directory, duplicates, validation
from campaign.officials.validation import Entry
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, ModelLetter, Official, Recipient
from campaign.vocabulary import RecipientRole
from tests import made


def on(name: str, **channels: str) -> Entry:
    """Someone with one entry of a channel."""
    return Entry(name=name, channels={key: (it,) for key, it in channels.items()})


ADA = Entry(name="Ada Lovelace", country="GB")


def why(first: Entry, second: Entry) -> list[str]:
    return [it.why for it in duplicates.pairs([(1, first), (2, second)])]


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (Entry(name="A", emails=("A@gov.example",)), Entry(name="B", emails=("a@gov.example",)), "The same e-mail."),
        (on("A", fax="+9251555"), on("B", fax="+92 51 555"), "The same entry under “Fax”."),
        (on("A", x_handle="@Interior"), on("B", x_handle="@interior"), "The same X handle."),
        (ADA, Entry(name="Lovelace, Ada", country="GB"), "A similar name in the same country."),
        (ADA, Entry(name="Ada Lovelase", country="GB"), "A similar name in the same country."),
        (Entry(name="José Núñez"), Entry(name="Jose Nunez"), "A similar name in the same country."),
        (Entry(office={"en": "President"}, country="CO"), Entry(office={"en": "president"}, country="CO"),
         "The same office in the same country."),
    ],
)  # fmt: skip
def test_two_that_share_something_may_be_one(first: Entry, second: Entry, shared: str) -> None:
    assert why(first, second) == [shared]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ADA, replace(ADA, country="FR")),
        (ADA, Entry(name="Grace Hopper", country="GB")),
        (Entry(name="A", office={"en": "Minister"}, country="PK"), Entry(office={"en": "Minister"}, country="PK")),
        (on("A", fax="n/a"), on("B", fax="n/a")),
    ],
)
def test_two_that_share_nothing_are_two(first: Entry, second: Entry) -> None:
    assert why(first, second) == []


def two(storage: Storage) -> tuple[int, int]:
    """The official of one action, and another of a second action that both are asked in."""
    with storage.writing() as session:
        first = made.action(session)
        second = made.action(session, "another-one", serial=57)
        kept, gone = first.recipients[0].official_id, second.recipients[0].official_id
        second.recipients.append(Recipient(official_id=kept, role=RecipientRole.COPY, position=2))
        third = made.action(session, "a-third", serial=58)
        third.recipients[0].official_id = gone
        for action, official_id, words in ((second, gone, "theirs"), (second, kept, "own"), (third, gone, "moved")):
            letter = {"salutation": "S", "body": words, "close": "C", "created_at": made.NOON}
            action.letters.append(ModelLetter(official_id=official_id, locale="en", version=1, **letter))
    return kept, gone


def merge(storage: Storage, kept: int, gone: int, revisions: tuple[int, int] = (0, 0)) -> None:
    with storage.writing() as session:
        duplicates.merge(session, storage.vault, COMMAND_LINE, kept, gone, revisions, made.NOON)


@pytest.mark.databases
def test_merging_moves_actions_and_letters_and_asks_nobody_twice(storage: Storage) -> None:
    kept, gone = two(storage)
    merge(storage, kept, gone)
    with storage.reading() as session:
        actions = {it.slug: it for it in session.scalars(select(Action))}
        recipients = {slug: [(it.official_id, it.role) for it in found.recipients] for slug, found in actions.items()}
        letters = {it.body: it.official_id for it in session.scalars(select(ModelLetter)) if it.official_id}
        assert session.get_one(Official, gone).merged_into_id == kept
        listed = [it.id for it in directory.directory(session)]
    assert recipients["another-one"] == [(kept, RecipientRole.TO)]
    assert recipients["a-third"] == [(kept, RecipientRole.TO)]
    # Its own letter holds; the other's stays as history where it was.
    assert letters == {"theirs": gone, "own": kept, "moved": kept}
    assert gone not in listed and kept in listed


def test_a_merged_one_is_merged_on_and_nobody_points_at_a_duplicate(storage: Storage) -> None:
    kept, gone = two(storage)
    with storage.writing() as session:
        last = directory.add(session, storage.vault, COMMAND_LINE, ADA, made.NOON).id
    merge(storage, kept, gone)
    merge(storage, last, kept, (0, 1))
    with storage.reading() as session:
        assert {session.get_one(Official, it).merged_into_id for it in (kept, gone)} == {last}


def test_a_duplicate_is_changed_no_more(storage: Storage) -> None:
    kept, gone = two(storage)
    merge(storage, kept, gone)
    with storage.writing() as session, pytest.raises(Conflict):
        directory.change(session, storage.vault, COMMAND_LINE, gone, 1, ADA, made.NOON)
    with pytest.raises(Conflict):
        merge(storage, kept, gone, (1, 1))


@pytest.mark.databases
def test_two_that_were_changed_since_they_were_looked_at_are_not_merged(storage: Storage) -> None:
    kept, gone = two(storage)
    with storage.writing() as session:
        was = validation.of(directory.one(session, gone))
        directory.change(session, storage.vault, COMMAND_LINE, gone, 0, replace(was, name="Someone Else"), made.NOON)
    with pytest.raises(Conflict):
        merge(storage, kept, gone)
    with pytest.raises(Refused):
        merge(storage, kept, kept)


def test_merging_is_in_the_trail_of_both(storage: Storage) -> None:
    kept, gone = two(storage)
    merge(storage, kept, gone)
    with storage.reading() as session:
        events = session.scalars(select(AuditEvent)).all()
    assert [(it.what, it.object_id) for it in events] == [("officials merged", kept), ("officials merged", gone)]
