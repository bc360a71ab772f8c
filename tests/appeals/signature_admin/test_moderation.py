"""Words are read before they are shown; a name can be taken off the page and stays counted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaign.appeals.signature_admin import equal_messages, moderation
from campaign.appeals.signing import names
from campaign.errors import Conflict
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus
from tests import made
from tests.appeals import crowd


@pytest.fixture
def place(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    return storage


def decide(storage: Storage, signature_id: int, decided: WordsStatus) -> None:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        moderation.decide_words(session, storage.vault, COMMAND_LINE, action, signature_id, decided, made.NOON)


def hide(storage: Storage, signature_id: int, hidden: bool) -> None:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        moderation.hide_name(session, storage.vault, COMMAND_LINE, action, signature_id, hidden, made.NOON)


def queue(storage: Storage) -> list[str | None]:
    with storage.reading() as session:
        found = equal_messages.groups(session, storage.vault, 1)
        assert found.messages == len(found.rows) == moderation.waiting_everywhere(session).get(1, 0)
        assert found.messages == moderation.waiting(session, 1)
    return [it.first.words for it in found.rows]


@pytest.mark.databases
def test_confirmed_words_wait_the_eldest_first_until_they_are_decided_on(place: Storage) -> None:
    crowd.sign(place, 1, message="first")
    crowd.sign(place, 1)
    crowd.sign(place, 1, message="second")
    crowd.sign(place, 1, message="nobody's yet", status=SignatureStatus.PENDING)
    assert queue(place) == ["first", "second"]
    decide(place, 1, WordsStatus.SHOWN)
    assert queue(place) == ["second"]
    decide(place, 3, WordsStatus.HIDDEN)
    assert queue(place) == []


def test_a_decision_may_be_changed_and_the_trail_has_both_without_the_words(place: Storage) -> None:
    crowd.sign(place, 1, message="buy this")
    decide(place, 1, WordsStatus.SHOWN)
    decide(place, 1, WordsStatus.HIDDEN)
    with place.reading() as session:
        assert session.scalars(select(Signature.words_status)).one() is WordsStatus.HIDDEN
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [it.what for it in events] == ["message shown", "message hidden"]
    assert '"shown"' in (events[1].before or "") and "buy" not in str([it.after for it in events])


def test_words_that_were_taken_back_are_not_decided_on(place: Storage) -> None:
    crowd.sign(place, 1)
    with pytest.raises(Conflict):
        decide(place, 1, WordsStatus.SHOWN)


def test_a_hidden_name_leaves_the_page_and_comes_back(place: Storage) -> None:
    crowd.sign(place, 1, name="Buy Pills")
    hide(place, 1, True)
    with place.reading() as session:
        assert names.latest(session, place.vault, 1) == ()
        assert [it.name_hidden for it in moderation.public_names(session, place.vault, 1)] == [True]
    with pytest.raises(Conflict):
        hide(place, 1, True)
    hide(place, 1, False)
    with place.reading() as session:
        assert names.latest(session, place.vault, 1) == ("Buy Pills",)


def test_only_public_names_are_looked_at(place: Storage) -> None:
    crowd.sign(place, 1, disclosure=Disclosure.OFFICIAL)
    crowd.sign(place, 1, disclosure=Disclosure.WITHHELD)
    with place.reading() as session:
        assert moderation.public_names(session, place.vault, 1) == ()


def test_another_actions_signature_is_out_of_reach(place: Storage) -> None:
    with place.writing() as session:
        made.action(session, "another-one", serial=57)
    crowd.sign(place, 1, slug="another-one", message="words")
    with place.writing() as session:
        mine = session.scalars(select(Action).where(Action.slug == "renew-the-cards")).one()
        with pytest.raises(Conflict):
            moderation.decide_words(session, place.vault, COMMAND_LINE, mine, 1, WordsStatus.SHOWN, made.NOON)
