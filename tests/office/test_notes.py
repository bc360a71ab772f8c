"""Notes on an action: whom they mention, who is told of it first, and that nothing of them is anywhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.cases.lifecycle import discarding
from campaign.errors import Refused, Unknown
from campaign.office import digest, notes, organisers, sensitive_cases
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.office.ownership import Person
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Mention, Message, Note
from campaign.vocabulary import ActionStatus, Role
from tests import made

pytestmark = pytest.mark.databases

SLUG, NOON = "renew-the-cards", made.NOON  # one o'clock in London, in summer
EVE, ROB, VIC = Actor(1, "Eve Stone"), Actor(2, "Rob"), Actor(3, "Vic")


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Eve edits, Rob reviews, Vic looks; nothing is due for months."""
    with storage.writing() as session:
        for name, role in (("Eve Stone", Role.EDITOR), ("Rob", Role.REVIEWER), ("Vic", Role.VIEWER)):
            who = Invitee(name, f"{name.split()[0].lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, NOON).password = "chosen"
        made.action(session, SLUG, (NOON + timedelta(days=90)).date()).case.events = []
    return storage


def add(storage: Storage, text: str, *chosen: int, actor: Actor = EVE, at: datetime = NOON) -> int:
    with storage.writing() as session:
        return notes.add(session, storage.vault, actor, SLUG, text, chosen, at)


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("Nobody.", set()),
        ("@noor, have you seen this?", {1}),
        ("@Noor Lindqvist: please", {1}),
        ("See @Ana Maria Ruiz and @bai", {3, 4}),
        # Two are called Ana: their whole names alone are theirs.
        ("@Ana", set()),
        ("@Ana Ruiz", {2}),
        ("noor@office.example", set()),
        ("@Noora", set()),
        ("@نور احمد، دیکھیے", {5}),
    ],
)
def test_a_name_behind_an_at_mentions_who_alone_has_it(text: str, mentioned: set[int]) -> None:
    people = [
        Person(1, "Noor Lindqvist"), Person(2, "Ana Ruiz"), Person(3, "Ana Maria Ruiz"), Person(4, "Bai"),
        Person(5, "نور احمد"),
    ]  # fmt: skip
    assert notes.mentioned_in(text, people) == mentioned


def test_notes_stand_the_newest_first_with_whom_they_mention(staffed: Storage) -> None:
    add(staffed, "@Rob, the lawyer rang.", 3)
    add(staffed, "@Vic and @Rob", actor=ROB, at=NOON + timedelta(hours=1))
    with staffed.reading() as session:
        found = notes.of_action(session, 1)
    assert [(it.writer, it.text, it.mentioned) for it in found] == [
        ("Rob", "@Vic and @Rob", ("Vic",)),
        ("Eve Stone", "@Rob, the lawyer rang.", ("Rob", "Vic")),
    ]


@pytest.mark.parametrize(("text", "chosen"), [("", ()), ("n" * 2_001, ()), ("Well?", (90,))])
def test_what_cannot_be_kept_is_refused(staffed: Storage, text: str, chosen: tuple[int, ...]) -> None:
    with pytest.raises(Refused):
        add(staffed, text, *chosen)
    with staffed.reading() as session:
        assert session.scalars(select(Note.id)).all() == []


def test_who_wrote_a_note_removes_it_and_nobody_else(staffed: Storage) -> None:
    number = add(staffed, "@Rob, the lawyer rang.")
    with pytest.raises(Unknown), staffed.writing() as session:
        notes.remove(session, staffed.vault, ROB, SLUG, number, NOON)
    with staffed.writing() as session:
        notes.remove(session, staffed.vault, EVE, SLUG, number, NOON)
    with staffed.reading() as session:
        assert session.scalars(select(Mention.note_id)).all() == []
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "note").order_by(AuditEvent.id))
        assert [(it.what, it.before, it.after, it.reason) for it in events] == [
            ("note added", None, None, None),
            ("note removed", None, None, None),
        ]


def test_the_next_daily_mail_tells_of_a_mention_first_and_once(staffed: Storage) -> None:
    # At seven in London, which is six.
    add(staffed, "@Rob", at=datetime(2025, 8, 1, 5, 59, tzinfo=UTC))
    add(staffed, "@Rob again", at=datetime(2025, 8, 1, 6, 0, tzinfo=UTC))
    told = {}
    for day in (1, 2, 3):
        with staffed.writing() as session:
            now = datetime(2025, 8, day, 9, 30, tzinfo=UTC)
            digest.owe(session, now)
            told[day] = [(it.who, it.slug) for it in digest.digest(session, now, 2).mentions]
            assert digest.digest(session, now, 1).empty
    assert told == {1: [("Eve Stone", SLUG)], 2: [("Eve Stone", SLUG)], 3: []}
    with staffed.reading() as session:
        assert session.scalars(select(Message.organiser_id)).all() == [2, 2]


def test_my_actions_show_mentions_of_two_weeks(staffed: Storage) -> None:
    add(staffed, "@Rob")
    with staffed.reading() as session:
        assert [it.title for it in notes.lately(session, 2, NOON + timedelta(days=14))] == ["Renew the cards"]
        assert notes.lately(session, 2, NOON + timedelta(days=15)) == ()
        assert notes.lately(session, 1, NOON) == ()


def test_who_does_not_see_a_case_is_not_mentioned_in_it(staffed: Storage) -> None:
    add(staffed, "@Vic", at=NOON - timedelta(days=1))
    with staffed.writing() as session:
        sensitive_cases.close(session, staffed.vault, EVE, SLUG, [2], NOON)
    add(staffed, "@Vic and @Rob")
    with pytest.raises(Refused):
        add(staffed, "Well?", 3)
    with staffed.seen_by(3).reading() as session:
        assert notes.lately(session, 3, NOON) == ()
        assert session.scalars(select(Note.id)).all() == []
    with staffed.reading() as session:
        assert session.scalars(select(Mention.organiser_id).where(Mention.note_id == 2)).all() == [2]


def test_with_a_draft_that_was_discarded_its_notes_go(staffed: Storage) -> None:
    with staffed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.DRAFT))
    add(staffed, "@Rob, what of this?")
    with staffed.writing() as session:
        discarding.discard(session, staffed.vault, EVE, SLUG, NOON)
        assert notes.lately(session, 2, NOON) == ()
    with staffed.writing() as session:
        discarding.empty_old(session, NOON + timedelta(days=31))
    with staffed.reading() as session:
        assert session.scalars(select(Note.id)).all() == []
