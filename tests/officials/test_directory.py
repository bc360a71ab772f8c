"""The directory of officials: changed by one, cleared by another, and never behind anybody's back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from campaign.errors import Conflict, Forbidden, Refused
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.officials import directory, validation
from campaign.officials.directory import Health
from campaign.officials.validation import Entry
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Dossier, Official
from campaign.vocabulary import ActionStatus, DossierStatus, Role
from tests import made

MINISTER = Entry(
    name="Sample Minister",
    office={"en": "Minister of Interior", "ur": "وزیر داخلہ"},
    country="PK",
    address=("1 Sample Road", "Islamabad"),
    emails=("minister@example.invalid",),
)


@pytest.fixture
def people(storage: Storage) -> tuple[Actor, Actor]:
    """One who writes and one who checks."""
    with storage.writing() as session:
        both = [
            organisers.add(
                session, storage.vault, COMMAND_LINE, Invitee(name, f"{name}@office.example", Role.EDITOR), made.NOON
            )
            for name in ("writer", "checker")
        ]
        return organisers.actor(both[0]), organisers.actor(both[1])


@pytest.fixture
def minister(storage: Storage, people: tuple[Actor, Actor]) -> int:
    with storage.writing() as session:
        return directory.add(session, storage.vault, people[0], MINISTER, made.NOON).id


def stored(storage: Storage, official_id: int) -> Official:
    with storage.reading() as session:
        return directory.one(session, official_id)


def change(storage: Storage, who: Actor, official_id: int, entry: Entry, revision: int | None = None) -> bool:
    if revision is None:
        revision = stored(storage, official_id).revision
    with storage.writing() as session:
        return directory.change(session, storage.vault, who, official_id, revision, entry, made.NOON)


def clear(storage: Storage, who: Actor, official_id: int) -> None:
    revision = stored(storage, official_id).revision
    with storage.writing() as session:
        directory.clear(session, storage.vault, who, official_id, revision, made.NOON)


@pytest.mark.databases
def test_what_was_added_is_read_as_it_was_written(storage: Storage, minister: int) -> None:
    assert validation.of(stored(storage, minister)) == MINISTER


def test_whoever_wrote_an_official_last_does_not_clear_it_and_a_second_person_does(
    storage: Storage, people: tuple[Actor, Actor], minister: int
) -> None:
    writer, checker = people
    with pytest.raises(Forbidden):
        clear(storage, writer, minister)
    clear(storage, checker, minister)
    assert (stored(storage, minister).cleared_at, stored(storage, minister).cleared_by_id) == (made.NOON, checker.id)
    change(storage, checker, minister, replace(MINISTER, emails=("new@example.invalid",)))
    assert stored(storage, minister).cleared_at is None
    with pytest.raises(Forbidden):
        clear(storage, checker, minister)
    clear(storage, writer, minister)


def test_a_change_that_touches_no_channel_leaves_the_clearing(
    storage: Storage, people: tuple[Actor, Actor], minister: int
) -> None:
    clear(storage, people[1], minister)
    change(storage, people[0], minister, replace(MINISTER, note="Speaks Urdu at home."))
    assert stored(storage, minister).cleared_at == made.NOON


def test_who_cannot_be_reached_is_not_cleared(storage: Storage, people: tuple[Actor, Actor]) -> None:
    with storage.writing() as session:
        nowhere = directory.add(session, storage.vault, people[0], Entry(name="Nobody"), made.NOON).id
    with pytest.raises(Refused):
        clear(storage, people[1], nowhere)


@pytest.mark.databases
def test_of_two_who_change_an_official_at_once_the_second_is_told(
    storage: Storage, people: tuple[Actor, Actor], minister: int
) -> None:
    seen = stored(storage, minister).revision
    change(storage, people[0], minister, replace(MINISTER, name="First"), seen)
    with pytest.raises(Conflict):
        change(storage, people[1], minister, replace(MINISTER, name="Second"), seen)
    assert stored(storage, minister).name == "First"


def test_a_change_is_in_the_trail_from_what_to_what_and_none_is_not(
    storage: Storage, people: tuple[Actor, Actor], minister: int
) -> None:
    assert change(storage, people[0], minister, MINISTER) is False
    assert change(storage, people[0], minister, replace(MINISTER, country="IN")) is True
    with storage.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "official")).all()
    assert [it.what for it in events] == ["official added", "official changed"]
    assert (json.loads(events[1].before or ""), json.loads(events[1].after or "")) == (
        {"country": "PK"},
        {"country": "IN"},
    )


def test_what_came_back_is_noted_and_a_later_confirmation_answers_for_it(
    storage: Storage, people: tuple[Actor, Actor], minister: int
) -> None:
    def note(health: Health, on: date) -> None:
        with storage.writing() as session:
            directory.note_health(session, storage.vault, people[0], minister, health, on, made.NOON)

    note(Health.BOUNCED, date(2025, 7, 1))
    note(Health.RETURNED, date(2025, 7, 20))
    assert directory.ailing(stored(storage, minister)) == [
        "E-mail bounced on 1 July 2025.",
        "Post was returned on 20 July 2025.",
    ]
    note(Health.CONFIRMED, date(2025, 7, 10))
    assert directory.ailing(stored(storage, minister)) == ["Post was returned on 20 July 2025."]
    with pytest.raises(Refused):
        note(Health.CONFIRMED, date(2025, 8, 2))


def test_a_new_address_has_never_come_back(storage: Storage, people: tuple[Actor, Actor], minister: int) -> None:
    with storage.writing() as session:
        session.execute(update(Official).values(post_returned_on=date(2025, 7, 1), email_bounced_at=made.NOON))
    change(storage, people[0], minister, replace(MINISTER, address=("2 Other Road",)))
    assert stored(storage, minister).post_returned_on is None
    assert stored(storage, minister).email_bounced_at == made.NOON


def test_a_change_names_the_open_actions_that_it_shows_in(storage: Storage) -> None:
    with storage.writing() as session:
        opened = made.action(session)
        official_id = opened.recipients[0].official_id
        made.action(session, "an-old-one", status=ActionStatus.CLOSED, serial=57).recipients[
            0
        ].official_id = official_id
    with storage.reading() as session:
        assert [it.slug for it in directory.touched(session, official_id)] == ["renew-the-cards"]
        assert len(directory.touched(session, official_id, open_only=False)) == 2


def test_everything_ever_sent_is_told_the_newest_first(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        for n, code in enumerate(("AAAA-2222", "BBBB-3333")):
            session.add(
                Dossier(
                    code=code,
                    action_id=action.id,
                    official_id=action.recipients[0].official_id,
                    locale="en",
                    status=DossierStatus.FROZEN,
                    frozen_at=made.NOON + timedelta(days=n),
                    appeal="{}",
                    named=1,
                    withheld=0,
                )
            )
    with storage.reading() as session:
        official_id = session.scalars(select(Action)).one().recipients[0].official_id
        assert [it.code for it in directory.ever_sent(session, official_id)] == ["BBBB-3333", "AAAA-2222"]


@pytest.mark.databases
@pytest.mark.parametrize("sought", ["sample", "MINISTER interior", "داخلہ", "islamabad", "minister@example"])
def test_an_official_is_found_by_any_part_in_any_script(storage: Storage, minister: int, sought: str) -> None:
    with storage.reading() as session:
        assert [it.id for it in directory.directory(session, sought)] == [minister]
        assert directory.directory(session, f"{sought} nowhere") == []
        assert directory.directory(session, sought, "FR") == []
