"""Equal messages are read once, decided about together, and a decision about many is one act that can be undone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from campaign.appeals.signature_admin import equal_messages, moderation
from campaign.appeals.signature_admin.equal_messages import Decided
from campaign.appeals.supporter import changes
from campaign.errors import Conflict, Refused
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Signature
from campaign.vocabulary import Role, SignatureStatus, WordsStatus, WordsVerdict
from tests import made
from tests.appeals import crowd


@pytest.fixture
def place(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    return storage


def keys(storage: Storage) -> dict[str, bytes]:
    """The groups that wait, by the words of their eldest."""
    with storage.reading() as session:
        return {str(it.first.words): it.key for it in equal_messages.groups(session, storage.vault, 1, most=999).rows}


def decide(
    storage: Storage,
    *words: str,
    verdict: WordsVerdict = WordsVerdict.APPROVE,
    reason: str = "",
    actor: Actor = COMMAND_LINE,
) -> Decided:
    named = [keys(storage)[it] for it in words]
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.id == 1)).one()
        return equal_messages.decide(session, storage.vault, actor, action, named, verdict, reason, made.NOON)


def undo(storage: Storage, decision: Decided, actor: Actor = COMMAND_LINE) -> int:
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.id == 1)).one()
        return equal_messages.undo(session, storage.vault, actor, action, decision.id, made.NOON)


def statuses(storage: Storage) -> Counter[WordsStatus | None]:
    with storage.reading() as session:
        return Counter(session.scalars(select(Signature.words_status).where(Signature.message.is_not(None))))


@pytest.mark.databases
def test_equal_messages_are_one_group_the_most_frequent_first(place: Storage) -> None:
    crowd.sign(place, 1, message="Let her go")
    crowd.sign(place, 2, message="Renew the cards!")
    crowd.sign(place, 1, message="renew   the CARDS")
    crowd.sign(place, 1, message="Not confirmed", status=SignatureStatus.PENDING)
    with place.reading() as session:
        found = equal_messages.groups(session, place.vault, 1)
    assert [(it.first.words, it.messages) for it in found.rows] == [("Renew the cards!", 3), ("Let her go", 1)]
    assert (found.groups, found.messages, found.ungrouped, found.after) == (2, 4, 0, None)


@pytest.mark.databases
def test_pages_of_groups_go_on_where_the_last_one_ended(place: Storage) -> None:
    for n in range(1, 6):
        crowd.sign(place, 2 if n == 4 else 1, message=f"message {n}")
    seen, after = list[str | None](), None
    with place.reading() as session:
        while True:
            found = equal_messages.groups(session, place.vault, 1, after, most=2)
            seen += [it.first.words for it in found.rows]
            if (after := found.after) is None:
                break
    assert seen == ["message 4", "message 1", "message 2", "message 3", "message 5"]
    assert equal_messages.GROUPS_AT_ONCE == 50


def test_members_are_read_one_by_one_as_they_were_written(place: Storage) -> None:
    for words in ("Act!", "ACT", "act..."):
        crowd.sign(place, 1, message=words)
    key = keys(place)["Act!"]
    with place.reading() as session:
        first, more = equal_messages.members(session, place.vault, 1, key, most=2)
        rest, over = equal_messages.members(session, place.vault, 1, key, more or 0, most=2)
    assert [it.words for it in first + rest] == ["Act!", "ACT", "act..."]
    assert (more, over) == (2, None)


@pytest.mark.databases
def test_a_decision_about_many_is_one_entry_of_the_trail_with_its_members_and_no_word_of_theirs(place: Storage) -> None:
    crowd.sign(place, 3, message="Renew the cards!")
    crowd.sign(place, 1, message="Insult")
    crowd.sign(place, 2, message="Renew the cards")
    done = decide(
        place, "Renew the cards!", "Insult", verdict=WordsVerdict.REJECT, reason="Copied from an advertisement"
    )
    assert done.messages == 6
    assert statuses(place) == {WordsStatus.HIDDEN: 6}
    with place.reading() as session:
        (entry,) = session.scalars(select(AuditEvent)).all()
    assert (entry.what, entry.reason) == ("messages rejected", "Copied from an advertisement")
    after = json.loads(entry.after or "{}")
    assert after == {"verdict": "reject", "messages": 6, "groups": 2, "signatures": "1-6"}


def test_to_reject_takes_a_reason_and_to_decide_takes_a_choice(place: Storage) -> None:
    crowd.sign(place, 1, message="Insult")
    with pytest.raises(Refused, match="reason"):
        decide(place, "Insult", verdict=WordsVerdict.REJECT, reason="  ")
    with pytest.raises(Refused, match="Choose"):
        decide(place)
    assert statuses(place) == {None: 1}


def test_what_another_has_decided_meanwhile_is_told(place: Storage) -> None:
    crowd.sign(place, 1, message="Act!")
    key = keys(place)["Act!"]
    decide(place, "Act!")
    with place.writing() as session, pytest.raises(Conflict):
        action = session.scalars(select(Action)).one()
        equal_messages.decide(session, place.vault, COMMAND_LINE, action, [key], WordsVerdict.HIDE, "", made.NOON)
    assert statuses(place) == {WordsStatus.SHOWN: 1}


def test_another_actions_messages_are_out_of_reach(place: Storage) -> None:
    with place.writing() as session:
        other = made.action(session, "another-one", serial=57).id
    crowd.sign(place, 1, slug="another-one", message="Act!")
    with place.reading() as session:
        (group,) = equal_messages.groups(session, place.vault, other).rows
        assert equal_messages.groups(session, place.vault, 1).rows == ()
    with place.writing() as session, pytest.raises(Conflict):
        action = session.scalars(select(Action).where(Action.id == 1)).one()
        equal_messages.decide(session, place.vault, COMMAND_LINE, action, [group.key], WordsVerdict.HIDE, "", made.NOON)


@pytest.mark.databases
def test_undone_they_wait_again_but_for_those_that_changed_since(place: Storage) -> None:
    crowd.sign(place, 4, message="Act!")
    done = decide(place, "Act!", verdict=WordsVerdict.HIDE)
    with place.writing() as session:
        action = session.scalars(select(Action)).one()
        # Another look at one of them, and another one was written anew.
        moderation.decide_words(session, place.vault, COMMAND_LINE, action, 1, WordsStatus.SHOWN, made.NOON)
        changes.put_message(place.vault, session.scalars(select(Signature).where(Signature.id == 2)).one(), "Act now!")
    assert undo(place, done) == 2
    assert statuses(place) == {WordsStatus.SHOWN: 1, None: 1, WordsStatus.WAITING: 2}
    with place.reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [it.what for it in events] == ["messages hidden", "message shown", "decision about messages undone"]
    assert json.loads(events[2].after or "")["signatures"] == "3-4"
    with pytest.raises(Conflict):
        undo(place, done)


def test_decisions_are_undone_from_the_last_one_back_for_a_day_and_by_who_made_them(place: Storage) -> None:
    with place.writing() as session:
        who = Invitee("Tomas", "tomas@office.example", Role.REVIEWER)
        tomas = organisers.actor(organisers.add(session, place.vault, COMMAND_LINE, who, made.NOON, "none"))
    for words in ("one", "two", "three"):
        crowd.sign(place, 1, message=words)
    first, second = decide(place, "one"), decide(place, "two")
    decide(place, "three", actor=tomas)
    with pytest.raises(Conflict):
        undo(place, first)
    with place.reading() as session:
        newest = equal_messages.last(session, COMMAND_LINE, 1, made.NOON)
        assert newest is not None and newest.id == second.id
        assert equal_messages.last(session, COMMAND_LINE, 1, made.NOON + timedelta(days=1)) is None
    with pytest.raises(Conflict):
        undo(place, second, tomas)
    assert undo(place, second) == 1
    assert undo(place, first) == 1


@pytest.mark.databases
def test_fifteen_hundred_messages_take_a_handful_of_statements(place: Storage) -> None:
    crowd.sign(place, 1_500, message="Renew the cards!")
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement.split(maxsplit=1)[0])

    key = keys(place)["Renew the cards!"]
    with place.writing() as session:
        action = session.scalars(select(Action)).one()
        event.listen(place.engine, "before_cursor_execute", hear)
        done = equal_messages.decide(
            session, place.vault, COMMAND_LINE, action, [key], WordsVerdict.APPROVE, "", made.NOON
        )
    deciding, asked[:] = [it for it in asked if it in {"SELECT", "INSERT", "UPDATE"}], []
    undo(place, done)
    event.remove(place.engine, "before_cursor_execute", hear)
    assert (done.messages, len(deciding) <= 7, len(asked) <= 12) == (1_500, True, True), (deciding, asked)


def test_numbers_that_follow_each_other_are_one_run() -> None:
    assert equal_messages.runs([3, 1, 2, 7, 9, 10]) == "1-3, 7, 9-10"
    assert equal_messages.runs([]) == ""
